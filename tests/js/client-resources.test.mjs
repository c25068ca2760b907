// createClient and resources: a token for each of several, and proofs for requests that others make.

import assert from "node:assert/strict";
import { test } from "node:test";
import { mistaken } from "./support/assert.mjs";
import { client as entry } from "./support/package.mjs";

const { createClient } = entry;
const issuer = "https://id.example";
const metadata = { issuer, token_endpoint: `${issuer}/token`, jwks_uri: `${issuer}/keys` };
const good = { metadata, clientId: "app" };

test("a refresh may be for one resource", async () => {
  const forms = [];
  const fetch = async (_url, { body }) => {
    forms.push(new URLSearchParams(body));
    return Response.json({ access_token: "a", token_type: "Bearer" });
  };
  const client = createClient({ ...good, fetch });
  const tokens = await client.refresh("r", { resource: "https://api.example/notes" });
  assert.equal(tokens.refreshToken, "r", "it goes on for the others");
  await client.refresh("r");
  assert.deepEqual(
    forms.map((form) => form.getAll("resource")),
    [["https://api.example/notes"], []],
  );
  await mistaken(() => client.refresh("r", { resource: "" }), /"resource"/);
  await mistaken(() => client.refresh("r", { resource: ["a"] }), /"resource"/);
});

test("a proof for whatever sends requests by itself", async () => {
  const key = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
  const fetch = () => assert.fail("nobody is asked");
  // A key is all that a proof needs.
  const client = createClient({ metadata: { issuer }, clientId: "app", dpop: { key }, fetch });
  const tokens = { issuer, accessToken: "token" };
  const proof = await client.proof({ method: "post", url: "https://api.example/a?b=c#d", nonce: "n" }, tokens);
  const parts = proof.split(".");
  const [header, claims] = parts.slice(0, 2).map((part) => JSON.parse(Buffer.from(part, "base64url")));
  const { x, y } = await crypto.subtle.exportKey("jwk", key.publicKey);
  assert.deepEqual(header, { typ: "dpop+jwt", alg: "ES256", jwk: { crv: "P-256", kty: "EC", x, y } });
  const ath = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from("token"))).toString("base64url");
  const { jti, iat, ...rest } = claims;
  assert.deepEqual(rest, { htm: "POST", htu: "https://api.example/a", ath, nonce: "n" });
  assert.ok(jti.length >= 16 && Math.abs(iat - Date.now() / 1000) < 10);
  const signed = Buffer.from(parts.slice(0, 2).join("."));
  const algorithm = { name: "ECDSA", hash: "SHA-256" };
  assert.ok(await crypto.subtle.verify(algorithm, key.publicKey, Buffer.from(parts[2], "base64url"), signed));

  for (const request of [undefined, {}, { method: "GET" }, { method: "GET", url: "/a" }, { method: "", url: issuer }]) {
    await mistaken(() => client.proof(request, tokens), /proof/);
  }
  await mistaken(() => client.proof({ method: "GET", url: issuer }, { issuer }), /access token/);
  await mistaken(() => createClient(good).proof({ method: "GET", url: issuer }, tokens), /no key/);
});
