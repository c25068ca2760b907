// The contestants that run on every host: ours and jose, with the same policy, and the host's WebCrypto by itself.

import { createLocalJWKSet, jwtVerify } from "jose";

import { once, onceSync } from "./contest.mjs";

const webCrypto = {
  RS256: { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" },
  PS256: { name: "RSA-PSS", hash: "SHA-256", saltLength: 32 },
  ES256: { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" },
  ES384: { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" },
  EdDSA: { name: "Ed25519" },
};

/** `sample` is { algorithm, token, jwk, issuer, audience }, or with a base64url `secret` in place of the `jwk`. */
export async function ours(countersign, { algorithm, token, jwk, secret, issuer, audience }) {
  if (secret !== undefined) {
    const { verifySync } = countersign.createSharedSecretVerifier({
      issuer,
      audience,
      algorithm,
      secret: bytes(secret),
    });
    return [{ name: "countersign, wasm, sync", run: onceSync(() => verifySync(token)) }];
  }
  const make = (engine) => countersign.createVerifier({ issuer, audience, jwks: { keys: [jwk] }, engine });
  const [auto, wasm] = [make("auto"), make("wasm")];
  return [
    { name: "countersign, auto, async", run: once(() => auto.verify(token)) },
    { name: "countersign, auto, sync", run: onceSync(() => auto.verifySync(token)) },
    { name: "countersign, wasm, sync", run: onceSync(() => wasm.verifySync(token)) },
  ];
}

export async function jose({ token, jwk, secret, issuer, audience }) {
  const key = secret === undefined ? createLocalJWKSet({ keys: [jwk] }) : bytes(secret);
  return { name: "jose", run: once(() => jwtVerify(token, key, { issuer, audience, requiredClaims: ["exp"] })) };
}

export async function bareWebCrypto({ algorithm, token, jwk }) {
  const parameters = webCrypto[algorithm];
  const { kty, crv, x, y, n, e } = jwk;
  const key = await crypto.subtle.importKey("jwk", { kty, crv, x, y, n, e }, parameters, false, ["verify"]);
  const end = token.lastIndexOf(".");
  const data = new TextEncoder().encode(token.slice(0, end));
  const signature = bytes(token.slice(end + 1));
  return { name: "bare WebCrypto", run: once(() => crypto.subtle.verify(parameters, key, signature, data)) };
}

function bytes(base64url) {
  const binary = atob(base64url.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}
