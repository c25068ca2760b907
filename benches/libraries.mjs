// The libraries that run on every host: ours, those over WebCrypto, and WebCrypto alone.
//
// A library is { name, sync, check(token) }. `check` throws, or answers false or undefined, where it refuses. All
// get the same policy (signature, algorithm, issuer, audience, `exp`) so far as they know it; peers.mjs says what they
// leave out.

import { verify as tsndrVerify } from "@tsndr/cloudflare-worker-jwt";
import { verify as honoVerify, verifyWithJwks } from "hono/jwt";
import { createLocalJWKSet, jwtVerify } from "jose";

const parameters = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 },
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  ES384: { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" },
  EdDSA: { name: "Ed25519" },
  HS256: { name: "HMAC", hash: "SHA-256" },
};

/** Our own, with each engine. `sync` says that the host has cryptography that nobody has to wait for. */
function ours(countersign, { algorithm, jwks, secret, issuer, audience, cached }, { sync }) {
  if (secret !== undefined) {
    const { verify, verifySync } = countersign.createSharedSecretVerifier({
      issuer,
      audience,
      algorithm,
      secret: bytes(secret),
    });
    return [
      { name: "countersign, wasm, sync", sync: true, check: verifySync },
      { name: "countersign, wasm, async", sync: false, check: verify },
    ];
  }
  const make = (options) => countersign.createVerifier({ issuer, audience, jwks, ...options });
  const [auto, host, wasm] = ["auto", "host", "wasm"].map((engine) => make({ engine }));
  const libraries = [
    ...(sync ? [{ name: "countersign, auto, sync", sync: true, check: auto.verifySync }] : []),
    { name: "countersign, auto, async", sync: false, check: auto.verify },
    { name: "countersign, host, async", sync: false, check: host.verify },
    { name: "countersign, wasm, sync", sync: true, check: wasm.verifySync },
  ];
  return cached ? [...withCache(make), ...libraries] : libraries;
}

/** With verdicts kept: what is measured is the answer from memory. */
function withCache(make) {
  let verifier;
  try {
    verifier = make({ cache: { maxEntries: 1000, maxAge: 600 } });
  } catch (error) {
    if (error instanceof TypeError) return []; // A package without the option.
    throw error;
  }
  return [
    { name: "countersign, cached, sync", sync: true, check: verifier.verifySync },
    { name: "countersign, cached, async", sync: false, check: verifier.verify },
  ];
}

function jose({ jwks, secret, issuer, audience }) {
  const key = secret === undefined ? createLocalJWKSet(jwks) : bytes(secret);
  const options = { issuer, audience, requiredClaims: ["exp"] };
  return { name: "jose", sync: false, check: (token) => jwtVerify(token, key, options) };
}

/** What the middleware hono/jwk calls. It imports the key for every token; with a secret, the key is given imported. */
async function hono({ algorithm, jwks, secret, issuer, audience }) {
  const verification = { iss: issuer, aud: audience };
  if (secret === undefined) {
    const options = { ...jwks, allowedAlgorithms: [algorithm], verification };
    return { name: "hono/jwk", sync: false, check: (token) => verifyWithJwks(token, options) };
  }
  const [key, options] = [await importKey({ algorithm, secret }), { alg: algorithm, ...verification }];
  return { name: "hono/jwt", sync: false, check: (token) => honoVerify(token, key, options) };
}

/** With the key imported, which its documentation allows: by default it imports it for every token. */
async function tsndr(scenario) {
  const { algorithm } = scenario;
  const [key, options] = [await importKey(scenario), { algorithm, throwError: true }];
  return { name: "@tsndr/cloudflare-worker-jwt", sync: false, check: (token) => tsndrVerify(token, key, options) };
}

/** Arithmetic alone: everything else was done beforehand. */
async function bareWebCrypto(scenario) {
  const key = await importKey(scenario);
  const how = parameters[scenario.algorithm];
  const parts = new Map(scenario.tokens.map((token) => [token, partsOf(token)]));
  return {
    name: "bare WebCrypto",
    sync: false,
    check(token) {
      const { data, signature } = parts.get(token);
      return crypto.subtle.verify(how, key, signature, data);
    },
  };
}

/** What is signed, and the signature. */
export function partsOf(token) {
  const end = token.lastIndexOf(".");
  return { data: new TextEncoder().encode(token.slice(0, end)), signature: bytes(token.slice(end + 1)) };
}

export function bytes(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

function importKey({ algorithm, jwk, secret }) {
  if (secret !== undefined)
    return crypto.subtle.importKey("raw", bytes(secret), parameters[algorithm], false, ["verify"]);
  const { kty, crv, x, y, n, e } = jwk;
  return crypto.subtle.importKey("jwk", { kty, crv, x, y, n, e }, parameters[algorithm], false, ["verify"]);
}

/** Everybody who runs on every host and takes part in a scenario, for `prepare`. */
export function portable(countersign, { table, algorithm }, { sync }) {
  const all = table === "algorithms";
  return [
    ...(table === "repeated tokens" ? [] : [["bare WebCrypto", bareWebCrypto]]),
    ["countersign", (scenario) => ours(countersign, scenario, { sync })],
    ["jose", jose],
    ...(all || table === "key set" ? [["hono", hono]] : []),
    ...(all && ["RS256", "ES256", "ES384", "HS256"].includes(algorithm)
      ? [["@tsndr/cloudflare-worker-jwt", tsndr]]
      : []),
  ];
}
