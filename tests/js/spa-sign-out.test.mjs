// How a session of countersign/spa ends, in tabs that tests make up: signing out, signing in as somebody else, going back.

import assert from "node:assert/strict";
import { test } from "node:test";
import {
  age,
  errorOf,
  FakeBrowser,
  FakeProvider,
  leave,
  ORIGIN,
  sessionIn,
  signedIn,
  turns,
  until,
} from "./support/pages.mjs";

test("a sign-out ends the session of duplicated tabs at once, and of no other", async () => {
  const provider = await FakeProvider.start();
  const browser = new FakeBrowser();
  const tab = browser.tab();
  const auth = await signedIn(tab, provider, provider.options());
  const copy = tab.duplicate();
  const copied = await copy.auth(provider.options());
  const other = await signedIn(browser.tab(), provider, provider.options());
  assert.match(await copied.accessToken(), /^access-/);
  let told = 0;
  copied.subscribe(() => (told += 1));
  void auth.logout();
  await until(() => copied.getSnapshot().ended);
  assert.deepEqual([told, sessionIn(copy.sessionStorage)], [1, null]);
  // Its access token was good for an hour yet.
  assert.equal((await errorOf(copied.accessToken())).code, "session_ended");
  await turns(20);
  assert.equal(other.getSnapshot().ended, false);
  assert.match(await other.accessToken(), /^access-/);
});

test("after the back button, a page is what the storage says, and its buttons work", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  const auth = await tab.auth(provider.options());
  await leave(tab, auth);
  void auth.login();
  await turns(20);
  assert.equal(tab.left.length, 1, "the second click waits for the navigation of the first");
  tab.dispatch("pageshow", { persisted: false });
  tab.dispatch("pageshow", { persisted: true });
  assert.equal(tab.reloads, 0);
  await leave(tab, auth);
  assert.equal(tab.left.length, 2);

  const signed = await tab.open(provider.signIn(tab.left.at(-1))).auth(provider.options());
  void signed.logout();
  await until(() => tab.left.length === 1);
  assert.match(tab.left[0], /^https:\/\/id\.example\/end\?/);
  const logout = new URL(tab.left[0]).searchParams;
  assert.equal(logout.get("post_logout_redirect_uri"), `${ORIGIN}/`);
  assert.ok(logout.get("id_token_hint"));
  assert.ok(provider.requests.includes("https://id.example/revoke"));
  assert.equal(provider.grants.size, 0);
  assert.equal(tab.sessionStorage.length, 0);
  tab.dispatch("pageshow", { persisted: true });
  assert.equal(tab.reloads, 1, "nobody's data is left on the screen");
});

// Firefox gives such a page the `sessionStorage` of when it was left.
test("after the back button, a page with an old storage hears of a logout and reloads", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  await signedIn(tab, provider, provider.options());
  const old = tab.duplicate("/private");
  const before = await old.auth(provider.options());
  old.dispatch("pageshow", { persisted: true });
  await turns(20);
  assert.equal(old.reloads, 0, "the session is not over");
  const page = tab.open("/other");
  const auth = await page.auth(provider.options());
  // Where browsers keep a page for the back button, it hears nothing.
  for (const channel of old.channels) channel.close();
  void auth.logout();
  await until(() => page.left.length === 1);
  assert.ok(before.user !== undefined && sessionIn(old.sessionStorage) !== null);
  old.dispatch("pageshow", { persisted: true });
  await until(() => old.reloads === 1);
  assert.equal(old.sessionStorage.length, 0);
});

test("another user in another tab ends what this page shows", async () => {
  const provider = await FakeProvider.start();
  const browser = new FakeBrowser();
  const options = provider.options({ storage: "local" });
  const [one, two] = [browser.tab(), browser.tab()];
  const alice = await signedIn(one, provider, options);
  const bob = await signedIn(two, provider, options, { sub: "bob" });
  assert.equal(bob.user.sub, "bob");
  assert.equal((await errorOf(alice.accessToken())).code, "session_ended");
  assert.equal(sessionIn(browser.localStorage).tokens.claims.sub, "bob", "which is not theirs to end");
  assert.match(await bob.accessToken(), /^access-/);

  void bob.logout();
  await until(() => two.left.length === 1);
  const key = "countersign:page@https://id.example/:session";
  const again = await signedIn(one, provider, options);
  browser.localStorage.items.delete(key);
  one.dispatch("storage", { key: "other", storageArea: browser.localStorage });
  assert.equal(again.getSnapshot().ended, false);
  one.dispatch("storage", { key, storageArea: browser.localStorage });
  assert.equal(again.getSnapshot().ended, true);
});

test("an answer that comes after the logout signs nobody in again", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options());
  age(tab.sessionStorage, 3_700);
  let answer;
  const late = new Promise((resolve) => {
    answer = resolve;
  });
  const { promise: asked, resolve: ask } = Promise.withResolvers?.() ?? deferred();
  provider.answer = async () => {
    ask();
    await late;
    return Response.json({ access_token: "late", token_type: "Bearer", refresh_token: "late" });
  };
  const token = errorOf(auth.accessToken());
  await asked;
  provider.answer = undefined;
  void auth.logout();
  await until(() => tab.left.length === 1);
  answer();
  assert.equal((await token).code, "session_ended");
  assert.equal(sessionIn(tab.sessionStorage), null);
});

function deferred() {
  let resolve;
  const promise = new Promise((found) => {
    resolve = found;
  });
  return { promise, resolve };
}

test("no sign-out leads to what would run in the page", async () => {
  const provider = await FakeProvider.start();
  const hostile = [
    "javascript:alert(1)",
    " JavaScript:alert(1)",
    "java\nscript:alert(1)",
    "data:text/html,x",
    "blob:x",
    "https:// x",
  ];
  for (const postLogoutRedirectUri of hostile) {
    const tab = new FakeBrowser().tab();
    const mistake = await errorOf(tab.auth(provider.options({ postLogoutRedirectUri })));
    assert.match(mistake.message, /"postLogoutRedirectUri" must be an address/, postLogoutRedirectUri);

    const auth = await signedIn(tab, provider, provider.options());
    const refusal = await errorOf(auth.logout({ postLogoutRedirectUri }));
    assert.ok(refusal instanceof TypeError, postLogoutRedirectUri);
    assert.deepEqual(tab.left, [], postLogoutRedirectUri);
    assert.ok(sessionIn(tab.sessionStorage), "whoever is signed in stays so");
  }
  for (const postLogoutRedirectUri of ["/bye", "https://app.example/bye", "http://localhost:5173/"]) {
    const tab = new FakeBrowser().tab();
    const auth = await signedIn(tab, provider, provider.options({ postLogoutRedirectUri }));
    void auth.logout();
    await until(() => tab.left.length > 0);
  }
});

test("a sign-out is not lost to a sign-in that the user has stopped", async () => {
  const provider = await FakeProvider.start();
  for (const atOnce of [false, true]) {
    const tab = new FakeBrowser().tab();
    const auth = await signedIn(tab, provider, provider.options());
    if (atOnce) void auth.login();
    else await leave(tab, auth);
    void auth.logout();
    void auth.logout();
    await until(() => tab.left.some((url) => String(url).startsWith("https://id.example/end")));
    assert.equal(sessionIn(tab.sessionStorage), null);
    await turns(50);
    assert.equal(tab.left.length, 2, "each once");
  }
});

test("a provider that never answers holds up no sign-out for long", async () => {
  for (const hanging of ["/.well-known/openid-configuration", "/revoke"]) {
    const provider = await FakeProvider.start();
    const tab = new FakeBrowser().tab();
    await signedIn(tab, provider, provider.options());
    const fetch = async (input, init) =>
      input.endsWith(hanging)
        ? new Promise((_, reject) => init.signal.addEventListener("abort", () => reject(init.signal.reason)))
        : provider.fetch(input, init);
    const auth = await tab.open("/").auth(provider.options({ fetch }));
    const began = performance.now();
    void auth.logout();
    assert.equal(sessionIn(tab.sessionStorage), null, "here it is over at once");
    await until(() => tab.left.length === 1);
    const seconds = (performance.now() - began) / 1000;
    assert.ok(seconds < 4, `${hanging}: ${seconds} s`);
    // Whoever has the address of the provider's logout still goes there.
    assert.equal(new URL(tab.left[0]).origin, hanging === "/revoke" ? "https://id.example" : ORIGIN);
  }
});
