// countersign/client beside the other entry points: a core of its own, which has nothing to do with theirs, and the same verdicts.

import assert from "node:assert/strict";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { mistaken, refused } from "./support/assert.mjs";
import { client, countersign, folder, packageFor, packageOn, wasmFile } from "./support/package.mjs";
import { audience, issuer, makeKey, now, signWithSecret, tamper } from "./support/tokens.mjs";
import { trapping } from "./support/wasm.mjs";

const key = makeKey("ES256");
const good = { issuer, audience, jwks: { keys: [key.jwk] }, now };
const server = { issuer, authorization_endpoint: `${issuer}authorize`, token_endpoint: `${issuer}token` };
const request = { server, clientId: "c", redirectUri: "https://app.example/cb", scope: "openid" };

test("it verifies tokens itself", async () => {
  for (const engine of ["auto", "wasm"]) {
    const verifier = client.createVerifier({ ...good, engine });
    assert.equal((await verifier.verify(key.sign())).claims.sub, "user");
    assert.equal(verifier.verifySync(key.sign()).claims.sub, "user");
    const error = await refused(() => verifier.verify(tamper(key.sign())), "signature_invalid");
    assert.ok(error instanceof countersign.CountersignError);
  }
  const secret = new Uint8Array(32).fill(7);
  const shared = client.createSharedSecretVerifier({ secret, algorithm: "HS256", issuer, audience, now });
  assert.equal(shared.verifySync(signWithSecret("HS256", secret)).claims.sub, "user");
  const report = await client.createVerifier(good).loadKeys();
  assert.equal(report.keys.length, 1);
});

test("discovery by either core is the same", async () => {
  const fetch = async () => Response.json({ ...server, jwks_uri: `${issuer}keys` });
  const options = { fetch };
  assert.deepEqual(await client.discover(issuer, options), await countersign.discover(issuer, options));
  await refused(() => client.discover("https://other.example/", options), "discovery_issuer_mismatch");
});

test("a guard takes a verifier of it", async () => {
  const { createGuard } = await importPackage(folder, "countersign/guard");
  const guard = createGuard({ verifier: client.createVerifier(good), resource: audience });
  const ask = (jwt) =>
    guard.authenticate(new Request("https://api.example/", { headers: { authorization: `Bearer ${jwt}` } }));
  const { ok, auth } = await ask(key.sign());
  assert.deepEqual([ok, auth.subject], [true, "user"]);
  const { refusal } = await ask(tamper(key.sign()));
  assert.equal(refusal.error.code, "signature_invalid");
});

test("a page loads it by its own init, or by discover", async () => {
  let loads = 0;
  const load = async () => ((loads += 1), new WebAssembly.Module(wasmFile("auth")));
  const fresh = () => packageOn({}, { entry: "client", load });
  const one = await fresh();
  await mistaken(() => one.createPkcePair(), /`await init\(\)` of the same entry point once/);
  await one.init();
  assert.equal(one.createPkcePair().codeVerifier.length, 43);
  const other = await fresh();
  const fetch = async () => Response.json(server);
  const { transaction } = other.createAuthorizationRequest({
    ...request,
    server: await other.discover(issuer, { fetch }),
  });
  assert.equal(transaction.issuer, issuer);
  assert.equal(loads, 2);
});

test("init takes the module", async () => {
  const page = await packageFor("browser", "client");
  await page.init(wasmFile("auth"), wasmFile("engine"));
  assert.equal(page.createAuthorizationRequest(request).transaction.clientId, "c");
  assert.equal((await page.createVerifier(good).verify(key.sign())).claims.sub, "user");
});

test("a trap in it is survived", async () => {
  const module = new WebAssembly.Module(trapping(wasmFile("auth"), "createPkcePair"));
  const { createPkcePair, createAuthorizationRequest, createVerifier } = await packageOn(
    {},
    { entry: "client", module: () => module },
  );
  const verifier = createVerifier(good);
  await refused(() => createPkcePair(), "internal_error");
  assert.equal(verifier.verifySync(key.sign()).claims.sub, "user");
  assert.equal(createAuthorizationRequest(request).transaction.state.length, 43);
});
