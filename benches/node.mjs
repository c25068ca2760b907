// Node: everyone.

import { constants, createPublicKey, verify } from "node:crypto";
import { JwtVerifier } from "aws-jwt-verify";
import { createVerifier as createFastVerifier } from "fast-jwt";
import { verify as honoVerify, verifyWithJwks } from "hono/jwt";

import { contest, once, onceSync } from "./contest.mjs";
import { jose, ours } from "./subjects.mjs";

export async function benchNode(countersign, sample, effort) {
  const contestants = [...(await ours(countersign, sample)), await jose(sample), fastJwt(sample), await hono(sample)];
  if (sample.jwk) contestants.unshift(bareNode(sample));
  // aws-jwt-verify knows no PS256 and no shared secrets.
  if (["RS256", "ES256", "ES384", "EdDSA"].includes(sample.algorithm)) contestants.push(aws(sample));
  return contest(contestants, effort);
}

function bareNode({ algorithm, token, jwk }) {
  const key = createPublicKey({ key: jwk, format: "jwk" });
  const hash = algorithm === "EdDSA" ? null : `sha${algorithm.slice(2)}`;
  const options = algorithm.startsWith("PS")
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    : algorithm.startsWith("ES")
      ? { key, dsaEncoding: "ieee-p1363" }
      : key;
  const end = token.lastIndexOf(".");
  const data = Buffer.from(token.slice(0, end));
  const signature = Buffer.from(token.slice(end + 1), "base64url");
  return { name: "bare node:crypto", run: onceSync(() => verify(hash, data, options, signature)) };
}

function fastJwt({ algorithm, token, jwk, secret, issuer, audience }) {
  const key = jwk
    ? createPublicKey({ key: jwk, format: "jwk" }).export({ type: "spki", format: "pem" })
    : Buffer.from(secret, "base64url");
  const check = createFastVerifier({
    key,
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    cache: false,
  });
  return { name: "fast-jwt", run: onceSync(() => check(token)) };
}

function aws({ token, jwk, issuer, audience }) {
  const verifier = JwtVerifier.create({ issuer, audience, jwksUri: "https://tenant.example/jwks" });
  verifier.cacheJwks({ keys: [jwk] });
  return { name: "aws-jwt-verify", run: onceSync(() => verifier.verifySync(token)) };
}

async function hono({ algorithm, token, jwk, secret, issuer, audience }) {
  const verification = { iss: issuer, aud: audience };
  if (jwk) {
    return {
      name: "hono",
      run: once(() => verifyWithJwks(token, { keys: [jwk], allowedAlgorithms: [algorithm], verification })),
    };
  }
  const hmac = { name: "HMAC", hash: `SHA-${algorithm.slice(2)}` };
  const key = await crypto.subtle.importKey("raw", Buffer.from(secret, "base64url"), hmac, false, ["verify"]);
  return { name: "hono", run: once(() => honoVerify(token, key, { alg: algorithm, ...verification })) };
}
