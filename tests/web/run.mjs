// Sign-in for web applications with npm's oidc-provider, which rotates refresh tokens: on Node with sessions in cookies and in
// a store, and examples/worker-web in workerd; then some rounds of load.mjs:  node tests/web/run.mjs

import assert from "node:assert/strict";

import { createSuite } from "../support/suite.mjs";
import { browser } from "./browser.mjs";
import { inBrowsers, workerWeb } from "./browsers.mjs";
import { start } from "./hosts.mjs";
import { refreshing } from "./refreshing.mjs";
import { Visitor } from "./visitor.mjs";

const { check, skip, run, counts } = createSuite();

await run(async () => {
  const world = await start();
  const { WEB_BROWSER } = process.env; // One browser, and nothing else.
  if (WEB_BROWSER === undefined) {
    for (const application of world.applications) await suite(world, application);
    await browser(world, check);
  }
  const origins = [world.applications.at(-1).origin, world.local];
  await inBrowsers(
    origins.map((origin) => workerWeb(origin, world)),
    check,
    skip,
  );
  if (WEB_BROWSER === undefined) counts.skipped += await refreshing(check, 9);
});

async function suite(world, { name, origin, kind }) {
  let accounts = 0;
  const visitor = () => new Visitor(origin, `${name.replaceAll(/\W+/g, "-")}-${(accounts += 1)}`);
  const isIn = async (somebody) => (await somebody.page("/notes")).status === 200;

  await check(`${name}: a user signs in and returns to where they were`, async () => {
    const alice = visitor();
    const response = await alice.signIn("/notes");
    assert.equal(response.location, "/notes");
    const page = await alice.page("/notes");
    assert.ok(page.status === 200 && page.text.includes(alice.account));
    const me = JSON.parse((await alice.call("/auth/me")).text);
    assert.deepEqual([me.sub, me.name], [alice.account, `${alice.account} <of the tests>`]);
    // Back, reload, another tab.
    assert.equal((await alice.page(alice.callback)).location, "/");
    // Two sign-ins at once, ended in the other order.
    const bob = visitor();
    await bob.page("/notes");
    await bob.signIn("/auth/login?return_to=/other");
    assert.ok(await isIn(bob));
  });

  await check(`${name}: what is no page gets no redirect`, async () => {
    const nobody = visitor();
    assert.equal((await nobody.call("/notes")).status, 401);
    assert.equal((await nobody.page("/notes", { "sec-purpose": "prefetch" })).status, 204);
    assert.equal((await nobody.call("/auth/login")).status, 401);
    assert.equal(nobody.cookies.size, 0);
    assert.equal((await nobody.page("/auth/login?return_to=//evil.example")).status, 400);
  });

  await check(`${name}: a lost sign-in begins again once`, async () => {
    const carol = visitor();
    const { location } = await carol.page("/auth/callback?code=x&state=y");
    assert.match(location, /\/auth\/login\?restarted=1$/);
    assert.equal((await visitor().page("/auth/login?restarted=1")).status, 400, "without cookies");
    assert.match((await carol.page("/auth/login?restarted=1")).location, /\/auth\?/);
    const page = await carol.page("/auth/callback?code=x&state=y");
    assert.ok(page.status === 400 && page.text.includes("transaction_missing"));
    await carol.signIn("/notes");
    assert.ok(await isIn(carol));
  });

  await check(`${name}: fifty requests at once refresh once`, async () => {
    const dave = visitor();
    await dave.signIn("/notes");
    const before = await world.events();
    await new Promise((resolve) => setTimeout(resolve, 6_500));
    const begun = Date.now();
    const answers = await Promise.all(Array.from({ length: 50 }, () => dave.call("/token")));
    // On a slow machine the new token is due before the last has asked: after three of its six seconds.
    const most = 1 + Math.floor((Date.now() - begun) / 2_000);
    const after = await world.events();
    assert.equal(after.reused, before.reused, "no refresh token came twice");
    // Without an atomic store a session has no refresh token.
    const refreshes = after.refreshed - before.refreshed;
    assert.ok(kind === "cookie" ? refreshes === 0 : refreshes >= 1 && refreshes <= most, `${refreshes} of ${most}`);
    for (const { status, text } of answers) {
      const answer = JSON.parse(text);
      assert.equal(status, 200);
      if (kind === "cookie") assert.deepEqual(answer, { code: "session_ended", status: 401 });
      else assert.ok(answer.token?.length > 20 || answer.length > 20, text);
    }
    // And the next generation.
    if (kind !== "cookie") {
      await new Promise((resolve) => setTimeout(resolve, 6_100));
      const { text } = await dave.call("/token");
      assert.ok(JSON.parse(text).token?.length > 20 || JSON.parse(text).length > 20, text);
    }
    assert.equal((await world.events()).reused, before.reused);
    assert.ok(await isIn(dave));
  });

  await check(`${name}: a user signs out, here and there`, async () => {
    const erin = visitor();
    await erin.signIn("/notes");
    const copy = new Map(erin.cookies);
    assert.equal(
      (await erin.call("/auth/logout", { method: "POST", headers: { "sec-fetch-site": "cross-site" } })).status,
      403,
    );
    assert.ok(await isIn(erin));
    assert.equal(await erin.signOut(), `${origin}/`);
    assert.ok(!(await isIn(erin)));
    // A late answer brings the cookies back.
    for (const [cookie, value] of copy) erin.cookies.set(cookie, value);
    assert.ok(!(await isIn(erin)));
    if (kind !== "store") return;
    const thief = visitor();
    thief.cookies = copy;
    assert.ok(!(await isIn(thief)));
  });

  if (kind === "cookie") return;
  await check(`${name}: the authorization server ends a session`, async () => {
    const frank = visitor();
    await frank.signIn("/notes");
    const other = visitor();
    await other.signIn("/notes");
    const logout = await frank.browse(`${world.issuer}/session/end`);
    const action = /<form[^>]* action="([^"]*)"/.exec(logout.text)[1];
    const xsrf = /name="xsrf" value="([^"]*)"/.exec(logout.text)[1];
    await frank.browse(action, { xsrf, logout: "yes" });
    assert.ok(!(await isIn(frank)));
    assert.ok(await isIn(other));
    assert.equal((await world.events()).backChannel.at(-1), 200);
  });
}
