// The engine in wasm as an instance of its own: when it is made, what is asked of it, and what becomes of it.

import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { test } from "node:test";
import { mistaken, refused } from "./support/assert.mjs";
import { packageOn, wasmFile } from "./support/package.mjs";
import { algorithms, audience, issuer, makeKey, now, tamper } from "./support/tokens.mjs";
import { trapping } from "./support/wasm.mjs";

const bytes = wasmFile("engine");
const key = makeKey("ES256");
const good = { issuer, audience, jwks: { keys: [key.jwk] }, now };
const es256k = makeKey("ES256K");
const onlyInWasm = { ...good, jwks: { keys: [es256k.jwk] } };
const native = { nodeCrypto: () => crypto };

/** The package on an engine that counts how often it is loaded, or made at once. */
async function counted({ host = {}, later = false, engine = bytes } = {}) {
  const module = new WebAssembly.Module(engine);
  const times = { count: 0 };
  const source = later
    ? { load: async () => ((times.count += 1), module) }
    : { module: () => ((times.count += 1), module) };
  return { ...(await packageOn(host, { engine: source })), times };
}

test("a host that verifies needs no engine", async () => {
  for (const [host, later] of [
    [native, false],
    [{}, true],
  ]) {
    const { createVerifier, times } = await counted({ host, later });
    const verifier = createVerifier(good);
    for (let round = 0; round < 30; round += 1) await verifier.verify(key.sign());
    await refused(() => verifier.verify(tamper(key.sign())), "signature_invalid");
    assert.equal(times.count, 0);
  }
});

test("an algorithm that the host lacks has it loaded, once", async () => {
  const { createVerifier, times } = await counted({ later: true });
  const verifier = createVerifier(onlyInWasm);
  const tokens = await Promise.all(Array.from({ length: 5 }, () => verifier.verify(es256k.sign())));
  for (const { claims } of tokens) assert.equal(claims.sub, "user");
  await refused(() => verifier.verify(tamper(es256k.sign())), "signature_invalid");
  assert.equal(verifier.verifySync(es256k.sign()).claims.sub, "user");
  assert.equal(times.count, 1);
});

test("what cannot wait wants init first, and that loads it", async () => {
  const { createVerifier, init, times } = await counted({ later: true });
  const verifier = createVerifier({ ...good, engine: "wasm" });
  await mistaken(() => verifier.verifySync(key.sign()), /await init\(\)/);
  await init();
  assert.equal(verifier.verifySync(key.sign()).claims.sub, "user");
  assert.equal(times.count, 1);
});

test("an engine of the caller's own", async () => {
  const load = async () => assert.fail("it was given");
  const { createVerifier, init } = await packageOn({}, { engine: { load } });
  await init(undefined, bytes);
  const verifier = createVerifier({ ...good, engine: "wasm" });
  assert.equal(verifier.verifySync(key.sign()).claims.sub, "user");
});

test("an engine that is not to be had", async () => {
  const load = async () => {
    throw new Error("404");
  };
  const { createVerifier, init } = await packageOn({}, { engine: { load } });
  assert.equal((await createVerifier(good).verify(key.sign())).claims.sub, "user");
  for (const call of [() => createVerifier(onlyInWasm).verify(es256k.sign()), () => init()]) {
    const error = await refused(call, "core_unavailable");
    assert.equal(error.cause.message, "404");
  }
});

test("every algorithm, on an instance whose memory grows", async () => {
  const { createVerifier } = await counted();
  const keys = algorithms.map((alg) => makeKey(alg));
  const verifier = createVerifier({ ...good, jwks: { keys: keys.map(({ jwk }) => jwk) }, engine: "wasm" });
  for (const by of keys) {
    // A token that is longer than the buffers at the beginning.
    const long = by.sign({ pad: "x".repeat(9000) });
    for (const token of [by.sign(), long, by.sign()]) assert.equal(verifier.verifySync(token).header.alg, by.alg);
    await refused(() => verifier.verifySync(tamper(long)), "signature_invalid");
  }
});

for (const exportName of ["verify", "prepare", "input"]) {
  test(`a trap of the engine in ${exportName} is never a verdict`, async () => {
    const { createVerifier, thumbprint, times } = await counted({ engine: trapping(bytes, exportName) });
    const verifier = createVerifier({ ...good, engine: "wasm" });
    for (let round = 0; round < 3; round += 1) {
      const error = await refused(() => verifier.verify(key.sign()), "internal_error");
      assert.ok(error.cause instanceof WebAssembly.RuntimeError);
      await refused(() => verifier.verifySync(key.sign()), "internal_error");
    }
    assert.equal(thumbprint(key.jwk).length, 43);
    assert.equal(times.count, 1, "the module is compiled once");
  });
}

test("keys that come and go leave no others in their place", async () => {
  const { createVerifier } = await counted();
  const others = Array.from({ length: 300 }, () => makeKey("EdDSA"));
  for (const by of others) {
    const verifier = createVerifier({ ...good, jwks: { keys: [by.jwk] }, engine: "wasm" });
    assert.equal(verifier.verifySync(by.sign()).claims.sub, "user");
    await refused(() => verifier.verifySync(tamper(by.sign())), "signature_invalid");
  }
});
