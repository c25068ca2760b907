// countersign/slim: a core without arithmetic. A process of its own, because it is loaded only once.

import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { mistaken, refused } from "./support/assert.mjs";
import { folder, packageFor, packageOn, wasmFile } from "./support/package.mjs";
import { algorithms, audience, issuer, makeKey, now, signWithSecret, tamper } from "./support/tokens.mjs";

const slim = await importPackage(folder, "countersign/slim");
const bytes = wasmFile("core");
const keys = algorithms.map((alg) => makeKey(alg));
const good = { issuer, audience, jwks: { keys: keys.map(({ jwk }) => jwk) }, now };
const [key] = keys;

test("a source that is none", async () => {
  for (const source of [new Uint8Array(8), bytes.subarray(0, 1000), "data:application/wasm,", {}]) {
    const error = await refused(() => slim.init(source), "core_unavailable");
    assert.match(error.message, /await init\(source\)/);
  }
  for (const source of [7, null, true]) await mistaken(() => slim.init(source), /await init\(source\)/);
});

test("init takes the module, once for all who ask", async () => {
  const module = new WebAssembly.Module(bytes);
  await Promise.all([slim.init(module), slim.init(module), slim.init()]);
  await slim.init();
  assert.equal(slim.thumbprint(key.jwk).length, 43);
});

test("without init it takes its own", async () => {
  const fresh = await packageFor("node", "slim");
  assert.equal(fresh.thumbprint(key.jwk).length, 43);
  assert.equal(fresh.CountersignError.name, "CountersignError");
});

test("the host verifies, synchronously too where it can", async () => {
  const verifier = slim.createVerifier(good);
  for (const by of keys) {
    assert.equal((await verifier.verify(by.sign())).header.alg, by.alg);
    assert.equal(verifier.verifySync(by.sign()).header.alg, by.alg);
    await refused(() => verifier.verify(tamper(by.sign())), "signature_invalid");
  }
});

test("secrets are verified without an engine", async () => {
  const secret = crypto.randomBytes(32);
  const verifier = slim.createSharedSecretVerifier({ secret, algorithm: "HS256", issuer, audience, now });
  verifier.verifySync(signWithSecret("HS256", secret));
  await refused(() => verifier.verify(tamper(signWithSecret("HS256", secret))), "signature_invalid");
});

test("what nobody can verify is said plainly", async () => {
  const inWasm = slim.createVerifier({ ...good, engine: "wasm" });
  await mistaken(() => inWasm.verify(key.sign()), /slim/);
  await mistaken(() => inWasm.verifySync(key.sign()), /slim/);

  const bare = await packageOn({}, { entry: "slim" });
  const verifier = bare.createVerifier(good);
  const webcrypto = keys.filter(({ alg }) => alg !== "ES256K");
  for (const by of webcrypto) assert.equal((await verifier.verify(by.sign())).header.alg, by.alg);
  await mistaken(() => verifier.verifySync(key.sign()), /verifySync needs/);
  const es256k = keys.find(({ alg }) => alg === "ES256K");
  const error = await refused(() => verifier.verify(es256k.sign()), "engine_unavailable");
  assert.equal(error.status, 500);
});
