import { createLocalJWKSet, jwtVerify } from "jose";

export const sync = false;

export function make({ issuer, audience, jwks }) {
  const keys = createLocalJWKSet(jwks);
  const options = { issuer, audience, requiredClaims: ["exp"] };
  return (token) => jwtVerify(token, keys, options);
}
