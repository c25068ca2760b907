// What is measured: scenarios, each of 64 distinct tokens of one key, such as identity providers issue.

import { randomBytes } from "node:crypto";

import { encode, makeKey, makeSecret, signToken } from "../tests/support/tokens.mjs";

const issuer = "https://tenant.example/";
const audience = "https://api.example";

export const algorithms = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "HS256"];

/** By table: `id` is what stands above the column. */
const tables = {
  algorithms: algorithms.map((algorithm) => ({ id: algorithm, algorithm })),
  "key size": [2048, 3072, 4096].map((bits) => ({ id: `RS256, ${bits} bits`, algorithm: "RS256", bits })),
  "token size": [500, 2000, 8000].map((size) => ({ id: `ES256, ${size / 1000} KB`, algorithm: "ES256", size })),
  "key set": [1, 10, 64].map((keys) => ({
    id: keys === 1 ? "RS256, 1 key" : `RS256, ${keys} keys`,
    algorithm: "RS256",
    keys,
  })),
  "repeated tokens": [{ id: "RS256, seen before", algorithm: "RS256", cached: true }],
};

/** The scenarios with their tokens: { table, id, algorithm, issuer, audience, jwk, jwks | secret, tokens, tampered }. */
export function makeScenarios(count = 64) {
  return Object.entries(tables).flatMap(([table, list]) =>
    list.map((scenario) => ({ table, ...scenario, issuer, audience, ...material(scenario, count) })),
  );
}

/** Keys that fill a set up: nobody verifies with them. */
const others = [];

function material({ algorithm, bits, size = 800, keys = 1 }, count) {
  const secret = algorithm.startsWith("HS");
  const key = secret ? makeSecret(algorithm, randomBytes(64)) : makeKey(algorithm, "key-1", bits);
  const header = { alg: algorithm, typ: "JWT", ...(secret ? {} : { kid: key.kid }) };
  const tokens = Array.from({ length: count }, () => tokenOf(key, header, size));
  // Another signature in its middle: well-formed, and wrong.
  const [token] = tokens;
  const at = token.lastIndexOf(".") + 20;
  const tampered = `${token.slice(0, at)}${token[at] === "A" ? "B" : "A"}${token.slice(at + 1)}`;
  if (secret) return { tokens, tampered, secret: encode(key.secret) };
  while (others.length < keys - 1) others.push(makeKey("ES256", `other-${others.length}`).jwk);
  return { tokens, tampered, jwk: key.jwk, jwks: { keys: [...others.slice(0, keys - 1), key.jwk] } };
}

/** A token of about `size` characters. */
function tokenOf(key, header, size) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: issuer,
    sub: `auth|${encode(randomBytes(12))}`,
    aud: size < 800 ? audience : [audience, "https://tenant.example/userinfo"],
    iat: now,
    exp: now + 86_400,
    jti: encode(randomBytes(16)),
  };
  const bare = signToken(key, header, claims).length;
  const room = Math.floor(((size - bare) * 3) / 4);
  return signToken(key, header, { ...claims, ...filling(room) });
}

/** Claims of about `room` bytes together, such as tokens are full of. */
function filling(room) {
  const claims = { client_id: "my_client_id", scope: "openid profile email read:appointments", permissions: [] };
  if (room < JSON.stringify(claims).length) return {};
  const length = () => JSON.stringify(claims).length;
  for (let index = 0; length() < room; index += 1)
    claims.permissions.push(`${index % 2 ? "read" : "write"}:area-${index}`);
  return claims;
}
