// What is asked of a web application in every browser. An application is
//
//   { name, origin, secret, account, begin(page, account), approve(page, account), confirmSignOut?(page), faults, refresh? }
//
// `secret` is the path of a page for users alone, `begin` goes to where the provider asks, and `approve` answers there.

import assert from "node:assert/strict";

import { ready, start } from "../support/drivers.mjs";

const isUser = () => document.querySelector('form[action="/auth/logout"]') !== null;
const isNobody = () =>
  document.querySelector("main") !== null && !document.querySelector('form[action="/auth/logout"]');
const stateOf = async (page) => ({ path: new URL(await page.url()).pathname, isUser: await page.evaluate(isUser) });

export const scenarios = {
  async "sign in, reload, and cookies that scripts do not see"({ newContext, app }) {
    const { newPage, close } = await newContext();
    const page = await newPage();
    await page.goto(app.origin);
    assert.equal(await page.evaluate(isUser), false);
    await signIn(page, app);
    assert.deepEqual(await stateOf(page), { path: app.secret, isUser: true });
    assert.equal(await page.evaluate(() => document.cookie), "");
    await page.reload();
    assert.deepEqual(await stateOf(page), { path: app.secret, isUser: true });
    await page.goto(app.origin);
    assert.deepEqual(await stateOf(page), { path: "/", isUser: true });
    await close();
  },

  async "two tabs: one session, one sign-out"({ newContext, app }) {
    const { newPage, close } = await newContext();
    const one = await newPage();
    await signIn(one, app);
    const two = await newPage();
    await two.goto(app.origin + app.secret);
    assert.deepEqual(await stateOf(two), { path: app.secret, isUser: true });
    await signOut(one, app);
    assert.deepEqual(await stateOf(one), { path: "/", isUser: false });
    await two.goto(app.origin);
    assert.equal(await two.evaluate(isUser), false);
    await close();
  },

  async "two tabs sign in at once"({ newContext, app }) {
    const { newPage, close } = await newContext();
    const [one, two] = [await newPage(), await newPage()];
    await app.begin(one);
    await app.begin(two);
    await app.approve(two, app.account);
    await ready(two, isUser);
    await app.approve(one, app.account);
    await ready(one, isUser);
    for (const page of [one, two]) assert.deepEqual(await stateOf(page), { path: app.secret, isUser: true });
    await close();
  },

  async "a token is refreshed once for two tabs"({ newContext, app }) {
    if (app.refresh === undefined) throw new Error(`${app.name} says nothing of its refreshes`);
    const { newPage, close } = await newContext();
    const [one, two] = [await newPage(), await newPage()];
    await signIn(one, app);
    await two.goto(app.origin + app.secret);
    const before = await app.refresh.events();
    await new Promise((resolve) => setTimeout(resolve, app.refresh.life + 500));
    const begun = Date.now();
    await Promise.all([one, two].map((page) => page.goto(app.origin + app.refresh.path)));
    const after = await app.refresh.events();
    for (const page of [one, two]) {
      assert.match(await page.evaluate(() => document.body.textContent), app.refresh.shows);
    }
    // On a slow machine the next one may be due already.
    const most = 1 + Math.floor((Date.now() - begun) / (app.refresh.life / 3));
    const refreshed = after.refreshed - before.refreshed;
    assert.ok(refreshed >= 1 && refreshed <= most, `${refreshed} refreshes of ${most}`);
    assert.equal(after.reused, before.reused);
    await one.goto(app.origin);
    assert.equal(await one.evaluate(isUser), true);
    await close();
  },

  async "a response that was tampered with"({ newContext, app }) {
    const { newPage, close } = await newContext();
    const page = await newPage();
    for (const [fault, code] of Object.entries(app.tampering)) {
      await app.setFault(fault);
      try {
        await app.begin(page);
        await app.approve(page, app.account);
        await ready(page, () => document.querySelector("main h1") !== null && document.readyState === "complete");
      } finally {
        await app.setFault("");
      }
      const text = await page.evaluate(() => document.querySelector("main").textContent);
      assert.ok(text.includes(code), `${fault}: ${text}`);
      assert.equal(await page.evaluate(() => document.querySelectorAll("img, script").length), 0);
      await page.goto(app.origin);
      assert.equal(await page.evaluate(isUser), false, fault);
    }
    // A response out of nowhere begins the sign-in again, once, and ends it as the user wants.
    await page.goto(`${app.origin}/auth/callback?code=x&state=y`);
    if (app.comesBack) {
      await app.approve(page, app.account);
      await ready(page, isUser);
    }
    await close();
  },

  async "back and forward after a sign-out show nobody's page"({ newContext, app, browser }) {
    const { newPage, close } = await newContext();
    const page = await newPage();
    await signIn(page, app);
    await page.goto(app.origin);
    await page.goto(app.origin + app.secret);
    await signOut(page, app);
    for (const step of ["back", "back", "back", "forward", "forward", "forward"]) {
      await start(page, step === "back" ? () => history.back() : () => history.forward());
      await new Promise((resolve) => setTimeout(resolve, 500));
      await ready(page, () => document.readyState === "complete");
      const isShown = await page.evaluate(isUser);
      if (isShown && browser === "WebKit") {
        // Over http it believes no `no-store`. It is a picture, though: the session is over.
        await page.reload();
        await ready(page, () => document.readyState === "complete");
        assert.equal(await page.evaluate(isUser), false, `${step}, and reload: ${await page.url()}`);
      } else assert.equal(isShown, false, `${step}: ${await page.url()}`);
    }
    await close();
  },
};

async function signIn(page, app) {
  await app.begin(page);
  await app.approve(page, app.account);
  await ready(page, isUser);
}

async function signOut(page, app) {
  await page.click('form[action="/auth/logout"] button');
  await app.confirmSignOut?.(page);
  await ready(page, isNobody);
}

/** Signs in at npm's oidc-provider, which asks for what it does not know, until the browser is at `origin` again. */
export async function approveAtProvider(page, account, origin) {
  const asked = (home) => {
    if (location.origin === home) return "back";
    const form = document.querySelector("form:not([data-sent])");
    return form?.querySelector("[name=prompt]")?.value;
  };
  for (const end = Date.now() + 30_000; Date.now() < end;) {
    const form = await page.evaluate(asked, origin).catch(() => undefined);
    if (form === "back") return;
    if (form === "login") {
      await page.fill("[name=login]", account);
      await page.fill("[name=password]", "any");
    }
    if (form !== undefined) {
      await start(page, () => {
        document.querySelector("form").dataset.sent = "";
        document.querySelector("[type=submit]").click();
      });
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`waited in vain at ${await page.url()}`);
}

/** Says yes to the sign-out at npm's oidc-provider. */
export async function confirmAtProvider(page) {
  await ready(page, () => document.querySelector("[name=logout]") !== null);
  await start(page, () => document.querySelector("[name=logout]").click());
}
