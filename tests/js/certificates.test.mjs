// Tokens that are bound to a client certificate (RFC 8705): with Cloudflare's word, with a callback, and over TLS in Node.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { makeClient } from "./support/dpop.mjs";
import { folder } from "./support/package.mjs";
import { audience, issuer, makeKey, time } from "./support/tokens.mjs";

const { createGuard } = await importPackage(folder, "countersign/guard");
const { guardedListener } = await importPackage(folder, "countersign/node");
const { memoryStore } = await importPackage(folder, "countersign/stores");

const key = makeKey("ES256", "key");
const der = new TextEncoder().encode("a certificate");
const digest = createHash("sha256").update(der);
const hex = digest.copy().digest("hex");
const thumbprint = digest.copy().digest("base64url");
const options = { issuer, resource: audience, jwks: { keys: [key.jwk] }, now: () => time * 1000 };
const token = (cnf) => key.sign({ cnf });
const bound = token({ "x5t#S256": thumbprint });
const bearer = (jwt) => ({ authorization: `Bearer ${jwt}` });

async function judge(guard, jwt, more = {}) {
  const request = Object.assign(new Request(`${audience}/notes`, { headers: bearer(jwt) }), more);
  const judged = await guard.authenticate(request);
  return judged.ok ? judged.auth.scheme : `${judged.refusal.status} ${judged.refusal.error.code}`;
}

const REFUSED = "401 token_binding_required";

test("the certificate that Cloudflare has verified", async () => {
  const guard = createGuard({ ...options, clientCertificate: "cloudflare" });
  const good = {
    certPresented: "1",
    certVerified: "SUCCESS",
    certRevoked: "0",
    certFingerprintSHA256: hex,
  };
  for (const [tlsClientAuth, expected] of [
    [good, "Bearer"],
    [{ ...good, certFingerprintSHA256: hex.toUpperCase() }, "Bearer"],
    [{ ...good, certVerified: "NONE" }, REFUSED],
    [{ ...good, certVerified: "FAILED:self signed certificate" }, REFUSED],
    [{ ...good, certPresented: "0" }, REFUSED],
    [{ ...good, certRevoked: "1" }, REFUSED],
    [{ ...good, certFingerprintSHA256: hex.replace(/^./, (digit) => (digit === "0" ? "1" : "0")) }, REFUSED],
    [{ ...good, certFingerprintSHA256: undefined }, REFUSED],
    [undefined, REFUSED],
  ]) {
    assert.equal(await judge(guard, bound, { cf: { tlsClientAuth } }), expected, JSON.stringify(tlsClientAuth));
  }
  assert.equal(await judge(guard, bound), REFUSED);
  assert.equal(await judge(guard, key.sign()), "Bearer");
  const path = "/.well-known/oauth-protected-resource";
  const document = await guard.metadataResponse(new Request(`${audience}${path}`)).json();
  assert.equal(document.tls_client_certificate_bound_access_tokens, true);
});

test("a callback answers bytes or a thumbprint", async () => {
  let asked = 0;
  const guardWith = (certificate) => createGuard({ ...options, clientCertificate: () => ((asked += 1), certificate) });
  const colons = hex.toUpperCase().match(/../g).join(":");
  for (const certificate of [der, Buffer.from(der), hex, colons, thumbprint, Promise.resolve(der)]) {
    assert.equal(await judge(guardWith(certificate), bound), "Bearer");
  }
  assert.equal(await judge(guardWith(undefined), bound), REFUSED);
  assert.equal(await judge(guardWith(new Uint8Array(8)), bound), REFUSED);
  for (const wrong of ["x", null, 7, {}, hex.slice(1), Promise.reject(new Error("x"))]) {
    assert.equal(await judge(guardWith(wrong), bound), "500 internal_error");
  }
  assert.equal(asked, 14);
  // Nobody is asked about a token that is bound to none.
  assert.equal(await judge(guardWith(der), key.sign()), "Bearer");
  assert.equal(asked, 14);
});

test("nothing is taken down", async () => {
  const client = makeClient();
  const off = createGuard(options);
  assert.equal(await judge(off, bound), REFUSED);
  const guard = createGuard({
    ...options,
    clientCertificate: () => der,
    dpop: { mode: "allowed", replay: memoryStore() },
  });
  for (const [cnf, expected] of [
    [{ "x5t#S256": thumbprint }, "Bearer"],
    [{ "x5t#S256": thumbprint, jkt: client.jkt }, REFUSED],
    [{ "x5t#S256": thumbprint, x5t: "x" }, REFUSED],
    [{ "x5t#S256": 7 }, REFUSED],
    [{ "x5t#S256": null }, REFUSED],
    [{ jkt: client.jkt }, REFUSED],
    [{}, REFUSED],
    [[], REFUSED],
  ]) {
    assert.equal(await judge(guard, token(cnf)), expected, JSON.stringify(cnf));
  }
  // A token that is bound to both needs both.
  const both = token({ "x5t#S256": thumbprint, jkt: client.jkt });
  const url = `${audience}/notes`;
  const headers = { authorization: `DPoP ${both}`, dpop: client.proof({ url, token: both }) };
  const judged = await guard.authenticate(new Request(url, { headers }));
  assert.deepEqual([judged.ok, judged.auth?.scheme], [true, "DPoP"]);
});

test("with node:http, by the request's own socket", async () => {
  let handled = 0;
  const socket = { authorized: true, getPeerCertificate: () => ({ raw: Buffer.from(der) }) };
  const clientCertificate = ({ raw }) => (raw.socket.authorized ? raw.socket.getPeerCertificate().raw : undefined);
  const listener = guardedListener(createGuard({ ...options, clientCertificate }), () => (handled += 1));
  const ask = async (connection) => {
    const headers = bearer(bound);
    const response = { statusCode: 200, setHeader() {}, getHeader() {}, end() {}, destroy() {} };
    const rawHeaders = ["Authorization", headers.authorization];
    await listener({ method: "GET", url: "/notes", headers, rawHeaders, socket: connection }, response);
    return response.statusCode;
  };
  assert.deepEqual([await ask(socket), handled], [200, 1]);
  assert.deepEqual([await ask({ ...socket, authorized: false }), handled], [401, 1]);
  assert.deepEqual([await ask({ ...socket, getPeerCertificate: () => ({}) }), handled], [401, 1]);
});

test("impossible options", () => {
  for (const clientCertificate of ["workers", true, {}, ""]) {
    assert.throws(() => createGuard({ ...options, clientCertificate }), /"clientCertificate" must be "cloudflare"/);
  }
});
