// The verdict does not depend on who does the arithmetic: node:crypto, WebCrypto, or the core.

import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { test } from "node:test";
import { codeOf, refused } from "./support/assert.mjs";
import { counting, deno, isKnown, oldWorkerd, workerd } from "./support/native.mjs";
import { countersign, packageOn } from "./support/package.mjs";
import { algorithms, audience, encode, issuer, makeKey, now, signWithSecret, tamper, time } from "./support/tokens.mjs";

const hosts = {
  "node:crypto": await packageOn({ nodeCrypto: () => crypto }),
  "node:crypto as on workerd": await packageOn({ nodeCrypto: () => workerd }),
  "node:crypto as on an old workerd": await packageOn({ nodeCrypto: () => oldWorkerd }),
  "node:crypto as on Deno": await packageOn({ nodeCrypto: () => deno }),
  WebCrypto: await packageOn({}),
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

test("WebCrypto that fails once is asked again: slim has nobody else", async () => {
  const { subtle } = globalThis.crypto;
  const { verify } = subtle;
  let failures = 2;
  subtle.verify = (...given) => {
    if (failures === 0) return verify.apply(subtle, given);
    failures -= 1;
    return Promise.reject(new Error("not now"));
  };
  try {
    const slim = await packageOn({}, { entry: "slim" });
    const verifier = slim.createVerifier(good);
    const jwt = keys.get("ES256").sign();
    assert.notEqual(await codeOf(() => verifier.verify(jwt)), "ok");
    assert.equal(await codeOf(() => verifier.verify(jwt)), "ok");
  } finally {
    delete subtle.verify;
  }
});

test("node:crypto is asked, once per key to take it and once per token to verify, after a proof per algorithm", async () => {
  const { calls, module } = counting();
  const api = await packageOn({ nodeCrypto: () => module });
  for (const verifiers of [1, 2]) {
    const verifier = api.createVerifier(good);
    for (const key of keys.values()) for (let round = 0; round < 3; round += 1) verifier.verifySync(key.sign());
    assert.equal(calls.tokens.length, 3 * verifiers * keys.size);
    assert.equal(calls.createPublicKey, (1 + verifiers) * keys.size);
    assert.equal(calls.proofs, 2 * keys.size, "one proof for all verifiers");
  }
});

test("no proof without a token, nor of an algorithm that no token has", async () => {
  const { calls, module } = counting();
  const verifier = (await packageOn({ nodeCrypto: () => module })).createVerifier(good);
  assert.deepEqual([calls.createPublicKey, calls.proofs], [0, 0]);
  verifier.verifySync(keys.get("ES256").sign());
  assert.deepEqual([calls.createPublicKey, calls.proofs], [2, 2]);
});

const wrong = {
  "says yes": () => true,
  "says no": () => false,
  "says the opposite": (...args) => !crypto.verify(...args),
  "answers 1 for yes": (...args) => Number(crypto.verify(...args)),
  throws: () => {
    throw new Error("unsupported");
  },
};

for (const [kind, verify] of Object.entries(wrong)) {
  test(`a node:crypto that ${kind} is not believed`, async () => {
    const asked = [];
    const native = { ...crypto, verify: (...args) => (isKnown(args[1]) || asked.push(args[0]), verify(...args)) };
    const verifier = (await packageOn({ nodeCrypto: () => native })).createVerifier({ ...good, engine: "host" });
    for (const key of keys.values()) {
      for (const [code, jwt] of Object.entries(makeTokens(key))) {
        assert.equal(await codeOf(() => verifier.verify(jwt)), code, key.alg);
        assert.equal(await codeOf(() => verifier.verifySync(jwt)), code, key.alg);
      }
    }
    assert.deepEqual(asked, []);
  });

  test(`a WebCrypto that ${kind} is not believed`, async () => {
    const { subtle } = crypto.webcrypto;
    const own = subtle.verify;
    const asked = [];
    const right = (...args) => own.apply(subtle, args);
    subtle.verify = async (...args) => {
      if (!isKnown(args[3])) asked.push(args[0]);
      if (kind === "says the opposite") return !(await right(...args));
      if (kind === "answers 1 for yes") return Number(await right(...args));
      return verify();
    };
    try {
      const verifier = (await packageOn({})).createVerifier({ ...good, engine: "host" });
      for (const key of keys.values()) {
        for (const [code, jwt] of Object.entries(makeTokens(key))) {
          assert.equal(await codeOf(() => verifier.verify(jwt)), code, key.alg);
        }
      }
    } finally {
      delete subtle.verify;
    }
    assert.deepEqual(asked, []);
  });
}

test("WebCrypto proves itself once per algorithm, however many verifiers and tokens there are", async () => {
  const { subtle } = crypto.webcrypto;
  const own = subtle.verify;
  let proofs = 0;
  subtle.verify = (...args) => (isKnown(args[3]) && (proofs += 1), own.apply(subtle, args));
  try {
    const api = await packageOn({});
    for (let verifiers = 0; verifiers < 2; verifiers += 1) {
      const verifier = api.createVerifier({ ...good, engine: "host" });
      for (const key of keys.values()) for (let round = 0; round < 3; round += 1) await verifier.verify(key.sign());
    }
  } finally {
    delete subtle.verify;
  }
  assert.equal(proofs, 2 * (keys.size - 1), "ES256K is none of WebCrypto's");
});

test("an engine that could not answer is asked anew for the next key", async () => {
  const { calls, module } = counting();
  let fails = true;
  const native = {
    ...module,
    createPublicKey(...args) {
      if (fails) throw new Error("not now");
      return module.createPublicKey(...args);
    },
  };
  const api = await packageOn({ nodeCrypto: () => native });
  api.createVerifier(good).verifySync(keys.get("RS256").sign());
  assert.equal(calls.tokens.length, 0);
  fails = false;
  api.createVerifier(good).verifySync(keys.get("RS256").sign());
  assert.equal(calls.tokens.length, 1);
});

test("auto leaves to the built-in engine what it does faster, after as many signatures", async () => {
  const preferWasmAfter = new Map([
    ["ES256", 2],
    ["EdDSA", 0],
  ]);
  const asked = { node: [], web: [] };
  const spying = {
    ...crypto,
    verify: (...args) => (isKnown(args[1]) || asked.node.push(args[0]), crypto.verify(...args)),
  };
  const { verify } = crypto.webcrypto.subtle;
  crypto.webcrypto.subtle.verify = function (...args) {
    if (!isKnown(args[3])) asked.web.push(args[0].name);
    return verify.apply(this, args);
  };
  const expected = { auto: { RS256: 5, ES256: 2, EdDSA: 0 }, host: { RS256: 5, ES256: 5, EdDSA: 5 } };
  try {
    for (const [engine, counts] of Object.entries(expected)) {
      for (const [alg, count] of Object.entries(counts)) {
        for (const [kind, rest] of [
          ["node", { nodeCrypto: () => spying, preferWasmAfter }],
          ["web", { preferWasmAfter }],
        ]) {
          const verifier = (await packageOn(rest)).createVerifier({ ...good, engine });
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

test("signatures of all keys and verifiers of a process count, and the next key is the built-in engine's at once", async () => {
  const asked = [];
  const spying = {
    ...crypto,
    verify: (...args) => (isKnown(args[1]) || asked.push(args[0]), crypto.verify(...args)),
  };
  const api = await packageOn({ nodeCrypto: () => spying, preferWasmAfter: new Map([["ES256", 3]]) });
  const others = [makeKey("ES256"), makeKey("ES256")];
  for (const [key, expected] of [
    [keys.get("ES256"), 2],
    [others[0], 3],
    [others[1], 3],
    [keys.get("ES256"), 3],
  ]) {
    const verifier = api.createVerifier({ ...good, jwks: { keys: [key.jwk] } });
    for (let round = 0; round < 2; round += 1) verifier.verifySync(key.sign({ round }));
    assert.equal(asked.length, expected);
  }
  api.createVerifier({ ...good, engine: "host" }).verifySync(keys.get("ES256").sign());
  assert.equal(asked.length, 4, "who asks for the host has it");
});

test("workerd's node:crypto is not asked about PSS, and about the rest in the form that it takes", async () => {
  const asked = [];
  const spying = {
    ...workerd,
    verify: (...args) => (isKnown(args[1]) || asked.push(args[2]), workerd.verify(...args)),
  };
  const verifier = (await packageOn({ nodeCrypto: () => spying })).createVerifier(good);
  for (const alg of ["PS256", "PS384", "PS512"]) verifier.verifySync(keys.get(alg).sign());
  assert.equal(asked.length, 0);
  verifier.verifySync(keys.get("RS256").sign());
  verifier.verifySync(keys.get("ES256").sign());
  assert.ok(asked[0] instanceof crypto.KeyObject, "an RSA key alone");
  assert.equal(asked[1].format, "jwk", "an elliptic key as JWK, with the encoding");
});

test("what an old workerd's node:crypto gets wrong, WebCrypto checks", async () => {
  const { subtle } = crypto.webcrypto;
  const own = subtle.verify;
  const asked = [];
  subtle.verify = (...args) => (isKnown(args[3]) || asked.push(args[0].name), own.apply(subtle, args));
  try {
    const verifier = (await packageOn({ nodeCrypto: () => oldWorkerd })).createVerifier({ ...good, engine: "host" });
    for (const key of keys.values()) await verifier.verify(key.sign());
  } finally {
    delete subtle.verify;
  }
  assert.deepEqual(asked, ["RSA-PSS", "RSA-PSS", "RSA-PSS", "Ed25519"]);
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
    const verifier = (await packageOn({ nodeCrypto: () => native })).createVerifier(good);
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
  const verifier = (await packageOn({ nodeCrypto: () => lax })).createVerifier(good);
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
