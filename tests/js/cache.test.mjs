// Verdicts that are kept: what is answered from memory is what would be answered without it, at every time, with every
// key set, and whatever is done to the answers.

import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { codeOf, mistaken, refused } from "./support/assert.mjs";
import { isKnown } from "./support/native.mjs";
import { countersign, installed, part } from "./support/package.mjs";
import { audience, issuer, makeKey, now, signWithSecret, tamper, time } from "./support/tokens.mjs";

const { createSharedSecretVerifier, createVerifier } = countersign;
const { bind } = await part("bind.js");
const glue = await part("core/countersign.js", "cache");
const wasm = new WebAssembly.Module(readFileSync(path.join(installed, "dist/core/countersign.wasm")));
const key = makeKey("ES256");
const good = { issuer, audience, jwks: { keys: [key.jwk] }, now, cache: {} };

/** A verifier whose signature checks are counted. */
function counting(options) {
  const calls = { verify: 0 };
  const native = { ...crypto, verify: (...args) => (isKnown(args[1]) || calls.verify++, crypto.verify(...args)) };
  const api = bind({ glue, module: () => wasm, nodeCrypto: () => native, sharesPromises: true });
  return { verifier: api.createVerifier({ ...good, engine: "host", ...options }), calls };
}

test("only who asks for it gets it", () => {
  const verifier = createVerifier({ ...good, cache: undefined });
  const token = key.sign();
  const first = verifier.verifySync(token);
  assert.notEqual(verifier.verifySync(token), first);
  first.claims.sub = "me";
  assert.equal(verifier.verifySync(token).claims.sub, "user");
});

test("a token that comes again is the same object, and nobody can change it", async () => {
  const { verifier, calls } = counting({});
  const token = key.sign({ nested: { list: [{ deep: true }] }, ["__proto__"]: { admin: true } });
  const first = verifier.verifySync(token);
  assert.equal(verifier.verifySync(token), first);
  assert.equal(await verifier.verify(token), first);
  assert.equal(calls.verify, 1);

  const { claims, header } = first;
  for (const object of [first, header, claims, claims.nested, claims.nested.list, claims.nested.list[0]]) {
    assert.ok(Object.isFrozen(object));
    assert.throws(() => (object.sub = "admin"), TypeError);
  }
  assert.ok(Object.isFrozen(Object.getOwnPropertyDescriptor(claims, "__proto__").value));
  assert.throws(() => claims.nested.list.push(1), TypeError);
  assert.throws(() => delete claims.exp, TypeError);
  assert.deepEqual(verifier.verifySync(token), first);
  assert.equal(claims.sub, "user");
});

test("every change of a kept token is what it is without a memory", async () => {
  const plain = createVerifier({ ...good, cache: undefined });
  for (const engine of ["wasm", "host"]) {
    const verifier = createVerifier({ ...good, engine });
    const token = key.sign();
    verifier.verifySync(token);
    for (let at = 0; at < token.length; at += 1) {
      const mutant = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
      assert.equal(await codeOf(() => verifier.verifySync(mutant)), await codeOf(() => plain.verifySync(mutant)));
    }
    for (const mutant of [
      `${token}A`,
      token.slice(0, -1),
      `${token}.`,
      ` ${token}`,
      token.replace(".", ""),
      `${token}é`,
    ])
      assert.notEqual(await codeOf(() => verifier.verifySync(mutant)), "ok");
    assert.equal(await codeOf(() => verifier.verifySync(token)), "ok");
  }
});

test("the time is looked at every time", async () => {
  const clock = { now: time };
  const policy = { ...good, now: () => clock.now * 1000, clockTolerance: 7, maxTokenAge: 400 };
  const plain = createVerifier({ ...policy, cache: undefined });
  const keeping = createVerifier(policy);
  const codes = new Set();
  for (const claims of [
    { nbf: time - 100.5, iat: time - 60.25, exp: time + 90.75 },
    { nbf: time + 30, iat: time - 300, exp: time + 9000 },
    { iat: time, exp: time + 100 },
  ]) {
    const token = key.sign(claims);
    // Forwards, backwards, and in leaps: each time is a first one, then a later one.
    const times = Array.from({ length: 500 }, (_, index) => time - 150 + index);
    const leaps = times.map((_, index) => times[(index * 197) % times.length]);
    for (const at of [...times, ...times.toReversed(), ...leaps]) {
      clock.now = at;
      const expected = await codeOf(() => plain.verifySync(token));
      assert.equal(await codeOf(() => keeping.verifySync(token)), expected, `${at - time}`);
      codes.add(expected);
    }
  }
  assert.deepEqual([...codes].sort(), ["ok", "token_expired", "token_not_yet_valid", "token_too_old"]);
});

test("a refusal on a hit is the ordinary one", async () => {
  const clock = { now: time };
  const verifier = createVerifier({ ...good, now: () => clock.now * 1000 });
  const token = key.sign({ exp: time + 10 });
  verifier.verifySync(token);
  clock.now += 100;
  const error = await refused(() => verifier.verifySync(token), "token_expired");
  assert.deepEqual([error.status, error.claim], [401, "exp"]);
});

test("refusals are not kept", async () => {
  const clock = { now: time };
  const verifier = createVerifier({ ...good, now: () => clock.now * 1000 });
  const token = key.sign({ nbf: time + 100 });
  await refused(() => verifier.verifySync(token), "token_not_yet_valid");
  clock.now += 100;
  verifier.verifySync(token);
});

test("the oldest make room, and what is too old is verified anew", () => {
  const clock = { now: time };
  const { verifier, calls } = counting({ cache: { maxEntries: 3, maxAge: 60 }, now: () => clock.now * 1000 });
  const [first, ...others] = Array.from({ length: 4 }, (_, index) => key.sign({ index }));
  const checks = (token) => {
    const before = calls.verify;
    verifier.verifySync(token);
    return calls.verify - before;
  };
  assert.deepEqual([first, ...others.slice(0, 2)].map(checks), [1, 1, 1]);
  assert.deepEqual([first, ...others.slice(0, 2)].map(checks), [0, 0, 0]);
  assert.equal(checks(others[2]), 1);
  assert.deepEqual(others.map(checks), [0, 0, 0]);
  assert.equal(checks(first), 1, "it was the oldest");
  clock.now += 59;
  assert.equal(checks(first), 0);
  clock.now += 1;
  assert.equal(checks(first), 1);
  clock.now -= 10;
  assert.equal(checks(first), 1, "a clock that went back");
  assert.equal(verifier.verifySync(first).claims.index, 0);
  for (const [index, token] of others.entries()) assert.equal(verifier.verifySync(token).claims.index, index + 1);
});

test("another key set, another verdict", async () => {
  const clock = { now: time };
  const served = { keys: [key.jwk], calls: 0 };
  const { verifier, calls } = counting({
    jwks: undefined,
    jwksUri: `${issuer}jwks`,
    now: () => clock.now * 1000,
    cache: { maxAge: 80_000 },
    fetch: async () => {
      served.calls += 1;
      return served.keys ? Response.json({ keys: served.keys }) : new Response(null, { status: 500 });
    },
  });
  const token = key.sign({ exp: time + 1e6 });
  const others = [makeKey("ES256", "another"), makeKey("ES256")];
  const later = (keys) => {
    clock.now += 700;
    served.keys = keys;
    return verifier.verify(token);
  };
  const first = await verifier.verify(token);
  assert.equal(await later([key.jwk]), first, "the same set");
  assert.equal(await later([others[0].jwk, key.jwk]), first, "one more key");
  assert.equal(calls.verify, 1);
  await refused(() => later([others[1].jwk, key.jwk]), "key_ambiguous");
  await refused(() => later([others[1].jwk]), "signature_invalid");
  await refused(() => later([others[0].jwk]), "key_not_found");
  const again = await later([key.jwk]);
  assert.notEqual(again, first);
  assert.equal(await later(undefined), again, "the issuer is down");
  clock.now += 90_000;
  await refused(() => verifier.verify(token), "jwks_unavailable");
  await refused(() => verifier.verifySync(token), "jwks_unavailable");
});

test("what is expected of one token is asked of it every time", async () => {
  const options = { ...good, profile: "id-token", clockTolerance: 0 };
  const clock = { now: time };
  const verifier = createVerifier({ ...options, now: () => clock.now * 1000 });
  const bound = key.sign({ nonce: "n", auth_time: time, exp: time + 60 });
  for (let round = 0; round < 3; round += 1) {
    await verifier.verify(bound, { nonce: "n" });
    verifier.verifySync(bound, { nonce: "n", maxAge: 0 });
    await refused(() => verifier.verify(bound, { nonce: "other" }), "nonce_mismatch");
    await refused(() => verifier.verify(bound), "nonce_mismatch");
    await refused(() => verifier.verifySync(bound, {}), "nonce_mismatch");
  }
  clock.now += 1;
  await refused(() => verifier.verify(bound, { nonce: "n", maxAge: 0 }), "token_too_old");
  const free = key.sign({ exp: time + 60 });
  const kept = verifier.verifySync(free);
  assert.equal(verifier.verifySync(free), kept);
  await refused(() => verifier.verify(free, { nonce: "n" }), "claim_missing");
  await refused(() => verifier.verifySync(free, { maxAge: 5 }), "claim_missing");
});

test("WebCrypto is not asked again, and no promise is waited for", async () => {
  const verifier = bind({ glue, module: () => wasm, sharesPromises: true }).createVerifier({ ...good, engine: "host" });
  const { verify } = crypto.webcrypto.subtle;
  let calls = 0;
  crypto.webcrypto.subtle.verify = function (...args) {
    calls += 1;
    return verify.apply(this, args);
  };
  try {
    const token = key.sign();
    const all = await Promise.all(Array.from({ length: 20 }, () => verifier.verify(token)));
    for (const one of all) assert.deepEqual(one, all[0]);
    const before = calls;
    assert.ok(before >= 1);
    const kept = await verifier.verify(token);
    assert.equal(verifier.verifySync(token), kept);
    assert.equal(calls, before);
    assert.equal(await codeOf(() => verifier.verify(tamper(token))), "signature_invalid");
    assert.equal(calls, before + 1);
  } finally {
    delete crypto.webcrypto.subtle.verify;
  }
});

test("shared secrets", async () => {
  const options = { secret: crypto.randomBytes(32), algorithm: "HS256", issuer, audience, now };
  const verifier = createSharedSecretVerifier({ ...options, cache: { maxEntries: 2 } });
  const token = signWithSecret("HS256", options.secret);
  const kept = verifier.verifySync(token);
  assert.equal(verifier.verifySync(token), kept);
  await refused(() => verifier.verify(tamper(token)), "signature_invalid");
  const other = createSharedSecretVerifier({ ...options, secret: crypto.randomBytes(32), cache: {} });
  await refused(() => other.verify(token), "signature_invalid");
});

test("verifiers do not share what they keep", async () => {
  const token = key.sign();
  createVerifier(good).verifySync(token);
  await refused(
    () => createVerifier({ ...good, audience: "https://other.example" }).verifySync(token),
    "audience_mismatch",
  );
  await refused(
    () => createVerifier({ ...good, jwks: { keys: [makeKey("ES256").jwk] } }).verifySync(token),
    "signature_invalid",
  );
});

test("memory stays, however many tokens pass", () => {
  const secret = crypto.randomBytes(32);
  const api = bind({ glue, module: () => wasm, sharesPromises: true });
  const { memory } = glue.initSync();
  const options = { secret, algorithm: "HS256", issuer, audience, now, cache: { maxEntries: 50 } };
  const verifier = api.createSharedSecretVerifier(options);
  const pass = (from, until) => {
    for (let index = from; index < until; index += 1)
      assert.equal(verifier.verifySync(signWithSecret("HS256", secret, { index })).claims.index, index);
  };
  pass(0, 500);
  const before = memory.buffer.byteLength;
  pass(500, 10_000);
  assert.equal(memory.buffer.byteLength, before);
});

test("options", async () => {
  const make = (cache) => () => createVerifier({ ...good, cache });
  for (const cache of [7, true, null, "on", { maxEntries: 0 }, { maxEntries: 1.5 }, { maxEntries: 100_001 }])
    await mistaken(make(cache), /cache/);
  for (const cache of [{ maxAge: 0 }, { maxAge: "60" }, { maxAge: 86_401 }]) await mistaken(make(cache), /maxAge/);
  await mistaken(make({ maxEntires: 5 }), /option "cache" has no option "maxEntires": did you mean "maxEntries"\?/);
  for (const cache of [{}, { maxEntries: 1, maxAge: 1 }, { maxEntries: 100_000, maxAge: 86_400 }]) make(cache)();
});
