// countersign/spa in tabs that tests make up: what it stores, what it leaves alone, and who refreshes when.

import assert from "node:assert/strict";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { folder } from "./support/package.mjs";
import { FakeBrowser, FakeProvider, leave, ORIGIN, signedIn, spa, turns, until } from "./support/pages.mjs";

const stored = (area, what) => [...area.items].filter(([name]) => name.endsWith(what)).map(([, text]) => text);
const sessionIn = (area) => JSON.parse(stored(area, ":session")[0] ?? "null");
const errorOf = async (promise) => {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
};

/** Moves what is stored into the past, as if time had gone by. */
function age(area, seconds) {
  for (const [name, text] of area.items) {
    if (!name.endsWith(":session")) continue;
    const record = JSON.parse(text);
    for (const token of record.accessTokens) {
      token.receivedAt -= seconds;
      if (token.expiresAt !== undefined) token.expiresAt -= seconds;
    }
    if (record.endsAt !== undefined) record.endsAt -= seconds;
    area.items.set(name, JSON.stringify(record));
  }
}

test("a user signs in, comes back to where they were, and stays signed in after a reload", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab("/notes?page=2#third");
  const auth = await tab.auth(
    provider.options({ scope: "openid offline_access", resources: ["https://api.example/"] }),
  );
  assert.equal(auth.user, undefined);
  assert.equal(auth.accessToken, undefined);
  assert.deepEqual(auth.getSnapshot(), { user: undefined, ended: false });
  assert.deepEqual(provider.requests, []);

  const request = new URL(await leave(tab, auth)).searchParams;
  assert.equal(request.get("redirect_uri"), `${ORIGIN}/`);
  assert.equal(request.get("code_challenge_method"), "S256");
  assert.equal(request.get("scope"), "openid offline_access");
  assert.equal(request.get("resource"), "https://api.example/");
  assert.equal(sessionIn(tab.sessionStorage), null);

  const back = await tab.open(provider.signIn(tab.left[0] ?? `https://x/?${request}`)).auth(provider.options());
  assert.equal(tab.url.href, `${ORIGIN}/notes?page=2#third`);
  assert.deepEqual(tab.historyState, { of: "router" });
  assert.equal(back.user.sub, "alice");
  assert.equal(back.lock, "browser");
  assert.match(await back.accessToken(), /^access-/);
  assert.equal(back.getSnapshot(), back.getSnapshot());
  assert.deepEqual(
    [...tab.sessionStorage.items.keys()].map((name) => name.replace(/^.*:/, "")),
    ["session"],
  );

  const asked = provider.requests.length;
  const reloaded = await tab.open("/notes").auth(provider.options());
  assert.equal(reloaded.user.sub, "alice");
  assert.equal(provider.requests.length, asked);
});

test("what others use in the address stays", async () => {
  const provider = await FakeProvider.start();
  for (const query of [
    "?code=c&state=s",
    "?state=s&error=access_denied",
    "?code=c",
    "?state=",
    "?code=a&code=b&state=s",
  ]) {
    const tab = new FakeBrowser().tab(`/other${query}`);
    const auth = await tab.auth(provider.options());
    assert.equal(tab.url.search, query);
    assert.deepEqual(auth.getSnapshot(), { user: undefined, ended: false });
  }
  // A sign-in of another client is under way.
  const tab = new FakeBrowser().tab();
  const url = await leave(tab, await tab.auth(provider.options({ clientId: "other" })));
  const path = provider.signIn(url);
  const auth = await tab.open(path).auth({ ...provider.options(), issuer: "https://id.example/else" });
  assert.equal(tab.url.href, ORIGIN + path);
  assert.equal(auth.getSnapshot().error, undefined);
});

test("a response that nobody waits for goes out of the address, and says so", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options());
  const path = `/?code=c&state=unknown&iss=${encodeURIComponent(provider.issuer.issuer)}`;
  const again = await tab.open(path).auth(provider.options());
  assert.equal(tab.url.href, `${ORIGIN}/`);
  assert.equal(again.user.sub, auth.user.sub);

  const stranger = new FakeBrowser().tab(path);
  const { error } = (await stranger.auth(provider.options())).getSnapshot();
  assert.equal(error.code, "state_mismatch");
  assert.equal(stranger.url.href, `${ORIGIN}/`);
});

test("what the provider answers instead of a code is an error with its words as text", async () => {
  const provider = await FakeProvider.start();
  const payloads = [
    "<script>globalThis.ran = 1</script>",
    "<img src=x onerror=globalThis.ran=1>",
    "javascript:globalThis.ran=1",
    '"><svg/onload=globalThis.ran=1>',
    "${globalThis.ran=1}",
    "\u0000\u202e\r\nSet-Cookie: a=b",
    "x".repeat(5_000),
  ];
  for (const payload of payloads) {
    const tab = new FakeBrowser().tab("/start");
    const state = new URL(await leave(tab, await tab.auth(provider.options()))).searchParams.get("state");
    const iss = provider.issuer.issuer;
    const query = new URLSearchParams({ error: "access_denied", error_description: payload, state, iss });
    const auth = await tab.open(`/?${query}`).auth(provider.options());
    const { error } = auth.getSnapshot();
    assert.equal(error.code, "authorization_error");
    assert.match(error.message, /^[ -~]*$/);
    assert.ok(error.message.length < 2_000);
    assert.equal(tab.url.href, `${ORIGIN}/start`);
    assert.equal(tab.sessionStorage.length, 0);
  }
  assert.equal(globalThis.ran, undefined);
});

test("a response that was tampered with signs nobody in", async () => {
  const provider = await FakeProvider.start();
  const changes = [
    [(path) => path.replace(/iss=[^&]*/, "iss=https%3A%2F%2Fevil.example%2F"), "response_issuer_mismatch"],
    [(path) => path.replace(/&iss=[^&]*/, ""), "response_issuer_mismatch"],
    [(path) => path.replace(/code=[^&]*/, "code=other"), "token_endpoint_error"],
  ];
  for (const [change, code] of changes) {
    const tab = new FakeBrowser().tab();
    const url = await leave(tab, await tab.auth(provider.options()));
    const auth = await tab.open(change(provider.signIn(url))).auth(provider.options());
    assert.equal(auth.user, undefined);
    assert.equal(auth.getSnapshot().error.code, code);
    assert.equal(tab.url.search, "");
  }
  // The nonce of another sign-in, as of a code that somebody else was given.
  const tab = new FakeBrowser().tab();
  const url = new URL(await leave(tab, await tab.auth(provider.options())));
  url.searchParams.set("nonce", "other");
  const auth = await tab.open(provider.signIn(url)).auth(provider.options());
  assert.equal(auth.getSnapshot().error.code, "nonce_mismatch");
});

test("where somebody has changed what is stored, nobody is signed in, and nothing breaks", async () => {
  const provider = await FakeProvider.start();
  const sources = ["", "null", "[]", "{", '{"version":1}', '{"transaction":{},"returnTo":7}', "7"];
  for (const source of sources) {
    const tab = new FakeBrowser().tab();
    const path = provider.signIn(await leave(tab, await tab.auth(provider.options())));
    for (const name of tab.sessionStorage.items.keys()) tab.sessionStorage.items.set(name, source);
    tab.sessionStorage.items.set("countersign:page@https://id.example/:session", source);
    const auth = await tab.open(path).auth(provider.options());
    assert.equal(auth.getSnapshot().error.code, "state_mismatch");
    assert.equal(tab.url.search, "");
  }
  // To another site: the browser refuses, and the page stays at its own origin.
  const tab = new FakeBrowser().tab();
  const path = provider.signIn(await leave(tab, await tab.auth(provider.options())));
  for (const [name, text] of tab.sessionStorage.items)
    tab.sessionStorage.items.set(name, JSON.stringify({ ...JSON.parse(text), returnTo: "//evil.example/" }));
  const auth = await tab.open(path).auth(provider.options());
  assert.equal(auth.user.sub, "alice");
  assert.equal(tab.url.href, `${ORIGIN}/`);
  // What only the core finds wrong counts as soon as it looks.
  const record = sessionIn(tab.sessionStorage);
  for (const [name] of tab.sessionStorage.items)
    tab.sessionStorage.items.set(name, JSON.stringify({ ...record, session: "short" }));
  const looked = await tab.open("/").auth(provider.options());
  assert.equal(looked.user.sub, "alice");
  let told = 0;
  looked.subscribe(() => (told += 1));
  for (const call of tab.idle) call();
  await until(() => looked.getSnapshot().ended);
  assert.equal(told, 1);
  assert.equal(tab.sessionStorage.length, 0);
});

test("where the browser stores nothing, a page works and says why nobody can sign in", async () => {
  const provider = await FakeProvider.start();
  const browser = new FakeBrowser();
  browser.blocksStorage = true;
  for (const storage of ["session", "local", "memory"]) {
    const tab = browser.tab();
    const auth = await tab.auth(provider.options({ storage }));
    assert.equal(auth.user, undefined);
    const error = await errorOf(auth.login());
    assert.equal(error.code, "storage_unavailable");
    assert.deepEqual(tab.left, []);
    assert.equal((await errorOf(auth.login())).code, "storage_unavailable", "the button works again");
  }
  const full = new FakeBrowser().tab();
  full.sessionStorage.room = 10;
  assert.equal((await errorOf((await full.auth(provider.options())).login())).code, "storage_unavailable");
});

test("a storage that is full costs the session at the next reload, and not before", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  const url = await leave(tab, await tab.auth(provider.options()));
  tab.sessionStorage.room = 300;
  const auth = await tab.open(provider.signIn(url)).auth(provider.options());
  assert.equal(auth.user.sub, "alice");
  assert.match(await auth.accessToken(), /^access-/);
  assert.equal(sessionIn(tab.sessionStorage), null);
  assert.equal((await tab.open("/").auth(provider.options())).user, undefined);
});

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

for (const days of [-400, -1, 1, 400]) {
  test(`a clock that is ${days} days off`, async () => {
    const provider = await FakeProvider.start({ now: () => Date.now() - days * 86_400_000 });
    const tab = new FakeBrowser().tab();
    const auth = await signedIn(tab, provider, provider.options());
    const first = await auth.accessToken();
    assert.equal(await auth.accessToken(), first);
    age(tab.sessionStorage, 3_300);
    assert.notEqual(await auth.accessToken(), first);
    // It is set right.
    age(tab.sessionStorage, days * 86_400);
    assert.match(await auth.accessToken(), /^access-/);
    assert.equal(provider.reuses, 0);
  });
}

test("a clock that is set back does not make a token last", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options());
  const first = await auth.accessToken();
  age(tab.sessionStorage, -86_400);
  assert.notEqual(await auth.accessToken(), first);
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

test("two tabs sign in at once", async () => {
  const provider = await FakeProvider.start();
  for (const storage of ["session", "local"]) {
    const browser = new FakeBrowser();
    const [one, two] = [browser.tab("/one"), browser.tab("/two")];
    const options = provider.options({ storage });
    const urls = [await leave(one, await one.auth(options)), await leave(two, await two.auth(options))];
    const second = await two.open(provider.signIn(urls[1])).auth(options);
    const first = await one.open(provider.signIn(urls[0])).auth(options);
    assert.deepEqual([first.user.sub, second.user.sub], ["alice", "alice"]);
    assert.deepEqual([one.url.pathname, two.url.pathname], ["/one", "/two"]);
    assert.match(await first.accessToken(), /^access-/);
    assert.match(await second.accessToken(), /^access-/);
    assert.equal(second.getSnapshot().ended, false);
  }
});

test("a storm of sign-ins leaves few behind", async () => {
  const provider = await FakeProvider.start();
  const browser = new FakeBrowser();
  for (let round = 0; round < 50; round += 1) {
    const tab = browser.tab();
    await leave(tab, await tab.auth(provider.options({ storage: "local" })));
  }
  assert.equal(browser.localStorage.length, 32);
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

test("in memory, a reload signs out", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  const options = provider.options({ storage: "memory" });
  const auth = await signedIn(tab, provider, options);
  assert.match(await auth.accessToken(), /^access-/);
  assert.equal(tab.sessionStorage.length, 0);
  assert.equal((await tab.open("/").auth(options)).user, undefined);
});

test("offline nobody leaves for an error page", async () => {
  const provider = await FakeProvider.start();
  const browser = new FakeBrowser();
  const tab = browser.tab();
  const auth = await tab.auth(provider.options());
  browser.isOnline = false;
  assert.equal((await errorOf(auth.login())).code, "server_unavailable");
  browser.isOnline = true;
  await leave(tab, auth);
});

test("a schema gives the user a type, or says what is wrong", async () => {
  const provider = await FakeProvider.start();
  provider.claims = { email: "alice@example.com", roles: ["admin"] };
  const schema = (validate) => ({ "~standard": { version: 1, vendor: "test", validate } });
  const good = schema(({ sub, roles }) => ({ value: { id: sub, roles: new Set(roles) } }));
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options({ user: good }));
  assert.deepEqual(auth.user, { id: "alice", roles: new Set(["admin"]) });
  const later = schema(async () => ({ value: 7 }));
  assert.equal((await tab.open("/").auth(provider.options({ user: later }))).user, 7);
  const bad = schema(() => ({ issues: [{ message: "roles: missing" }] }));
  const refused = await tab.open("/").auth(provider.options({ user: bad }));
  assert.equal(refused.user, undefined);
  const { error } = refused.getSnapshot();
  assert.deepEqual([error.code, error.expected], ["claim_invalid", "roles: missing"]);
});

test("tokens go to the origins that were named, and to no other", async () => {
  const provider = await FakeProvider.start();
  const seen = [];
  const fetch = async (input, init) => {
    if (input.startsWith("https://id.example/")) return provider.fetch(input, init);
    seen.push([input, init.method ?? "GET", init.headers.get("authorization"), init.redirect]);
    return Response.json({});
  };
  const tab = new FakeBrowser().tab();
  const resources = ["https://api.example/v1"];
  const options = provider.options({ fetch, resources, allowedOrigins: ["https://other.example"] });
  const auth = await signedIn(tab, provider, options);
  const token = await auth.accessToken();
  await auth.fetch("https://api.example/v1/notes", { method: "DELETE" });
  await auth.fetch(new URL("https://other.example/"));
  await auth.fetch(new Request("https://api.example/v2"));
  assert.deepEqual(seen, [
    ["https://api.example/v1/notes", "DELETE", `Bearer ${token}`, "manual"],
    ["https://other.example/", "GET", `Bearer ${token}`, "manual"],
    ["https://api.example/v2", "GET", `Bearer ${token}`, "manual"],
  ]);
  for (const url of ["https://evil.example/", "http://api.example/", "https://api.example:8443/", "data:,x"]) {
    await assert.rejects(auth.fetch(url), TypeError);
  }
  assert.equal(seen.length, 3);
});

const APIS = ["https://api.example/", "https://api.example/notes", "urn:example:files"];

test("what stands in for a page's sign-in in tests sends tokens where the real one does", async () => {
  const { createTestBrowserAuth } = await importPackage(folder, "countersign/testing");
  const notes = ["https://api.example", "https://api.example/notes", "urn:example:files"];
  const loopback = ["http://localhost:8080", "http://127.1.2.3", "http://app.localhost", "http://[::1]"];
  const allowedOrigins = ["https://files.example", "http://lan.example", ...loopback];
  const addresses = [
    ["https://api.example"],
    ["https://api.example/notes/7?page=2#end"],
    ["https://api.example/notes2"],
    [new URL("https://api.example/notes/")],
    [new Request("https://api.example/notes")],
    ["https://api.example:8443/notes"],
    ["https://user:secret@api.example/"],
    ["https://api.example.evil/notes"],
    ["https://elsewhere.example/"],
    ["https://elsewhere.example/", "https://api.example"],
    ["https://files.example/a"],
    ["https://files.example/a", "urn:example:files"],
    ["https://files.example/a", "urn:example:none"],
    ["http://lan.example/", "https://api.example"],
    ["http://localhost:8080/", "https://api.example"],
    ["http://localhost:8081/", "https://api.example"],
    ["http://127.1.2.3/", "https://api.example"],
    ["http://app.localhost/", "https://api.example"],
    ["http://[::1]/", "https://api.example"],
  ];
  const seen = [];
  for (const options of [
    { resources: notes, allowedOrigins },
    { resources: notes.slice(0, 1), allowedOrigins },
    { resources: notes.slice(2), allowedOrigins },
    { resources: [], allowedOrigins },
    { resources: notes },
    { resources: [] },
  ]) {
    const provider = await FakeProvider.start();
    const fetch = async (input, init) =>
      typeof input === "string" && init.headers.get?.("authorization")
        ? Response.json(init.headers.get("authorization").slice("Bearer ".length))
        : provider.fetch(input, init);
    const real = await signedIn(new FakeBrowser().tab(), provider, { ...provider.options(options), fetch });
    const test = createTestBrowserAuth({
      user: { sub: "alice" },
      ...options,
      accessToken: ({ resource }) => `test-${resource}`,
      fetch: async (_, { headers }) => Response.json(headers.get("authorization").slice("Bearer ".length)),
    });
    const outcome = async (auth, input, resource) => {
      const init = resource === undefined ? {} : { resource };
      // A request is read once.
      const target = typeof input === "object" && "url" in input ? input.clone() : input;
      const token = await auth.fetch(target, init).then(
        async (response) => response.json(),
        (error) => error.name,
      );
      // The provider has a number in each.
      return token.replace(/^(?:access-\d+|test)-?/, "").replace("undefined", "");
    };
    for (const [input, resource] of addresses) {
      const label = `${String(input.url ?? input)} ${resource} of ${JSON.stringify(options)}`;
      const expected = await outcome(real, input, resource);
      assert.equal(await outcome(test, input, resource), expected, label);
      seen.push(expected);
    }
  }
  assert.ok(seen.includes("TypeError") && seen.includes(notes[1]) && seen.includes("urn:example:files"), seen.join());
});

test("each resource has a token of its own, and one refresh token serves all", async () => {
  const provider = await FakeProvider.start();
  const seen = [];
  const fetch = async (input, init) => {
    if (input.startsWith("https://id.example/")) return provider.fetch(input, init);
    seen.push([input, init.headers.get("authorization").slice("Bearer access-".length), "resource" in init]);
    return Response.json({});
  };
  const options = provider.options({ fetch, resources: APIS, allowedOrigins: ["https://files.example"] });
  const tab = new FakeBrowser().tab();
  const url = await leave(tab, await tab.auth(options));
  assert.deepEqual(new URL(url).searchParams.getAll("resource"), APIS);
  const auth = await tab.open(provider.signIn(url)).auth(options);
  assert.deepEqual(provider.forms[0].getAll("resource"), [APIS[0]], "a token request names one");
  const [root, notes, files] = [
    await auth.accessToken({ resource: APIS[0] }),
    await auth.accessToken({ resource: APIS[1] }),
    await auth.accessToken({ resource: APIS[2] }),
  ];
  assert.deepEqual([root, notes, files], [`access-2-${APIS[0]}`, `access-3-${APIS[1]}`, `access-4-${APIS[2]}`]);
  assert.equal(provider.forms.length, 3);

  await auth.fetch("https://api.example/other");
  await auth.fetch(new URL("https://api.example/notes/7?x#y"));
  await auth.fetch(new Request("https://api.example/notesbook"));
  await auth.fetch("https://files.example/x", { resource: APIS[2] });
  await auth.fetch("https://api.example/notes", { resource: APIS[0] });
  assert.deepEqual(seen, [
    ["https://api.example/other", root.slice(7), false],
    ["https://api.example/notes/7?x", notes.slice(7), false],
    ["https://api.example/notesbook", root.slice(7), false],
    ["https://files.example/x", files.slice(7), false],
    ["https://api.example/notes", root.slice(7), false],
  ]);
  await assert.rejects(auth.fetch("https://files.example/x"), { name: "TypeError", message: /name the one/ });
  await assert.rejects(auth.fetch("https://evil.example/x", { resource: APIS[0] }), TypeError);
  for (const wrong of [undefined, {}, { resource: "https://api.example" }, { resource: 7 }, { url: APIS[0] }]) {
    await assert.rejects(auth.accessToken(wrong), TypeError, JSON.stringify(wrong));
  }
  assert.equal(provider.forms.length, 3);

  // Each has its own end.
  const [name] = tab.sessionStorage.items.keys();
  const record = sessionIn(tab.sessionStorage);
  record.accessTokens.find(({ resource }) => resource === APIS[1]).expiresAt -= 3_600;
  tab.sessionStorage.items.set(name, JSON.stringify(record));
  const again = await tab.open("/").auth(options);
  assert.equal(await again.accessToken({ resource: APIS[0] }), root);
  assert.equal(await again.accessToken({ resource: APIS[1] }), `access-5-${APIS[1]}`);
  assert.equal(provider.reuses, 0);
  assert.equal(sessionIn(tab.sessionStorage).generation, 3);
});

test("twenty tabs and three resources refresh one at a time", async () => {
  const provider = await FakeProvider.start();
  for (const storage of ["local", "session"]) {
    const browser = new FakeBrowser();
    const options = provider.options({ storage, resources: APIS });
    const tab = browser.tab();
    await signedIn(tab, provider, options);
    const tabs = [tab, ...Array.from({ length: 19 }, () => (storage === "local" ? browser.tab() : tab.duplicate()))];
    const auths = [];
    for (const one of tabs) auths.push(await one.auth(options));
    const before = provider.forms.length;
    for (let round = 0; round < 3; round += 1) {
      for (const one of storage === "local" ? [{ sessionStorage: browser.localStorage }] : tabs) {
        age(one.sessionStorage, 3_300);
      }
      const tokens = await Promise.all(
        auths.flatMap((auth) => APIS.map(async (resource) => auth.accessToken({ resource }))),
      );
      assert.equal(new Set(tokens).size, APIS.length, storage);
    }
    assert.equal(provider.forms.length - before, 9, storage);
    assert.equal(provider.reuses, 0);
  }
});

test("a server that refuses a resource ends no session, and the error says what to write", async () => {
  const provider = await FakeProvider.start();
  provider.resources = APIS.slice(0, 1);
  const tab = new FakeBrowser().tab();
  const options = provider.options({ resources: APIS });
  const auth = await signedIn(tab, provider, options);
  const error = await errorOf(auth.accessToken({ resource: APIS[1] }));
  assert.deepEqual([error.code, error.status, error.cause.code], ["resource_refused", 500, "token_endpoint_error"]);
  assert.match(error.actual, /^invalid_target/);
  assert.match(error.message, /make a client of its own/);
  assert.equal(auth.getSnapshot().ended, false);
  assert.match(await auth.accessToken({ resource: APIS[0] }), /^access-/);

  // At the sign-in: by the authorization endpoint, and by the token endpoint.
  const other = new FakeBrowser().tab();
  const state = new URL(await leave(other, await other.auth(options))).searchParams.get("state");
  const query = new URLSearchParams({ error: "invalid_target", state, iss: provider.issuer.issuer });
  const refused = (await other.open(`/?${query}`).auth(options)).getSnapshot().error;
  assert.deepEqual([refused.code, refused.cause.code], ["resource_refused", "authorization_error"]);
  provider.resources = [];
  const third = new FakeBrowser().tab();
  const url = await leave(third, await third.auth(options));
  const late = (await third.open(provider.signIn(url)).auth(options)).getSnapshot().error;
  assert.deepEqual([late.code, late.cause.code], ["resource_refused", "token_endpoint_error"]);
});

test("without a refresh token only the first resource has a token", async () => {
  const provider = await FakeProvider.start();
  provider.givesRefreshTokens = false;
  const tab = new FakeBrowser().tab();
  const auth = await signedIn(tab, provider, provider.options({ resources: APIS }));
  const error = await errorOf(auth.accessToken({ resource: APIS[2] }));
  assert.equal(error.code, "resource_refused");
  assert.match(error.message, /offline_access/);
  assert.match(await auth.accessToken({ resource: APIS[0] }), /^access-/);
  assert.equal(auth.getSnapshot().ended, false);
  age(tab.sessionStorage, 3_600);
  assert.equal((await errorOf(auth.accessToken({ resource: APIS[2] }))).code, "session_ended");
});

test("the record of an earlier release is read", async () => {
  const provider = await FakeProvider.start();
  const first = (area) => {
    for (const [name, text] of area.items) {
      const { accessTokens, tokens, ...record } = JSON.parse(text);
      const [{ resource: _, receivedAt, ...token }] = accessTokens;
      area.items.set(name, JSON.stringify({ ...record, version: 1, receivedAt, tokens: { ...tokens, ...token } }));
    }
  };
  for (const resources of [undefined, APIS.slice(0, 1), APIS]) {
    const tab = new FakeBrowser().tab();
    const options = provider.options(resources && { resources });
    const auth = await signedIn(tab, provider, options);
    const before = await auth.accessToken(resources && { resource: APIS[0] });
    first(tab.sessionStorage);
    const later = await tab.open("/").auth(options);
    assert.equal(later.user.sub, "alice");
    const token = await later.accessToken(resources && { resource: APIS[0] });
    if (resources === APIS) assert.notEqual(token, before, "it was for all of them");
    else assert.equal(token, before);
    assert.equal(later.getSnapshot().ended, false);
  }
  // Nothing would bring the others a token.
  provider.givesRefreshTokens = false;
  const tab = new FakeBrowser().tab();
  await signedIn(tab, provider, provider.options({ resources: APIS }));
  first(tab.sessionStorage);
  const later = await tab.open("/").auth(provider.options({ resources: APIS }));
  assert.deepEqual(later.getSnapshot(), { user: undefined, ended: false });
});

test("options that are wrong, and places that are no page", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  for (const wrong of [
    { clientId: undefined },
    { issuer: 7 },
    { storage: "cookie" },
    { user: {} },
    { resources: "https://api.example" },
    { client_id: "page" },
  ]) {
    await assert.rejects(tab.auth(provider.options(wrong)), TypeError, JSON.stringify(wrong));
  }
  await assert.rejects(spa.createBrowserAuth(provider.options()), /not while a server renders/);
  const auth = await tab.auth(provider.options());
  await assert.rejects(auth.login({ return: "/" }), TypeError);
  await assert.rejects(auth.login({ params: { state: "mine" } }), TypeError);
});

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

test("a database that never answers ends a sign-in that wants a bound key, with an error that says so", async (context) => {
  const provider = await FakeProvider.start();
  const browser = new FakeBrowser();
  const requests = [];
  let closed = 0;
  browser.indexedDB = {
    open: () => {
      const request = { result: { close: () => (closed += 1) } };
      requests.push(request);
      return request;
    },
  };
  const tab = browser.tab();
  const auth = await tab.auth(provider.options({ dpop: true }));
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const seen = [];
  for (const attempt of [1, 2]) {
    let error;
    let waited = 0;
    auth.login().catch((thrown) => (error = thrown));
    while (requests.length < attempt) await new Promise(setImmediate);
    for (; error === undefined && waited < 30; waited += 1) {
      context.mock.timers.tick(1000);
      for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    }
    seen.push(`${error?.code} ${error?.status} after ${waited} s`);
    assert.match(String(error?.message), /did not answer within 10 seconds/);
  }
  // It is asked again, since it may answer by then.
  assert.deepEqual(seen, Array(2).fill("storage_unavailable 500 after 10 s"));
  assert.deepEqual([tab.left.length, closed], [0, 0]);
  // Whoever waits no longer keeps no database open.
  for (const request of requests) request.onsuccess();
  await new Promise(setImmediate);
  assert.equal(closed, 2);
  // One that opens and lets nobody use it says so at once.
  browser.indexedDB.open = () => {
    const transaction = () => {
      throw new DOMException("it is closing", "InvalidStateError");
    };
    const request = { result: { transaction, close: () => (closed += 1) } };
    queueMicrotask(() => request.onsuccess());
    return request;
  };
  const failure = await errorOf(auth.login());
  assert.deepEqual([failure.code, failure.cause.name], ["storage_unavailable", "InvalidStateError"]);
  assert.equal(closed, 3);
});

test("a database that never answers keeps no tab from its tokens", async () => {
  const provider = await FakeProvider.start();
  const browser = new FakeBrowser();
  let opened = 0;
  browser.indexedDB = { open: () => ((opened += 1), {}) };
  const tab = browser.tab();
  const auth = await signedIn(tab, provider, provider.options());
  age(tab.sessionStorage, 4_000);
  assert.match(await auth.accessToken(), /^access-/);
  age(tab.sessionStorage, 4_000);
  assert.match(await auth.accessToken(), /^access-/);
  assert.equal(sessionIn(tab.sessionStorage).generation, 2);
  assert.equal(opened, 1, "it is not waited for again");
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
