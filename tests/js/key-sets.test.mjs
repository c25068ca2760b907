// Key sets that survive: what the server says of their freshness, confirmations, stores, states, events, and keys of the
// application's own. On loopback, with the real fetch.

import assert from "node:assert/strict";
import { createPublicKey } from "node:crypto";
import { after, test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { codeOf, mistaken } from "./support/assert.mjs";
import { countersign, folder } from "./support/package.mjs";
import { json, serve, status } from "./support/server.mjs";
import { audience, issuer, makeKey, time } from "./support/tokens.mjs";

const { createVerifier } = countersign;
const { memoryStore } = await importPackage(folder, "countersign/stores");
const key = makeKey("ES256", "old");
const next = makeKey("ES256", "new");
const server = await serve(json({ keys: [key.jwk] }));
after(() => server.close());

/** A verifier on the server, with a clock that can be moved, and what was told of its keys. */
function setUp(options = {}, handle = json({ keys: [key.jwk] })) {
  server.handle = handle;
  server.requests = [];
  const clock = { seconds: time };
  const events = [];
  const verifier = createVerifier({
    issuer,
    audience,
    jwksUri: `${server.origin}/jwks`,
    now: () => clock.seconds * 1000,
    onKeySetEvent: ({ issuer: _, url: __, error: ___, ...event }) => events.push(event),
    ...options,
  });
  const verify = (by = key) => verifier.verify(by.sign({ exp: clock.seconds + 60, iat: clock.seconds }));
  return { clock, verifier, verify, events };
}
const withFields = (fields, keys, statusCode) => (request, response) => {
  for (const [name, value] of Object.entries(fields)) response.setHeader(name, value);
  if (statusCode !== undefined) return response.writeHead(statusCode).end();
  json({ keys })(request, response);
};
const settle = () => new Promise((resolve) => setTimeout(resolve, 50));

test("the server says how long keys are fresh", async () => {
  for (const [fields, lifetime] of [
    [{}, 600],
    [{ "cache-control": "public, max-age=3600" }, 3600],
    [{ "cache-control": "max-age=3600", age: "600" }, 3000],
    [{ "cache-control": "no-store" }, 30],
    [{ "cache-control": "max-age=999999999" }, 86_399],
  ]) {
    const { clock, verify } = setUp({}, withFields(fields, [key.jwk]));
    await verify();
    clock.seconds += lifetime - 1;
    await verify();
    assert.equal(server.requests.length, 1, JSON.stringify(fields));
    clock.seconds += 1;
    if (lifetime < 86_399) await verify();
    assert.equal(server.requests.length, lifetime < 86_399 ? 2 : 1);
  }
});

test("keys that the server confirms stay, and are fresh again", async () => {
  const tags = [];
  const { clock, verify, events } = setUp({}, (request, response) => {
    tags.push(request.headers["if-none-match"]);
    const isKnown = request.headers["if-none-match"] === '"v1"';
    withFields(
      { etag: '"v1"', "cache-control": "max-age=60" },
      [key.jwk],
      isKnown ? 304 : undefined,
    )(request, response);
  });
  for (let round = 0; round < 3; round += 1) {
    await verify();
    clock.seconds += 60;
  }
  assert.deepEqual(tags, [undefined, '"v1"', '"v1"']);
  assert.deepEqual(
    events.map(({ type, added }) => [type, added]),
    [
      ["replaced", ["old"]],
      ["confirmed", []],
      ["confirmed", []],
    ],
  );
  // A day after the last confirmation they are used no more, whatever the server's 304 would say to nobody.
  server.handle = status(500);
  clock.seconds += 86_400;
  assert.equal(await codeOf(verify), "jwks_unavailable");
});

test("nobody waits while stale keys may be revalidated", async () => {
  const background = [];
  const options = { keyCache: { staleWhileRevalidate: 60 }, waitUntil: (promise) => background.push(promise) };
  const { clock, verify } = setUp(options);
  await verify();
  let release;
  server.handle = (request, response) => (release = () => json({ keys: [next.jwk] })(request, response));
  clock.seconds += 630;
  await verify();
  assert.equal(background.length, 2, "one promise for each request, for the host to wait for");
  while (release === undefined) await settle();
  release();
  await background[1];
  await verify(next);
});

test("a store gives an instance its keys, and has them after a fetch", async () => {
  const keyStore = memoryStore();
  const first = setUp({ keyStore });
  await first.verify();
  await settle();
  const second = setUp({ keyStore });
  await Promise.all([second.verify(), second.verify(), second.verify()]);
  assert.deepEqual([server.requests.length, second.events.map(({ type }) => type)], [0, ["imported"]]);
  // They are as old as they are.
  second.clock.seconds += 601;
  await second.verify();
  assert.equal(server.requests.length, 1);
  // Of another issuer, address or form: as if there were nothing.
  for (const options of [{ issuer: "https://other.example/" }, { jwksUri: `${server.origin}/others` }]) {
    const other = setUp({ keyStore, ...options });
    await other.verifier.loadKeys();
    assert.equal(server.requests.length, 1);
  }
});

test("a store that fails, hangs or answers nonsense costs a fetch", async () => {
  const state = await (async () => {
    const { verifier, verify } = setUp();
    await verify();
    return verifier.exportKeys();
  })();
  const forged = state.replace(issuer, "https://other.example/");
  const future = state.replace(/"at":\d+/, `"at":${time + 100}`);
  const old = state.replace(/"at":\d+/, `"at":${time - 86_400}`);
  const empty = state.replace(/"body":"(?:[^"\\]|\\.)*"/, '"body":"{\\"keys\\":[]}"');
  const values = [undefined, null, 7, {}, "", "{", "[]", "null", '{"version":1}', forged, future, old, empty];
  for (const value of values) {
    const { verify } = setUp({ keyStore: { get: () => value, set: () => undefined, delete: () => undefined } });
    await verify();
    assert.equal(server.requests.length, 1, String(value));
  }
  const thrown = () => {
    throw new Error("down");
  };
  for (const get of [thrown, async () => thrown(), () => new Promise(() => {})]) {
    const { verify, events } = setUp({ keyStore: { get, set: thrown, delete: thrown } });
    await verify();
    await settle();
    const types = events.map(({ type }) => type);
    assert.deepEqual(types, ["store_failed", "replaced", "store_failed"]);
  }
});

test("the keys of one instance are exported to another", async () => {
  const one = setUp();
  assert.equal(one.verifier.exportKeys(), undefined);
  await one.verify();
  const state = one.verifier.exportKeys();
  const other = setUp();
  assert.equal(await other.verifier.importKeys(state), true);
  await other.verify();
  assert.equal(other.verifier.verifySync(key.sign()).claims.sub, "user");
  assert.deepEqual([server.requests.length, other.verifier.exportKeys()], [0, state]);
  assert.equal(await other.verifier.importKeys(state), false, "it is no newer");
  assert.equal(await setUp({ issuer: "https://other.example/" }).verifier.importKeys(state), false);
  for (const wrong of ["", "x", 7, undefined, null, {}]) assert.equal(await other.verifier.importKeys(wrong), false);
  const given = createVerifier({ issuer, audience, jwks: { keys: [key.jwk] } });
  assert.deepEqual([given.exportKeys(), await given.importKeys(state)], [undefined, false]);
});

test("keys that were found through metadata are exported with it", async () => {
  const metadata = { issuer: server.origin, jwks_uri: `${server.origin}/keys` };
  const handle = (request, response) =>
    (request.url === "/keys" ? json({ keys: [key.jwk] }) : json(metadata))(request, response);
  const options = { issuer: server.origin, jwksUri: undefined };
  const one = setUp(options, handle);
  await one.verifier.loadKeys();
  const other = setUp(options, handle);
  assert.equal(await other.verifier.importKeys(one.verifier.exportKeys()), true);
  await other.verifier.verify(key.sign({ iss: server.origin }));
  assert.equal(server.requests.length, 0);
});

test("of metadata that leads to other keys each time, the last is kept", async () => {
  let isDown = false;
  let round = 0;
  const one = setUp({ issuer: server.origin, jwksUri: undefined }, (request, response) => {
    if (isDown) return status(503)(request, response);
    const metadata = { issuer: server.origin, jwks_uri: `${server.origin}/keys/${(round += 1)}` };
    (request.url.startsWith("/keys/") ? json({ keys: [key.jwk] }) : json(metadata))(request, response);
  });
  const sizes = new Set();
  for (let turn = 0; turn < 8; turn += 1) {
    isDown = false;
    await one.verifier.loadKeys();
    sizes.add(JSON.parse(one.verifier.exportKeys()).documents.length);
    // After a failure the address is looked up again.
    one.clock.seconds += 700;
    isDown = true;
    await one.verifier.loadKeys();
    one.clock.seconds += 100;
  }
  assert.deepEqual([...sizes], [2]);
  assert.ok(round >= 8);
});

test("what became of the keys is told", async () => {
  const { clock, verify, events } = setUp();
  await verify();
  server.handle = json({ keys: [next.jwk] });
  clock.seconds += 31;
  await verify(next);
  for (const [handle, code] of [
    [status(503), "jwks_unavailable"],
    [json("<html>"), "jwks_invalid"],
    [json({ keys: [] }), "jwks_invalid"],
    [json("x".repeat(300_000)), "response_too_large"],
  ]) {
    server.handle = handle;
    clock.seconds += 700;
    await verify(next);
    assert.deepEqual([events.at(-1).type, events.at(-1).code], ["failed", code]);
  }
  assert.deepEqual(events.slice(0, 2), [
    { type: "replaced", added: ["old"], removed: [] },
    { type: "replaced", added: ["new"], removed: ["old"] },
  ]);
  const throwing = setUp({
    onKeySetEvent: () => {
      throw new Error("mine");
    },
  });
  await throwing.verify();
  const rejecting = setUp({
    onKeySetEvent: async () => Promise.reject(new Error("mine")),
    waitUntil: async () => Promise.reject(new Error("mine")),
    keyStore: { get: async () => Promise.reject(new Error("mine")), set: () => undefined, delete: () => undefined },
  });
  await rejecting.verify();
});

test("a program that issues tokens gives its keys by a function", async () => {
  let calls = 0;
  let keys = { keys: [key.jwk] };
  const jwks = () => ((calls += 1), keys);
  const { clock, verify } = setUp({ jwks, jwksUri: undefined });
  await Promise.all(Array.from({ length: 50 }, () => verify()));
  assert.equal(calls, 1);
  keys = Promise.resolve(JSON.stringify({ keys: [next.jwk] }));
  clock.seconds += 31;
  await verify(next);
  assert.deepEqual([calls, server.requests.length], [2, 0]);
  for (const wrong of [
    () => {
      throw new Error("no keys");
    },
    async () => Promise.reject(new Error("no keys")),
    () => undefined,
    () => ({ keys: [] }),
    () => 7,
    () => ({ toJSON: () => undefined }),
    () => "x".repeat(300_000),
  ]) {
    const code = await codeOf(setUp({ jwks: wrong, jwksUri: undefined }).verify);
    assert.match(code, /^(?:jwks_unavailable|jwks_invalid|response_too_large)$/);
  }
});

test("options of keys that are fetched are not for keys that are given", async () => {
  const jwks = { keys: [key.jwk] };
  for (const option of [
    { keyCache: {} },
    { keyStore: memoryStore() },
    { waitUntil: () => undefined },
    { onKeySetEvent: () => undefined },
  ]) {
    await mistaken(() => createVerifier({ issuer, audience, jwks, ...option }), /is for keys that are fetched/);
  }
  const wrong = { minFreshness: 700 };
  await mistaken(
    () => createVerifier({ issuer, audience, keyCache: wrong }),
    /option "defaultFreshness" must be between the shortest and the longest/,
  );
});

test("a flood of unknown key IDs neither multiplies requests nor delays good tokens", async () => {
  const { clock, verifier, verify } = setUp();
  await verify();
  const jwt = key.sign({ exp: clock.seconds + 60, iat: clock.seconds });
  const good = async (rounds) => {
    const times = [];
    for (let round = 0; round < rounds; round += 1) {
      const begin = performance.now();
      await verifier.verify(jwt);
      times.push(performance.now() - begin);
    }
    return times.sort((a, b) => a - b)[rounds >> 1];
  };
  await good(300);
  const forged = Array.from({ length: 100 }, (_, index) => key.sign({}, { kid: `unknown ${index}` }));
  const ratios = [];
  for (let turn = 0; turn < 5; turn += 1) {
    const quiet = await good(200);
    for (let round = 0; round < 50; round += 1) {
      const refused = await Promise.all(forged.map((jwt) => codeOf(() => verifier.verify(jwt))));
      assert.ok(refused.every((code) => code === "key_not_found"));
    }
    ratios.push((await good(200)) / quiet);
  }
  assert.equal(server.requests.length, 2, "25,000 unknown key IDs cause one request");
  const ratio = ratios.sort((a, b) => a - b)[2];
  assert.ok(ratio < 2, `good tokens take ${ratio.toFixed(2)} times as long beside them`);
});

test("of keys that are fetched one by one, a missing one is no confirmation", async () => {
  const pem = createPublicKey({ key: key.jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
  const { verifier, events } = setUp({ jwksUri: `${server.origin}/pem/{kid}` }, (request, response) =>
    request.url === "/pem/old" ? response.end(pem) : response.writeHead(404).end(),
  );
  const token = (by) => by.sign({ exp: time + 60, iat: time });
  assert.equal(await codeOf(() => verifier.verify(token(next))), "key_not_found");
  assert.equal(verifier.exportKeys(), undefined);
  await verifier.verify(token(key));
  assert.deepEqual(events, [
    { type: "failed", status: 404, code: "key_not_found", added: [], removed: [] },
    { type: "replaced", added: ["old"], removed: [] },
  ]);
});
