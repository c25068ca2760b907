// A trap costs one verdict, never two: the instance is dropped, and everything is rebuilt on a fresh one.

import assert from "node:assert/strict";
import * as crypto from "node:crypto";
import { test } from "node:test";
import { codeOf, refused } from "./support/assert.mjs";
import { packageOn, wasmFile } from "./support/package.mjs";
import { audience, issuer, makeKey, now, signWithSecret } from "./support/tokens.mjs";
import { trapping } from "./support/wasm.mjs";

const key = makeKey("ES256");
const good = { issuer, audience, jwks: { keys: [key.jwk] }, now };
const jwk = JSON.stringify(key.jwk);

/** The package on a core in which one export traps: that of `entry`, the entry point. */
async function broken(exportName, rest = { nodeCrypto: () => crypto }, entry = "") {
  const module = new WebAssembly.Module(trapping(wasmFile(entry === "" ? "core" : entry), exportName));
  const instances = { count: 0 };
  return { ...(await packageOn(rest, { module: () => (instances.count++, module), entry })), instances };
}

test("a trap is an internal_error with its cause, and says nothing else", async () => {
  const { thumbprint } = await broken("thumbprint");
  const error = await refused(() => thumbprint(jwk), "internal_error");
  assert.equal(error.status, 500);
  assert.ok(error.cause instanceof WebAssembly.RuntimeError);
});

test("verifiers survive the traps of others", async () => {
  const { createSharedSecretVerifier, createVerifier, thumbprint } = await broken("thumbprint");
  const verifier = createVerifier(good);
  const inWasm = createVerifier({ ...good, engine: "wasm" });
  const secret = crypto.randomBytes(32);
  const shared = createSharedSecretVerifier({ secret, algorithm: "HS256", issuer, audience, now });
  for (let round = 0; round < 20; round += 1) {
    await refused(() => thumbprint(jwk), "internal_error");
    if (round % 3 === 0) await refused(() => thumbprint(jwk), "internal_error");
    assert.equal((await verifier.verify(key.sign())).claims.sub, "user");
    assert.equal(inWasm.verifySync(key.sign()).claims.sub, "user");
    shared.verifySync(signWithSecret("HS256", secret));
    assert.equal((await verifier.loadKeys()).keys.length, 1);
    createVerifier(good).verifySync(key.sign());
  }
});

const native = { nodeCrypto: () => crypto };
for (const [exportName, options, host] of [
  ["verifier_verify", { engine: "wasm" }, native],
  ["verifier_verify", { engine: "host" }, native],
  ["verifier_verify", { engine: "host" }, {}],
  ["verifier_hostKey", { engine: "host" }, native],
  ["verifier_verify", { cache: {} }, native],
]) {
  test(`a trap in ${exportName} is never a verdict: ${JSON.stringify([options, host])}`, async () => {
    const { createVerifier, thumbprint, decodeUnverified } = await broken(exportName, host);
    const verifier = createVerifier({ ...good, ...options });
    for (let round = 0; round < 3; round += 1) {
      await refused(() => verifier.verify(key.sign()), "internal_error");
      await refused(() => verifier.verifySync(key.sign()), "internal_error");
      assert.equal(thumbprint(jwk).length, 43);
      assert.equal(decodeUnverified(key.sign()).claims.iss, issuer);
    }
  });
}

test("a trap in the constructor", async () => {
  const { createVerifier, thumbprint } = await broken("verifier_new");
  await refused(() => createVerifier(good), "internal_error");
  assert.equal(thumbprint(jwk).length, 43);
});

test("verifications that wait for WebCrypto end when their instance does", async () => {
  const { createVerifier, thumbprint } = await broken("thumbprint", {});
  const verifier = createVerifier(good);
  await verifier.verify(key.sign());
  const waiting = Array.from({ length: 20 }, () => codeOf(() => verifier.verify(key.sign())));
  await refused(() => thumbprint(jwk), "internal_error");
  assert.deepEqual(new Set(await Promise.all(waiting)), new Set(["internal_error"]));
  await verifier.verify(key.sign());
});

test("what a verifier keeps does not outlive its instance", async () => {
  const { createVerifier, thumbprint } = await broken("thumbprint");
  const verifier = createVerifier({ ...good, cache: {} });
  const token = key.sign();
  const first = verifier.verifySync(token);
  assert.equal(verifier.verifySync(token), first);
  await refused(() => thumbprint(jwk), "internal_error");
  const later = verifier.verifySync(token);
  assert.notEqual(later, first);
  assert.deepEqual(later, first);
  assert.equal(verifier.verifySync(token), later);
});

test("fetched keys survive a trap, as old as they are, without being fetched again", async () => {
  const { createVerifier, thumbprint } = await broken("thumbprint");
  const clock = { now: now() };
  const fetched = [];
  const answers = {
    [`${issuer}.well-known/openid-configuration`]: { issuer, jwks_uri: `${issuer}jwks` },
    [`${issuer}jwks`]: good.jwks,
  };
  const verifier = createVerifier({
    issuer,
    audience,
    now: () => clock.now,
    fetch: async (url) => (fetched.push(url), Response.json(answers[url])),
  });
  await verifier.verify(key.sign());
  assert.equal(fetched.length, 2);
  clock.now += 500_000;
  await refused(() => thumbprint(jwk), "internal_error");
  await verifier.verify(key.sign());
  verifier.verifySync(key.sign());
  assert.equal(fetched.length, 2);
  clock.now += 101_000;
  await verifier.verify(key.sign({ exp: clock.now / 1000 + 60 }));
  assert.equal(fetched.length, 3, "601 seconds after they came, not after the trap");
});

test("a trap while keys are being fetched", async () => {
  const { createVerifier, thumbprint } = await broken("thumbprint");
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  const verifier = createVerifier({
    issuer,
    audience,
    jwksUri: `${issuer}jwks`,
    now,
    fetch: async () => (await gate, Response.json(good.jwks)),
  });
  const waiting = Array.from({ length: 5 }, () => verifier.verify(key.sign()));
  await refused(() => thumbprint(jwk), "internal_error");
  release();
  for (const token of await Promise.all(waiting)) assert.equal(token.claims.sub, "user");
});

test("a trap while a document is taken in", async () => {
  const { createVerifier, thumbprint } = await broken("verifier_response");
  const verifier = createVerifier({
    issuer,
    audience,
    jwksUri: `${issuer}jwks`,
    now,
    fetch: async () => Response.json(good.jwks),
  });
  await Promise.all(Array.from({ length: 3 }, () => refused(() => verifier.verify(key.sign()), "internal_error")));
  await refused(() => verifier.loadKeys(), "internal_error");
  assert.equal(thumbprint(jwk).length, 43);
});

test("a trap while a guard reads a session lets nobody in by the need of another route", async () => {
  const { createGuard } = await broken("guard_grants", native, "guard");
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  let reads = 0;
  const session = {
    kind: 4,
    field: "x-session-token",
    name: "",
    read: async () => void (reads++ === 0 && (await gate)),
  };
  const guard = createGuard({ ...good, resource: audience, tokens: [session] });
  const [strict, home] = [guard.with({ scope: "notes" }), guard.with({ optional: true })];
  const request = new Request(audience);
  const waiting = strict.authenticate(request);
  // The other guard's core goes, and takes the numbers of all needs with it.
  const headers = { authorization: `Bearer ${key.sign()}` };
  const { auth } = await createGuard(good).authenticate(new Request(audience, { headers }));
  assert.throws(() => auth.scopes, { code: "internal_error" });
  // In the order in which the new one numbers them, the open route has the number that the strict one had.
  assert.equal((await guard.authenticate(request)).refusal.status, 401);
  assert.deepEqual(await home.authenticate(request), { ok: true, auth: undefined });
  release();
  const judged = await waiting;
  assert.deepEqual([judged.ok, judged.refusal?.error.code], [false, "token_missing"]);
  assert.match(judged.refusal.headers.find(([name]) => name === "WWW-Authenticate")[1], /scope="notes"/);
});

test("the module is compiled once", async () => {
  const { createVerifier, instances, thumbprint } = await broken("thumbprint");
  for (let round = 0; round < 5; round += 1) await refused(() => thumbprint(jwk), "internal_error");
  createVerifier(good).verifySync(key.sign());
  assert.equal(instances.count, 1);
});

test("a core that is none", async () => {
  const module = () => {
    throw new Error("no such file");
  };
  const api = await packageOn({}, { module });
  for (let round = 0; round < 2; round += 1) {
    assert.throws(
      () => api.createVerifier(good),
      (error) =>
        error instanceof api.CountersignError &&
        error.code === "core_unavailable" &&
        error.cause.message === "no such file",
    );
  }
});
