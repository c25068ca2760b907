// Who refreshes the tokens of countersign/spa, and when, in tabs that tests make up.

import assert from "node:assert/strict";
import { test } from "node:test";
import { age, errorOf, FakeBrowser, FakeProvider, sessionIn, signedIn } from "./support/pages.mjs";

test("twenty calls refresh once", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options());
  const first = await auth.accessToken();
  age(tab.sessionStorage, 3_300);
  const tokens = await Promise.all(Array.from({ length: 20 }, () => auth.accessToken()));
  assert.equal(new Set(tokens).size, 1);
  assert.notEqual(tokens[0], first);
  assert.equal(provider.reuses, 0);
  assert.equal(provider.requests.filter((url) => url.endsWith("/token")).length, 2);
  assert.equal(sessionIn(tab.sessionStorage).generation, 1);
});

test("twenty tabs refresh once, by the storage they share", async () => {
  const provider = await FakeProvider.start();
  const browser = new FakeBrowser();
  const options = provider.options({ storage: "local" });
  await signedIn(browser.tab(), provider, options);
  const tabs = await Promise.all(Array.from({ length: 20 }, () => browser.tab().auth(options)));
  for (let round = 1; round <= 50; round += 1) {
    age(browser.localStorage, 3_300);
    const tokens = await Promise.all(tabs.map((auth) => auth.accessToken()));
    assert.equal(new Set(tokens).size, 1);
    assert.equal(sessionIn(browser.localStorage).generation, round);
  }
  assert.equal(provider.reuses, 0);
});

test("tabs that were duplicated pass their tokens on", async () => {
  const provider = await FakeProvider.start();
  const browser = new FakeBrowser();
  const tab = browser.tab();
  const auth = await signedIn(tab, provider, provider.options());
  const copy = tab.duplicate();
  const twin = await copy.auth(provider.options());
  for (let round = 0; round < 5; round += 1) {
    age(tab.sessionStorage, 3_300);
    age(copy.sessionStorage, 3_300);
    const tokens = await Promise.all([auth.accessToken(), twin.accessToken()]);
    assert.equal(tokens[0], tokens[1]);
  }
  assert.equal(provider.reuses, 0);
  assert.ok(
    [...browser.localStorage.items.values()].every((text) => /^-?\d+ \d+$/.test(text)),
    "no secret for all tabs",
  );

  // The other one is gone with the tokens: rather none than a refresh token that was used.
  age(tab.sessionStorage, 3_300);
  age(copy.sessionStorage, 3_300);
  await auth.accessToken();
  tab.open("/");
  assert.equal((await errorOf(twin.accessToken())).code, "session_ended");
  assert.equal(provider.reuses, 0);
  assert.equal(twin.getSnapshot().ended, true);
  assert.equal(twin.user.sub, "alice");
});

test("only invalid_grant ends a session", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options());
  const first = await auth.accessToken();
  const failures = [
    () => new Response("busy", { status: 429 }),
    () => new Response("<h1>down</h1>", { status: 503, headers: { "content-type": "text/html" } }),
    () => Response.json({ error: "temporarily_unavailable" }, { status: 400 }),
    () => Promise.reject(new TypeError("Failed to fetch")),
  ];
  age(tab.sessionStorage, 3_300);
  for (const answer of failures) {
    provider.answer = answer;
    assert.equal(await auth.accessToken(), first, "it is good for five minutes");
  }
  age(tab.sessionStorage, 300);
  for (const answer of failures) {
    provider.answer = answer;
    const error = await errorOf(auth.accessToken());
    const expected = answer === failures[2] ? "token_endpoint_error" : "refresh_unavailable";
    assert.equal(error.code, expected);
    if (error.status === 503) assert.equal(error.cause.code, "server_unavailable");
    assert.equal(auth.getSnapshot().ended, false);
  }
  provider.answer = undefined;
  assert.match(await auth.accessToken(), /^access-/);

  let told = 0;
  const stop = auth.subscribe(() => (told += 1));
  const before = auth.getSnapshot();
  age(tab.sessionStorage, 3_600);
  const over = { error: "invalid_grant", error_description: "it was used before" };
  provider.answer = () => Response.json(over, { status: 400 });
  const error = await errorOf(auth.accessToken());
  assert.equal(error.code, "session_ended");
  assert.equal(error.cause.code, "token_endpoint_error");
  assert.equal((await errorOf(auth.accessToken())).code, "session_ended");
  assert.equal(told, 1);
  assert.notEqual(auth.getSnapshot(), before);
  assert.deepEqual({ ...auth.getSnapshot(), user: undefined }, { user: undefined, ended: true });
  assert.equal(auth.getSnapshot().user.sub, "alice", "the page may show it until it is left");
  assert.equal(sessionIn(tab.sessionStorage), null);
  stop();
  assert.equal((await tab.open("/").auth(provider.options())).user, undefined);
});

test("without a refresh token, a session ends with its access token", async () => {
  const provider = await FakeProvider.start();
  provider.givesRefreshTokens = false;
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options());
  age(tab.sessionStorage, 3_590);
  assert.match(await auth.accessToken(), /^access-/);
  assert.equal((await tab.open("/").auth(provider.options())).user.sub, "alice");
  age(tab.sessionStorage, 20);
  assert.equal((await errorOf(auth.accessToken())).code, "session_ended");

  const other = new FakeBrowser().tab();
  await signedIn(other, provider, provider.options());
  age(other.sessionStorage, 3_601);
  assert.equal((await other.open("/").auth(provider.options())).user, undefined, "before the core is there");
});

test("a token without a known end is not good for ever", async () => {
  const provider = await FakeProvider.start();
  provider.life = undefined;
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options());
  const first = await auth.accessToken();
  age(tab.sessionStorage, 299);
  assert.equal(await auth.accessToken(), first);
  age(tab.sessionStorage, 2);
  assert.notEqual(await auth.accessToken(), first);
});

test("a clock that is set back does not make a token last", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options());
  const first = await auth.accessToken();
  age(tab.sessionStorage, -86_400);
  assert.notEqual(await auth.accessToken(), first);
});

test("without Web Locks this tab takes turns, and says so", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab("/", { isSecure: false });
  const auth = await signedIn(tab, provider, provider.options());
  assert.equal(auth.lock, "tab");
  age(tab.sessionStorage, 3_300);
  const tokens = await Promise.all(Array.from({ length: 20 }, () => auth.accessToken()));
  assert.equal(new Set(tokens).size, 1);
  assert.equal(provider.reuses, 0);
});
