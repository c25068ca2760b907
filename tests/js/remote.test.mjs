// Keys over the network: discovery, rotation, ages. On loopback, through the real fetch.

import assert from "node:assert/strict";
import { test } from "node:test";
import { refused, codeOf } from "./support/assert.mjs";
import { countersign } from "./support/package.mjs";
import { key, keySet, next, server, setUp, sign } from "./support/remote.mjs";
import { json, status } from "./support/server.mjs";
import { time } from "./support/tokens.mjs";

test("keys are fetched once, by whoever comes first, for all", async () => {
  const { verifier } = setUp();
  await Promise.all(Array.from({ length: 200 }, () => verifier.verify(key.sign())));
  await verifier.verify(key.sign());
  assert.deepEqual(server.requests, ["/jwks"]);
  assert.equal(server.headers.accept, "application/json");
  assert.equal(server.headers.cookie, undefined);
  assert.equal(server.headers.authorization, undefined);
});

test("discovery", async () => {
  const metadata = { issuer: server.origin, jwks_uri: `${server.origin}/keys` };
  const { verifier } = setUp(
    (request, response) => (request.url === "/keys" ? json(keySet) : json(metadata))(request, response),
    {
      issuer: server.origin,
    },
  );
  await Promise.all(Array.from({ length: 20 }, () => verifier.verify(key.sign({ iss: server.origin }))));
  assert.deepEqual(server.requests, ["/.well-known/openid-configuration", "/keys"]);
});

test("verifySync needs loadKeys first, and says so", async () => {
  const { verifier } = setUp();
  const error = await refused(() => verifier.verifySync(key.sign()), "jwks_unavailable");
  assert.match(error.message, /await verifier\.loadKeys\(\)/);
  assert.deepEqual(server.requests, [], "nothing was fetched behind the caller's back");
  const report = await verifier.loadKeys();
  assert.deepEqual(report.skipped, []);
  assert.deepEqual(report.keys, [{ kid: "old", algorithm: "ES256", thumbprint: countersign.thumbprint(key.jwk) }]);
  assert.equal(verifier.verifySync(key.sign()).claims.sub, "user");
});

test("loadKeys reports what it cannot use", async () => {
  const set = {
    keys: [
      key.jwk,
      { kty: "oct", k: "AAAA", kid: "secret" },
      { kty: "RSA", n: "AQAB", e: "AQAB", kid: "small" },
      { kty: "new" },
    ],
  };
  const { verifier } = setUp(json(set));
  const { keys, skipped } = await verifier.loadKeys();
  assert.equal(keys.length, 1);
  assert.equal(skipped.length, 3);
  for (const { code, reason } of skipped)
    assert.ok(["key_invalid", "key_unsuitable"].includes(code) && reason.length > 5);
  await verifier.verify(key.sign());
});

test("rotation: a new key is fetched when a token names it, once for all", async () => {
  const { clock, verifier } = setUp();
  await verifier.verify(key.sign());
  server.handle = json({ keys: [next.jwk] });
  clock.seconds += 5;
  await Promise.all(Array.from({ length: 100 }, () => verifier.verify(sign(next, clock))));
  assert.equal(server.requests.length, 2);
  await refused(() => verifier.verify(sign(key, clock)), "key_not_found");
  assert.equal(server.requests.length, 2, "the withdrawn key does not cause a fetch in the cool-down");
});

test("made-up key IDs cause one fetch in thirty seconds", async () => {
  const { clock, verifier } = setUp();
  await verifier.verify(key.sign());
  const forge = (kid) => codeOf(() => verifier.verify(sign(key, clock, { kid })));
  const codes = await Promise.all(Array.from({ length: 300 }, (_, index) => forge(`forged-${index}`)));
  assert.deepEqual(new Set(codes), new Set(["key_not_found"]));
  assert.equal(server.requests.length, 2);
  clock.seconds += 31;
  assert.equal(await forge("again"), "key_not_found");
  assert.equal(server.requests.length, 3);
  await verifier.verify(sign(key, clock));
});

test("ten minutes later keys are fetched again, and a withdrawn one is gone", async () => {
  const { clock, verifier } = setUp();
  await verifier.verify(key.sign());
  server.handle = json({ keys: [next.jwk] });
  clock.seconds += 599;
  await verifier.verify(sign(key, clock));
  assert.equal(server.requests.length, 1);
  clock.seconds += 2;
  await refused(() => verifier.verify(sign(key, clock)), "key_not_found");
});

test("keys at hand wait a second for a server that hangs", async () => {
  const { clock, verifier } = setUp();
  await verifier.verify(key.sign());
  server.handle = () => undefined;
  for (const later of [700, 6 * 3600]) {
    clock.seconds = time + later;
    const began = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(sign(key, clock))));
    assert.ok(performance.now() - began < 2000);
    await verifier.verify(sign(key, clock));
    assert.ok(performance.now() - began < 2000, "one second for all of them");
  }
  await verifier.loadKeys();
  // By the verifier's clock the first of them was under way for hours when the second was made.
  assert.equal(server.requests.length, 3, "one refresh at a time");
});

test("keys that are older than a day verify nothing", async () => {
  const set = new Response(JSON.stringify(keySet));
  let answer = () => Promise.resolve(set);
  const { clock, verifier } = setUp(undefined, { fetch: () => answer() });
  await verifier.loadKeys();
  verifier.verifySync(key.sign());
  answer = () => Promise.reject(new Error("no network"));
  for (const seconds of [700, 86_000]) {
    clock.seconds = time + seconds;
    verifier.verifySync(sign(key, clock));
    await verifier.verify(sign(key, clock));
  }
  clock.seconds = time + 30 * 86_400;
  for (let round = 0; round < 3; round += 1) {
    const error = await refused(() => verifier.verifySync(sign(key, clock)), "jwks_unavailable");
    assert.equal(error.status, 503);
    await refused(() => verifier.verify(sign(key, clock)), "jwks_unavailable");
    // A search for a missing key is no reason to go on with them.
    await refused(() => verifier.verify(sign(next, clock)), "jwks_unavailable");
  }
  // The wait after failures in a row.
  clock.seconds += 60;
  answer = () => Promise.resolve(Response.json(keySet));
  await verifier.verify(sign(key, clock));
  verifier.verifySync(sign(key, clock));
});

for (const [code, broken] of Object.entries({
  key_unsuitable: { ...next.jwk, kid: "old", alg: "ES384", crv: "P-256", use: "enc" },
  key_invalid: { ...key.jwk, y: "AA" },
})) {
  test(`${code}: the key is fetched anew, in case it was put right`, async () => {
    const { clock, verifier } = setUp(json({ keys: [broken, next.jwk] }));
    await verifier.verify(next.sign());
    assert.equal(await codeOf(() => verifier.verify(key.sign())), code);
    assert.equal(server.requests.length, 2, "asked once, in vain");
    assert.equal(await codeOf(() => verifier.verify(key.sign())), code, "the original error in the cool-down");
    assert.equal(server.requests.length, 2);
    server.handle = json(keySet);
    clock.seconds += 31;
    await verifier.verify(sign(key, clock));
    assert.equal(server.requests.length, 3);

    const again = setUp(json({ keys: [broken, next.jwk] }));
    await again.verifier.verify(next.sign());
    server.handle = status(500);
    assert.equal(await codeOf(() => again.verifier.verify(key.sign())), "jwks_unavailable", "nobody can tell");

    const sync = setUp(json({ keys: [broken, next.jwk] }));
    await sync.verifier.loadKeys();
    server.handle = json(keySet);
    assert.equal(await codeOf(() => sync.verifier.verifySync(key.sign())), code);
    await sync.verifier.loadKeys();
    sync.verifier.verifySync(key.sign());
  });
}

test("verifySync refreshes stale keys behind the scenes", async () => {
  const { clock, verifier } = setUp();
  await verifier.loadKeys();
  clock.seconds += 700;
  server.handle = json({ keys: [key.jwk, next.jwk] });
  assert.equal(verifier.verifySync(sign(key, clock)).header.kid, "old");
  const deadline = Date.now() + 2000;
  while (server.requests.length < 2 || (await codeOf(() => verifier.verifySync(sign(next, clock)))) !== "ok") {
    assert.ok(Date.now() < deadline, "the new key does not come");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  server.handle = status(500);
  clock.seconds += 700;
  for (let round = 0; round < 20; round += 1) verifier.verifySync(sign(next, clock));
  await verifier.loadKeys();
  assert.equal(server.requests.length, 3, "one refresh at a time");
});

test("verifySync looks for a missing key behind the scenes", async () => {
  const { clock, verifier } = setUp();
  await verifier.loadKeys();
  server.handle = json({ keys: [next.jwk] });
  for (let round = 0; round < 20; round += 1) {
    assert.throws(() => verifier.verifySync(sign(next, clock)), { code: "key_not_found" });
  }
  const deadline = Date.now() + 2000;
  while ((await codeOf(() => verifier.verifySync(sign(next, clock)))) !== "ok") {
    assert.ok(Date.now() < deadline, "the new key does not come");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(server.requests.length, 2);
});

test("requests ask for no copy in a cache, and carry nothing of the caller's", async () => {
  const { verifier } = setUp();
  await verifier.verify(key.sign());
  assert.equal(server.headers["cache-control"], "no-cache");
  let given;
  const fetch = async (url, init) => ((given = init), Response.json(keySet));
  await setUp(undefined, { fetch }).verifier.verify(key.sign());
  const { cache, credentials, redirect, referrerPolicy } = given;
  assert.deepEqual([cache, credentials, redirect, referrerPolicy], ["no-store", "omit", "manual", "no-referrer"]);
});

test("a host whose fetch has no such option does without", async () => {
  const { Request } = globalThis;
  globalThis.Request = class {
    constructor(url, init) {
      if (Object.hasOwn(init, "cache")) throw new TypeError("The 'cache' field is not implemented.");
    }
  };
  let given;
  const fetch = async (url, init) => ((given = init), Response.json(keySet));
  try {
    await setUp(undefined, { fetch }).verifier.verify(key.sign());
    assert.ok(!Object.hasOwn(given, "cache"));
    assert.deepEqual([given.credentials, given.redirect], ["omit", "manual"]);
  } finally {
    globalThis.Request = Request;
  }
});
