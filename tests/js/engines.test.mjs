// The verdict does not depend on who does the arithmetic: node:crypto, WebCrypto, or the core.

import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { codeOf, refused } from "./support/assert.mjs";
import { countersign, installed, part } from "./support/package.mjs";
import { algorithms, audience, encode, issuer, makeKey, now, signWithSecret, tamper, time } from "./support/tokens.mjs";

const { bind } = await part("bind.js");
const { nodes, workerds } = await part("engine/native.js");
const glue = await part("core/countersign.js", "engines");
const wasm = new WebAssembly.Module(readFileSync(path.join(installed, "dist/core/countersign.wasm")));

/** A host with other engines than Node's, on an instance that they share. */
const host = (rest) => bind({ glue, module: () => wasm, sharesPromises: true, ...rest });
const hosts = {
  "node:crypto": host({ native: () => nodes(crypto) }),
  "node:crypto as on workerd": host({ native: () => workerds(crypto) }),
  WebCrypto: host({}),
  package: countersign,
};
const keys = new Map(algorithms.map((alg) => [alg, makeKey(alg)]));
const jwks = { keys: [...keys.values()].map(({ jwk }) => jwk) };
const good = { issuer, audience, jwks, now };

const makeTokens = (key) => ({
  ok: key.sign(),
  signature_invalid: tamper(key.sign()),
  token_expired: key.sign({ exp: time - 60 }),
  audience_mismatch: key.sign({ aud: "https://other.example" }),
  claim_missing: key.sign({ exp: undefined }),
  key_not_found: key.sign({}, { kid: "nobody's" }),
});

for (const [name, api] of Object.entries(hosts)) {
  for (const engine of ["wasm", "auto", "host"]) {
    test(`${name}, engine ${engine}: the same verdicts for every algorithm`, async () => {
      const verifier = api.createVerifier({ ...good, engine });
      for (const key of keys.values()) {
        for (const [code, jwt] of Object.entries(makeTokens(key))) {
          assert.equal(await codeOf(() => verifier.verify(jwt)), code, `${key.alg} ${code}`);
          assert.equal(await codeOf(() => verifier.verifySync(jwt)), code, `${key.alg} ${code}, synchronously`);
        }
      }
    });
  }
}

test("node:crypto is asked, once per key to take it and once per token to verify", () => {
  const calls = { createPublicKey: 0, verify: 0 };
  const counting = {
    constants: crypto.constants,
    createPublicKey: (...args) => (calls.createPublicKey++, crypto.createPublicKey(...args)),
    verify: (...args) => (calls.verify++, crypto.verify(...args)),
  };
  const verifier = host({ native: () => nodes(counting) }).createVerifier(good);
  for (const key of keys.values()) for (let round = 0; round < 3; round += 1) verifier.verifySync(key.sign());
  assert.deepEqual(calls, { createPublicKey: keys.size, verify: 3 * keys.size });
});

test("auto leaves to the arithmetic on board what it does faster, after as many signatures of a key", async () => {
  const onBoardAfter = new Map([
    ["ES256", 2],
    ["EdDSA", 0],
  ]);
  const asked = { node: [], web: [] };
  const spying = { ...crypto, verify: (...args) => (asked.node.push(args[0]), crypto.verify(...args)) };
  const { verify } = crypto.webcrypto.subtle;
  crypto.webcrypto.subtle.verify = function (...args) {
    asked.web.push(args[0].name);
    return verify.apply(this, args);
  };
  const expected = { auto: { RS256: 5, ES256: 2, EdDSA: 0 }, host: { RS256: 5, ES256: 5, EdDSA: 5 } };
  try {
    for (const [engine, counts] of Object.entries(expected)) {
      for (const [alg, count] of Object.entries(counts)) {
        for (const [kind, rest] of [
          ["node", { native: () => nodes(spying), onBoardAfter }],
          ["web", { onBoardAfter }],
        ]) {
          const verifier = host(rest).createVerifier({ ...good, engine });
          asked[kind].length = 0;
          for (let round = 0; round < 5; round += 1) {
            const jwt = keys.get(alg).sign();
            assert.equal(
              await codeOf(() => verifier.verify(round % 2 ? tamper(jwt) : jwt)),
              round % 2 ? "signature_invalid" : "ok",
            );
          }
          assert.equal(asked[kind].length, count, `${engine}, ${alg}, ${kind}`);
        }
      }
    }
  } finally {
    delete crypto.webcrypto.subtle.verify;
  }
});

test("workerd's node:crypto is not asked about PSS", () => {
  const asked = [];
  const spying = {
    ...crypto,
    verify: (hash, data, key, signature) => (asked.push(key), crypto.verify(hash, data, key, signature)),
  };
  const verifier = host({ native: () => workerds(spying) }).createVerifier(good);
  for (const alg of ["PS256", "PS384", "PS512"]) verifier.verifySync(keys.get(alg).sign());
  assert.equal(asked.length, 0);
  verifier.verifySync(keys.get("RS256").sign());
  verifier.verifySync(keys.get("ES256").sign());
  assert.ok(asked[0] instanceof crypto.KeyObject, "an RSA key alone");
  assert.equal(asked[1].format, "jwk", "an elliptic key as JWK, with the encoding");
});

test("what the host does not take, the core verifies", async () => {
  const refusing = {
    constants: crypto.constants,
    createPublicKey: () => {
      throw new Error("unsupported");
    },
    verify: crypto.verify,
  };
  const failing = {
    ...crypto,
    verify: () => {
      throw new Error("unsupported");
    },
  };
  for (const native of [refusing, failing]) {
    const verifier = host({ native: () => nodes(native) }).createVerifier(good);
    for (const key of keys.values()) {
      for (const [code, jwt] of Object.entries(makeTokens(key))) {
        assert.equal(await codeOf(() => verifier.verify(jwt)), code, key.alg);
        assert.equal(await codeOf(() => verifier.verifySync(jwt)), code, key.alg);
      }
    }
  }
});

test("the core's checks come before the host's arithmetic", async () => {
  const asked = [];
  const lax = { ...crypto, verify: () => (asked.push(1), true) };
  const verifier = host({ native: () => nodes(lax) }).createVerifier(good);
  const [header, payload, signature] = keys.get("ES256").sign().split(".");
  const zero = Buffer.alloc(64).toString("base64url");
  await refused(() => verifier.verify(`${header}.${payload}.${zero}`), "signature_invalid");
  const short = Buffer.from(signature, "base64url").subarray(1).toString("base64url");
  await refused(() => verifier.verify(`${header}.${payload}.${short}`), "signature_invalid");
  await refused(() => verifier.verify(`${encode({ alg: "none" })}.${payload}.${signature}`), "alg_not_allowed");
  assert.equal(asked.length, 0);
});

test("WebCrypto: many at once, more than the core keeps waiting", async () => {
  const verifier = hosts.WebCrypto.createVerifier(good);
  const batch = Array.from({ length: 1500 }, (_, index) => {
    const key = keys.get(index % 2 ? "ES256" : "RS256");
    const jwt = key.sign({ index });
    return index % 3 === 0 ? [tamper(jwt), index] : [jwt, index];
  });
  const outcomes = await Promise.all(
    batch.map(([jwt]) =>
      verifier.verify(jwt).then(
        ({ claims }) => claims.index,
        ({ code }) => code,
      ),
    ),
  );
  for (const [[, index], outcome] of batch.map((entry, place) => [entry, outcomes[place]])) {
    assert.equal(outcome, index % 3 === 0 ? "signature_invalid" : index);
  }
});

test("WebCrypto: synchronous verifications in between do not disturb", async () => {
  const verifier = hosts.WebCrypto.createVerifier(good);
  const waiting = [];
  for (let index = 1; index <= 50; index += 1) {
    waiting.push(verifier.verify(keys.get("RS256").sign({ index })));
    assert.equal(verifier.verifySync(keys.get("EdDSA").sign({ index: -index })).claims.index, -index);
  }
  const tokens = await Promise.all(waiting);
  assert.deepEqual(
    tokens.map(({ claims }) => claims.index),
    tokens.map((_, index) => index + 1),
  );
});

test("shared secrets, on every host", async () => {
  for (const api of Object.values(hosts)) {
    for (const [alg, length] of [
      ["HS256", 32],
      ["HS384", 48],
      ["HS512", 64],
    ]) {
      const secret = crypto.randomBytes(length);
      const verifier = api.createSharedSecretVerifier({ secret, algorithm: alg, issuer, audience, now });
      const jwt = signWithSecret(alg, secret);
      assert.equal(verifier.verifySync(jwt).header.alg, alg);
      await verifier.verify(jwt);
      await refused(() => verifier.verify(tamper(jwt)), "signature_invalid");
      await refused(() => verifier.verify(keys.get("RS256").sign()), "alg_not_allowed");
    }
  }
});

test("a shared secret is no key of a key set", async () => {
  const verifier = countersign.createVerifier(good);
  const key = keys.get("RS256");
  const pem = crypto.createPublicKey({ key: key.jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
  await refused(() => verifier.verify(signWithSecret("HS256", pem)), "alg_not_allowed");
});
