import { createLocalJWKSet, jwtVerify } from "jose";

/** The first verdict of a fresh instance. */
export async function first({ issuer, audience, jwks, tokens: [token] }) {
  const { payload } = await jwtVerify(token, createLocalJWKSet(jwks), { issuer, audience, requiredClaims: ["exp"] });
  return payload.sub;
}
