// A claim in place of `aud`, and a nonce that nobody here can know: what is refused, by every engine and with every memory.

import assert from "node:assert/strict";
import { test } from "node:test";
import { mistaken, refused } from "./support/assert.mjs";
import { countersign } from "./support/package.mjs";
import { audience, issuer, makeKey, now, signWithSecret } from "./support/tokens.mjs";

const { createSharedSecretVerifier, createVerifier } = countersign;
const key = makeKey("ES256");
const good = { issuer, jwks: { keys: [key.jwk] }, now };
const binding = { claim: "client_id", values: ["a", "b"], use: { claim: "token_use", value: "access" } };
const claims = { aud: undefined, client_id: "b", token_use: "access" };
const make = (options) => () => createVerifier({ ...good, ...options });

test("bound tokens, by every engine, remembered or not", async () => {
  for (const engine of ["auto", "wasm", "host"]) {
    for (const cache of [undefined, {}]) {
      const verifier = createVerifier({ ...good, binding, engine, ...(cache && { cache }) });
      const jwt = key.sign(claims);
      const other = [
        [key.sign({ ...claims, client_id: "c" }), "audience_mismatch", "client_id"],
        [key.sign({ ...claims, client_id: ["b"] }), "claim_invalid", "client_id"],
        [key.sign({ ...claims, client_id: undefined }), "claim_missing", "client_id"],
        [key.sign({ ...claims, token_use: "id" }), "typ_mismatch", "token_use"],
        [key.sign({ ...claims, token_use: undefined }), "claim_missing", "token_use"],
        [key.sign({ ...claims, aud: audience }), "audience_mismatch", "aud"],
        [key.sign({ ...claims, aud: "b" }), "audience_mismatch", "aud"],
      ];
      for (let round = 0; round < 2; round += 1) {
        assert.equal((await verifier.verify(jwt)).claims.client_id, "b");
        assert.equal(verifier.verifySync(jwt).claims.aud, undefined);
        await verifier.verify(key.sign({ ...claims, aud: [] }));
        await verifier.verify(key.sign({ ...claims, aud: "" }));
        for (const [token, code, claim] of other) {
          assert.equal((await refused(() => verifier.verify(token), code)).claim, claim);
          assert.equal((await refused(() => verifier.verifySync(token), code)).claim, claim);
        }
      }
    }
  }
});

test("an audience beside it", async () => {
  const verifier = createVerifier({ ...good, audience, binding });
  await verifier.verify(key.sign(claims));
  await verifier.verify(key.sign({ ...claims, aud: [audience, "https://other.example"] }));
  const error = await refused(() => verifier.verify(key.sign({ ...claims, aud: "x" })), "audience_mismatch");
  assert.deepEqual([error.claim, error.expected, error.actual], ["aud", audience, "x"]);
  const unbound = key.sign({ ...claims, aud: audience, client_id: "c" });
  const other = await refused(() => verifier.verify(unbound), "audience_mismatch");
  assert.deepEqual([other.claim, other.expected, other.actual], ["client_id", "a or b", "c"]);
});

test("bindings that bind nothing", async () => {
  const bad = [
    [7, /option "binding" takes an object/],
    [null, /option "binding" takes an object/],
    ["client_id", /option "binding" takes an object/],
    [{ values: ["a"] }, /option "claim" is mandatory: write e\.g\. "client_id"/],
    [{ claim: "azp" }, /option "values" is mandatory/],
    [{ claim: "azp", values: [] }, /option "values" must not be empty/],
    [{ claim: "azp", values: "a" }, /option "values" must be an array/],
    [{ claim: "azp", values: [""] }, /"values", entry 0, must be a string that is not empty/],
    [{ claim: 7, values: ["a"] }, /option "claim" must be a string/],
    [{ claim: "azp", value: ["a"] }, /did you mean "values"\?/],
    [{ claim: "azp", values: ["a"], use: "access" }, /option "use" takes an object/],
    [{ claim: "azp", values: ["a"], use: { claim: "token_use" } }, /option "value" is mandatory/],
    [{ claim: "azp", values: ["a"], use: { claim: "azp", value: "a" } }, /option "binding\.use"/],
    [{ claim: "aud", values: ["a"] }, /option "binding\.claim" must be a claim that names the client/],
    [{ claim: "sub", values: ["a"] }, /option "binding\.claim"/],
    [{ claim: "iss", values: ["https://other.example/"] }, /option "binding\.values" must be just the issuer/],
  ];
  for (const [value, message] of bad) {
    await mistaken(make({ binding: value }), message);
    await mistaken(make({ binding: value, audience }), message);
  }
  const polluted = Object.assign(Object.create({ claim: "azp" }), { values: ["a"] });
  await mistaken(make({ binding: polluted }), /option "claim" is mandatory/);
});

test("without audience and binding, the message names both", async () => {
  await mistaken(make({}), /option "audience" is mandatory: .*"https:\/\/api\.example".*option "binding": \{ claim:/);
  for (const profile of ["id-token", "at+jwt"]) {
    await mistaken(make({ profile }), new RegExp(`"audience" is mandatory.*profile "${profile.replace("+", "\\+")}"`));
    await mistaken(make({ profile, binding }), /"audience" is mandatory.*always have an "aud"/);
  }
  const error = await refused(() => createVerifier({ ...good, audience }).verify(key.sign(claims)), "claim_missing");
  assert.equal(error.claim, "aud");
  assert.match(error.message, /option `binding`/);
  const empty = key.sign({ ...claims, aud: [] });
  assert.match(
    (await refused(() => createVerifier({ ...good, audience }).verify(empty), "claim_invalid")).message,
    /`binding`/,
  );
});

test("a shared secret may be bound, too", async () => {
  const secret = new Uint8Array(32).fill(7);
  const options = { secret, algorithm: "HS256", issuer, now };
  const verifier = createSharedSecretVerifier({ ...options, binding });
  await verifier.verify(signWithSecret("HS256", secret, claims));
  const other = signWithSecret("HS256", secret, { ...claims, client_id: "c" });
  await refused(() => verifier.verify(other), "audience_mismatch");
  await mistaken(
    () => createSharedSecretVerifier(options),
    /createSharedSecretVerifier: option "audience" is mandatory/,
  );
});

test("a nonce of somebody else's sign-in", async () => {
  const idToken = { ...good, audience: "client", profile: "id-token" };
  const jwt = key.sign({ aud: "client", nonce: "n" });
  const strict = createVerifier(idToken);
  const error = await refused(() => strict.verify(jwt), "nonce_mismatch");
  assert.match(error.message, /acceptUncheckedNonce/);
  for (const cache of [undefined, {}]) {
    const verifier = createVerifier({ ...idToken, acceptUncheckedNonce: true, ...(cache && { cache }) });
    for (let round = 0; round < 2; round += 1) {
      assert.equal((await verifier.verify(jwt)).claims.nonce, "n");
      await verifier.verify(jwt, { nonce: "n" });
      assert.doesNotMatch(
        (await refused(() => verifier.verify(jwt, { nonce: "m" }), "nonce_mismatch")).message,
        /accept/,
      );
      await refused(() => verifier.verify(key.sign({ aud: "client" }), { nonce: "n" }), "claim_missing");
      await refused(() => verifier.verify(key.sign({ aud: ["client", "x"], nonce: "n" })), "audience_mismatch");
    }
  }
  await refused(() => createVerifier({ ...idToken, acceptUncheckedNonce: false }).verify(jwt), "nonce_mismatch");
  for (const profile of [undefined, "access-token", "at+jwt", "jwt"]) {
    const options = { audience, acceptUncheckedNonce: true, ...(profile && { profile }) };
    await mistaken(make(options), /"acceptUncheckedNonce" is for profile "id-token" only/);
    createVerifier({ ...good, ...options, acceptUncheckedNonce: false });
  }
  for (const value of [1, 0, "true", null, {}]) {
    await mistaken(make({ ...idToken, acceptUncheckedNonce: value }), /"acceptUncheckedNonce" must be true or false/);
  }
});

test("what no rule looks at is handed out as it came", async () => {
  const sent = { jti: 7, amr: [{ method: "password" }], email_verified: "true", auth_time: "yesterday", client_id: "" };
  const { claims } = await createVerifier({ ...good, audience }).verify(key.sign(sent));
  for (const [name, value] of Object.entries(sent)) assert.deepEqual(claims[name], value, name);
  const error = await refused(
    () => createVerifier({ ...good, audience }).verify(key.sign({ sub: 7 })),
    "claim_invalid",
  );
  assert.match(error.message, /`sub` is invalid: it must be a string \(RFC 7519/);
  const empty = await refused(
    () => createVerifier({ ...good, audience }).verify(key.sign({ sub: "" })),
    "claim_invalid",
  );
  assert.match(empty.message, /profile `jwt`/);
  await createVerifier({ ...good, audience, profile: "jwt" }).verify(key.sign({ sub: "" }));
});
