// A client's side of DPoP (RFC 9449): keys and proofs, made by node:crypto.

import { createHash } from "node:crypto";
import { encode, makeKey, time } from "./tokens.mjs";

const hash = (text) => createHash("sha256").update(text).digest("base64url");
const REQUIRED = { EC: ["crv", "kty", "x", "y"], OKP: ["crv", "kty", "x"], RSA: ["e", "kty", "n"] };

/** A client's key: `{ jkt, jwk, proof({ method, url, token }, claims, header) }`. */
export function makeClient(alg = "ES256") {
  const key = makeKey(alg);
  const names = REQUIRED[key.jwk.kty];
  const jwk = Object.fromEntries(names.map((name) => [name, key.jwk[name]]));
  let count = 0;
  return {
    jwk,
    jkt: hash(JSON.stringify(jwk)),
    proof({ method = "GET", url, token }, claims = {}, header = {}) {
      const { origin, pathname } = new URL(url);
      count += 1;
      const own = { jti: `jti-${count}`, htm: method, htu: origin + pathname, iat: time, ath: hash(token) };
      // What the ordinary claims of tokens are is set to undefined, which JSON leaves out.
      const none = { iss: undefined, aud: undefined, sub: undefined, exp: undefined };
      return key.sign({ ...none, ...own, ...claims }, { kid: undefined, typ: "dpop+jwt", jwk, ...header });
    },
  };
}

export { encode, hash };
