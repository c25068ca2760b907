// What countersign/spa keeps in a browser, in tabs that tests make up: storages that are blocked, full, changed or slow.

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
  until,
} from "./support/pages.mjs";

test("where somebody has changed what is stored, nobody is signed in, and nothing breaks", async () => {
  const provider = await FakeProvider.start();
  const sources = ["", "null", "[]", "{", '{"version":1}', '{"version":2}', '{"transaction":{},"returnTo":7}', "7"];
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

test("in memory, a reload signs out", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  const options = provider.options({ storage: "memory" });
  const auth = await signedIn(tab, provider, options);
  assert.match(await auth.accessToken(), /^access-/);
  assert.equal(tab.sessionStorage.length, 0);
  assert.equal((await tab.open("/").auth(options)).user, undefined);
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

test("tokens that are bound to a key are nobody's sign-in on a page that has dropped the option", async () => {
  const provider = await FakeProvider.start();
  const tab = new FakeBrowser().tab();
  const bound = provider.options({ dpop: true });
  const path = provider.signIn(await leave(tab, await tab.auth(bound)));
  provider.tokenType = "DPoP";
  const before = await tab.open(path).auth(bound);
  assert.equal(before.user.sub, "alice");
  // They would be refused at every API, and by the token endpoint (RFC 9449 §5).
  const dropped = await tab.open("/").auth(provider.options());
  assert.deepEqual(dropped.getSnapshot(), { user: undefined, ended: false });
  // Where the option comes back, so do they; and a sign-in takes their place.
  const again = await tab.open("/").auth(bound);
  assert.equal(await again.accessToken(), await before.accessToken());
  provider.tokenType = "Bearer";
  const unbound = await signedIn(tab.open("/"), provider, provider.options());
  assert.match(await unbound.accessToken(), /^access-/);
  // Those that are bound to nothing serve, until their refresh token brings others.
  provider.tokenType = "DPoP";
  const added = await tab.open("/").auth(bound);
  assert.equal(await added.accessToken(), await unbound.accessToken());
  age(tab.sessionStorage, 3_700);
  await added.accessToken();
  assert.equal(sessionIn(tab.sessionStorage).accessTokens[0].tokenType, "DPoP");
});
