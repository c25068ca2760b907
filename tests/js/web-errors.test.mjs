// What goes wrong around sign-in: mistakes in the options, and what fails on the way.

import assert from "node:assert/strict";
import { test } from "node:test";

import { application, Browser, Failure, fakeClient, origin, secret, stores, web } from "./support/web.mjs";

test("a store that is down signs nobody out", async () => {
  const store = stores.memoryStore();
  let isDown = false;
  const get = (key) => {
    if (isDown) throw new Error("down");
    return store.get(key);
  };
  const app = application({ store: { ...store, get } });
  const browser = new Browser();
  await app.signIn(browser);
  isDown = true;
  const response = await app.fetch(browser.page("/notes"));
  assert.equal(response.status, 503);
  assert.ok(response.headers.has("retry-after"));
  assert.deepEqual(response.headers.getSetCookie(), []);
  await assert.rejects(app.auth.session(browser.page("/")), { code: "store_unavailable" });
  isDown = false;
  assert.equal((await app.fetch(browser.page("/notes"))).status, 200);
});

test("a store that never answers is down after two seconds", async () => {
  const store = stores.memoryStore();
  const told = [];
  let get = store.get.bind(store);
  const app = application({ store: { ...store, get: (key) => get(key) }, onError: (error) => told.push(error) });
  const browser = new Browser();
  await app.signIn(browser);
  get = () => new Promise(() => undefined);
  const begun = Date.now();
  assert.equal((await app.fetch(browser.page("/notes"))).status, 503);
  assert.ok(Date.now() - begun < 10_000, `${Date.now() - begun} ms`);
  assert.deepEqual([told[0].code, told[0].cause.name], ["store_unavailable", "TimeoutError"]);
});

test("what fails on the way is for the application, and no page says it", async () => {
  const mistake = new TypeError("a mistake of the application's");
  const fails = async () => Promise.reject(mistake);
  const inStore = stores.memoryStore();
  for (const [name, options, act, expected] of [
    ["a sign-in", { client: { ...fakeClient(), authorize: fails } }, "/auth/login", ["internal_error", 500]],
    ["a callback", { client: { ...fakeClient(), callback: fails } }, undefined, ["internal_error", 500]],
    [
      "claims",
      { client: { ...fakeClient(), callback: withoutClaims, userinfo: fails } },
      undefined,
      ["internal_error", 500],
    ],
    ["no answer", { client: { ...fakeClient(), authorize: () => undefined } }, "/auth/login", ["internal_error", 500]],
    ["a store", { store: { ...inStore, set: fails } }, undefined, ["store_unavailable", 503]],
  ]) {
    const told = [];
    const app = application({ ...options, onError: (...args) => told.push(args) });
    const browser = new Browser();
    const response = act === undefined ? await app.signIn(browser) : await app.fetch(browser.page(act));
    const [code, status] = expected;
    const text = await response.text();
    assert.deepEqual([response.status, text.includes(code), text.includes("mistake")], [status, true, false], name);
    assert.equal(told.length, 1, name);
    const [[error, request]] = told;
    assert.ok(error instanceof Failure && request instanceof Request, name);
    assert.deepEqual([error.code, error.status], expected, name);
    if (name === "no answer") assert.ok(error.cause instanceof TypeError && error.cause !== mistake);
    else assert.equal(error.cause, mistake, name);
  }
});

test("errors of a client are told as they are, with what the server said", async () => {
  const told = [];
  const app = application({ onError: (error) => told.push(error) });
  const browser = new Browser();
  browser.take(await app.fetch(browser.page("/notes")));
  const denied = await app.fetch(browser.page("/auth/callback?error=access_denied&state=s1"));
  assert.equal(denied.status, 400);
  assert.deepEqual(
    told.map(({ code, status, actual }) => [code, status, actual]),
    [["authorization_error", 400, "access_denied"]],
  );
});

test("what a sign-out goes on without is told, and what a method throws is not", async () => {
  const told = [];
  const onError = (error) => {
    told.push([error.code, error.cause?.message]);
    throw new Error("dropped");
  };
  const store = stores.memoryStore();
  const down = { get: undefined };
  const get = (key) => (down.get === undefined ? store.get(key) : Promise.reject(down.get));
  const client = { ...fakeClient(), revoke: async () => Promise.reject(new Error("no revocation today")) };
  const app = application({ client, store: { ...store, get }, onError });
  const browser = new Browser();
  await app.signIn(browser);
  const before = browser.copy();
  assert.equal((await app.fetch(browser.call("/auth/logout", { method: "POST" }))).status, 303);
  assert.deepEqual(told, [["internal_error", "no revocation today"]]);
  down.get = new Error("down");
  await assert.rejects(app.auth.session(before.page("/")), { code: "store_unavailable", cause: down.get });
  assert.equal(told.length, 1);
});

test("mistakes in the options are named where they are made", () => {
  const good = { origin, client: fakeClient(), secrets: [secret] };
  web.createWebAuth(good);
  const { client: _, ...without } = good;
  for (const [options, words] of [
    [undefined, /createWebAuth takes an object/],
    [{ ...good, origin: undefined }, /"origin" is mandatory/],
    [{ ...good, origin: "http://app.example" }, /origin.*https origin/],
    [{ ...good, origin: "https://app.example/" }, /origin.*without a path/],
    [{ ...good, origin: [] }, /origin/],
    [without, /either the option "client"/],
    [{ ...good, clients: { a: fakeClient() } }, /either the option "client"/],
    [{ ...good, client: { issuer: "https://id.example", clientId: "a" } }, /createClient\(/],
    [{ ...without, clients: { "a b": fakeClient() } }, /clients/],
    [{ ...without, clients: {} }, /clients/],
    [{ ...good, secrets: [] }, /one to eight secrets/],
    [{ ...good, secrets: ["short"] }, /openssl rand/],
    [{ ...good, secrets: [secret, secret] }, /differ/],
    [{ ...good, secrets: secret }, /array/],
    [{ ...good, store: {} }, /store of countersign\/stores/],
    [{ ...good, basePath: "auth" }, /basePath.*such as/],
    [{ ...good, returnTo: "https://evil.example" }, /returnTo.*path/],
    [{ ...good, refresh: "always" }, /"unlocked"/],
    [{ ...good, onError: true }, /"onError" must be a function/],
    [{ ...good, session: { idle: 0 } }, /idle.*seconds/],
    [{ ...good, session: { name: "a=b" } }, /name/],
    [{ ...good, session: { sameSite: "None" } }, /"Lax" or "Strict"|"sameSite"/],
    [{ ...good, session: { storage: "store" } }, /where the option "store" has one/],
    [{ ...good, cookie: "x" }, /no option "cookie"/],
  ]) {
    assert.throws(
      () => web.createWebAuth(options),
      (error) => error instanceof TypeError && words.test(error.message),
      String(words),
    );
  }
  assert.throws(() => web.createWebAuth(good).mount(), TypeError);
});

async function withoutClaims(...args) {
  const { claims: _, ...tokens } = await fakeClient().callback(...args);
  return tokens;
}
