// The libraries that want node:crypto: Node, Deno and Bun have it.

import { constants, createHmac, createPublicKey, createSecretKey, timingSafeEqual, verify } from "node:crypto";
import { JwtVerifier } from "aws-jwt-verify";
import { createVerifier as createFastVerifier } from "fast-jwt";
import jsonwebtoken from "jsonwebtoken";

import { partsOf } from "./libraries.mjs";

/** Those who take part in a scenario, for `prepare`. */
export function overNodeCrypto({ table, algorithm }) {
  const repeated = table === "repeated tokens";
  const set = table === "key set"; // They are given the key, so that the size of a set is nothing to them.
  return [
    ...(repeated || set ? [] : [["bare node:crypto", bare]]),
    ...(set ? [] : [["fast-jwt", (scenario) => fastJwt(scenario, "fast-jwt", false)]]),
    ...(repeated ? [["fast-jwt, cached", (scenario) => fastJwt(scenario, "fast-jwt, cached", true)]] : []),
    // No PSS, no shared secrets.
    ...(repeated || ["PS256", "HS256"].includes(algorithm) ? [] : [["aws-jwt-verify", aws]]),
    ...(table === "algorithms" && algorithm !== "EdDSA" ? [["jsonwebtoken", jwt]] : []),
  ];
}

const keyOf = ({ jwk, secret }) =>
  jwk ? createPublicKey({ key: jwk, format: "jwk" }) : Buffer.from(secret, "base64url");

/** Arithmetic alone: everything else was done beforehand. */
function bare(scenario) {
  const parts = new Map(scenario.tokens.map((token) => [token, partsOf(token)]));
  const holds = arithmetic(scenario);
  return {
    name: "bare node:crypto",
    sync: true,
    check(token) {
      const { data, signature } = parts.get(token);
      return holds(data, signature);
    },
  };
}

function arithmetic(scenario) {
  const { algorithm, secret } = scenario;
  const key = keyOf(scenario);
  if (secret) return (data, tag) => timingSafeEqual(createHmac("sha256", key).update(data).digest(), tag);
  const hash = algorithm === "EdDSA" ? null : `sha${algorithm.slice(2)}`;
  const options = algorithm.startsWith("PS")
    ? { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }
    : algorithm.startsWith("ES")
      ? { key, dsaEncoding: "ieee-p1363" }
      : key;
  return (data, signature) => verify(hash, data, options, signature);
}

/** It passes a token that lacks the claim it is to look at, unless the claim is required. */
function fastJwt({ algorithm, jwk, secret, issuer, audience }, name, cache) {
  const check = createFastVerifier({
    key: jwk ? keyOf({ jwk }).export({ type: "spki", format: "pem" }) : keyOf({ secret }),
    algorithms: [algorithm],
    allowedIss: issuer,
    allowedAud: audience,
    requiredClaims: ["iss", "aud", "exp"],
    cache,
  });
  return { name, sync: true, check };
}

function aws({ jwks, issuer, audience }) {
  const verifier = JwtVerifier.create({ issuer, audience, jwksUri: "https://tenant.example/jwks" });
  verifier.cacheJwks(jwks);
  return { name: "aws-jwt-verify", sync: true, check: (token) => verifier.verifySync(token) };
}

function jwt(scenario) {
  // A buffer it would take for a public key first, every time.
  const key = scenario.secret ? createSecretKey(keyOf(scenario)) : keyOf(scenario);
  const options = { algorithms: [scenario.algorithm], issuer: scenario.issuer, audience: scenario.audience };
  return { name: "jsonwebtoken", sync: true, check: (token) => jsonwebtoken.verify(token, key, options) };
}
