// What goes in and what comes out: tokens of every kind, results that are the caller's own, and errors that tell nothing.

import assert from "node:assert/strict";
import { inspect } from "node:util";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { root } from "../support/package.mjs";
import { codeOf, refused } from "./support/assert.mjs";
import { countersign } from "./support/package.mjs";
import { audience, encode, goodClaims, issuer, makeKey, now, tamper, time } from "./support/tokens.mjs";

const { createVerifier, decodeUnverified, thumbprint } = countersign;
const key = makeKey("ES256");
const good = { issuer, audience, jwks: { keys: [key.jwk] }, now };
const verifier = createVerifier(good);
const jwt = key.sign();

test("what is not a string is not a token", async () => {
  const values = [
    undefined,
    null,
    7,
    7n,
    true,
    {},
    [],
    [jwt],
    new String(jwt),
    Buffer.from(jwt),
    Symbol("jwt"),
    () => jwt,
  ];
  values.push({ toString: () => jwt, length: jwt.length }, new Proxy({}, {}), new Proxy([jwt], {}));
  for (const value of values) {
    await refused(() => verifier.verify(value), "token_malformed");
    await refused(() => verifier.verifySync(value), "token_malformed");
    await refused(() => decodeUnverified(value), "token_malformed");
  }
});

test("verify never throws, it rejects", async () => {
  for (const value of [undefined, "", 7, "x".repeat(100_000)]) {
    const promise = verifier.verify(value);
    assert.ok(promise instanceof Promise);
    await assert.rejects(promise, countersign.CountersignError);
  }
});

test("10 MB are refused without being copied", async () => {
  const huge = "a".repeat(10_000_000);
  const began = performance.now();
  for (let round = 0; round < 1000; round += 1)
    assert.equal(await codeOf(() => verifier.verify(huge)), "token_too_large");
  assert.ok(performance.now() - began < 1000, "a thousand refusals take less than a second");
  await refused(() => decodeUnverified(huge), "token_too_large");
});

test("characters that no token has", async () => {
  for (const bad of [
    "\ud800",
    "\udc00",
    "\u0100",
    "\u00ff",
    "\0",
    " ",
    "\n",
    "=",
    "+",
    "/",
    "\u{1F600}",
    "ſ",
    "A\u0301",
  ]) {
    for (const at of [0, 5, jwt.indexOf(".") + 3, jwt.length - 1, jwt.length]) {
      await refused(() => verifier.verify(jwt.slice(0, at) + bad + jwt.slice(at)), "token_malformed");
      if (bad.length === 1 && at < jwt.length) {
        await refused(() => verifier.verifySync(jwt.slice(0, at) + bad + jwt.slice(at + 1)), "token_malformed");
      }
    }
  }
});

test("not ASCII, and refused as the core refuses what it sees", async () => {
  for (const text of ["{é", '{"payload":"\u{1F600}"}', "{\ud800"]) {
    for (const call of [verifier.verify, verifier.verifySync, decodeUnverified]) {
      const error = await refused(() => call(text), "token_type_unsupported");
      assert.equal(error.status, 401);
    }
  }
  for (const text of ["é".repeat(8193), "{" + "€".repeat(6000)]) {
    await refused(() => verifier.verify(text), "token_too_large");
    await refused(() => decodeUnverified(text), "token_too_large");
  }
  await refused(() => verifier.verify("é".repeat(8192)), "token_malformed");
  const ascii = await refused(() => verifier.verify('{"payload":""}'), "token_type_unsupported");
  const other = await refused(() => verifier.verify('{"payload":"é"}'), "token_type_unsupported");
  assert.equal(other.message, ascii.message);
});

test("decodeUnverified throws what it says it throws", async () => {
  const declared = readFileSync(path.join(root, "js/verifier/decode.ts"), "utf8").split(
    "export function decodeUnverified",
  )[0];
  const [, said] = /.*@throws([^]*?)\*\n/.exec(declared.slice(declared.lastIndexOf("Decodes a token")));
  const codes = [...said.matchAll(/`(\w+)`/g)].map(([, code]) => code);
  const header = (value) => `${encode(value)}.e30.AA`;
  const texts = [
    "x",
    "x".repeat(20_000),
    "a.b.c.d.e",
    header("{}"),
    header({ alg: "ES256", crit: [] }),
    header({ alg: "none" }),
    `${encode({ alg: "ES256" })}.${encode("7")}.AA`,
  ];
  const thrown = await Promise.all(texts.map((text) => codeOf(() => decodeUnverified(text))));
  assert.deepEqual([...new Set(thrown)].sort(), codes.sort());
});

test("results are made anew for each call", async () => {
  const first = await verifier.verify(jwt);
  const second = await verifier.verify(jwt);
  const third = verifier.verifySync(jwt);
  for (const token of [second, third]) {
    assert.deepEqual(token, first);
    assert.notEqual(token, first);
    assert.notEqual(token.claims, first.claims);
    assert.notEqual(token.header, first.header);
  }
  first.claims.sub = "somebody else";
  assert.equal((await verifier.verify(jwt)).claims.sub, "user");
  assert.deepEqual(second.claims, goodClaims);
  assert.deepEqual(second.header, { alg: "ES256", kid: key.kid });
});

test("claims named like members of Object.prototype are claims", async () => {
  const claims = `{"iss":${JSON.stringify(issuer)},"aud":${JSON.stringify(audience)},"sub":"u","exp":${time + 60},"__proto__":{"polluted":1},"constructor":1,"toString":"x"}`;
  const parts = [encode({ alg: "ES256", kid: key.kid }), encode(claims)];
  const { claims: read } = decodeUnverified(`${parts.join(".")}.AA`);
  assert.ok(Object.hasOwn(read, "__proto__"));
  assert.equal({}.polluted, undefined);
  assert.equal(read.polluted, undefined);
  assert.equal(read.constructor, 1);
});

test("text comes through as it was signed", async () => {
  const note = "\ufeff naïve 🖋 \u0000 \u2028 é e\u0301";
  const token = await verifier.verify(key.sign({ note }));
  assert.equal(token.claims.note, note);
});

test("tokens up to the limit, and memory that grows under them", async () => {
  const wide = createVerifier({ ...good, limits: { token: 65_536 } });
  for (const size of [1000, 9000, 20_000, 40_000, 45_000]) {
    const filler = "x".repeat(size);
    const long = key.sign({ filler });
    assert.equal(wide.verifySync(long).claims.filler.length, size);
    assert.equal((await wide.verify(long)).claims.filler.length, size);
    assert.equal(await codeOf(() => verifier.verify(long)), long.length > 16_384 ? "token_too_large" : "ok");
    assert.equal(verifier.verifySync(jwt).claims.sub, "user");
  }
  await refused(() => wide.verify("a".repeat(65_537)), "token_too_large");
});

test("nothing of a token is in any message", async () => {
  const secret = "s3cr3t-".repeat(4);
  const tokens = [
    tamper(key.sign({ secret, jti: secret })),
    key.sign({ secret, exp: time - 1000 }),
    key.sign({ secret, aud: "https://other.example" }),
    key.sign({ secret, iss: "https://other.example" }),
    key.sign({ secret, exp: secret }),
    key.sign({ secret }, { alg: secret }),
    key.sign({ secret }, { kid: secret }),
    key.sign({ secret }, { crit: [secret] }),
    key.sign({ secret }, { typ: "secret+jwt" }),
    `${secret}.${secret}.${secret}`,
    encode(secret),
    `${encode(`{"alg":"ES256","x":"${secret}`)}.e30.AA`,
  ];
  for (const token of tokens) {
    let error;
    await verifier.verify(token).catch((thrown) => (error = thrown));
    assert.ok(error instanceof countersign.CountersignError);
    const said = inspect(error, { depth: 9, showHidden: true }) + JSON.stringify(error) + error.stack;
    for (const word of [secret, encode(secret), ...token.split(".").filter((part) => part.length > 12)]) {
      assert.ok(!said.includes(word), `${error.code} says ${word}`);
    }
  }
});

test("errors are what they are documented to be", async () => {
  const error = await refused(() => verifier.verify(key.sign({ aud: "https://other.example" })), "audience_mismatch");
  assert.ok(error instanceof Error);
  assert.equal(error.status, 401);
  assert.equal(error.expected, audience);
  assert.equal(Object.hasOwn(error, "claim") && error.claim === undefined, false);
  const missing = await refused(() => verifier.verify(key.sign({ exp: undefined })), "claim_missing");
  assert.equal(missing.claim, "exp");
});

test("thumbprints, of objects and of text", async () => {
  const jwk = { kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" };
  assert.equal(thumbprint(jwk), "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
  assert.equal(thumbprint(JSON.stringify({ ...jwk, kid: "a" })), thumbprint(jwk));
  for (const wrong of [undefined, null, 7, () => jwk]) await refused(() => thumbprint(wrong), "TypeError");
  for (const wrong of [{}, [], "", "x", "\ud800", "x".repeat(100_000), { ...jwk, x: 7 }]) {
    await refused(() => thumbprint(wrong), "key_invalid");
  }
  await refused(
    () =>
      thumbprint({
        get kty() {
          throw new Error("boom");
        },
      }),
    "TypeError",
  );
});
