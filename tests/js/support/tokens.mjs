// Keys and tokens, made by node:crypto.

import * as crypto from "node:crypto";

export const issuer = "https://tenant.example/";
export const audience = "https://api.example";
/** Seconds. */
export const time = 1_700_000_000;
export const now = () => time * 1000;

const pss = { padding: crypto.constants.RSA_PKCS1_PSS_PADDING };
const ecdsa = { dsaEncoding: "ieee-p1363" };
const rsa = () => crypto.generateKeyPairSync("rsa", { modulusLength: 2048 });
const ec = (namedCurve) => () => crypto.generateKeyPairSync("ec", { namedCurve });
const kinds = {
  RS256: { generate: rsa, hash: "sha256" },
  RS384: { generate: rsa, hash: "sha384" },
  RS512: { generate: rsa, hash: "sha512" },
  PS256: { generate: rsa, hash: "sha256", options: { ...pss, saltLength: 32 } },
  PS384: { generate: rsa, hash: "sha384", options: { ...pss, saltLength: 48 } },
  PS512: { generate: rsa, hash: "sha512", options: { ...pss, saltLength: 64 } },
  ES256: { generate: ec("P-256"), hash: "sha256", options: ecdsa },
  ES384: { generate: ec("P-384"), hash: "sha384", options: ecdsa },
  ES512: { generate: ec("P-521"), hash: "sha512", options: ecdsa },
  ES256K: { generate: ec("secp256k1"), hash: "sha256", options: ecdsa },
  EdDSA: { generate: () => crypto.generateKeyPairSync("ed25519"), hash: null },
};

/** The algorithms that Node can sign with. */
export const algorithms = Object.keys(kinds);

/** A key pair that signs: `{ alg, kid, jwk, sign(claims, header) }`. */
export function makeKey(alg, kid = `${alg}-1`) {
  const { generate, hash, options = {} } = kinds[alg];
  const { privateKey, publicKey } = generate();
  const jwk = { ...publicKey.export({ format: "jwk" }), kid, alg, use: "sig" };
  return {
    alg,
    kid,
    jwk,
    /** `padded`: as AWS load balancers write it. */
    sign(claims = {}, header = {}, padded = false) {
      const form = (text) => (padded ? text.padEnd(Math.ceil(text.length / 4) * 4, "=") : text);
      const input = `${form(encode({ alg, kid, ...header }))}.${form(encode({ ...goodClaims, ...claims }))}`;
      const signature = crypto.sign(hash, Buffer.from(input), { key: privateKey, ...options });
      return `${input}.${form(signature.toString("base64url"))}`;
    },
  };
}

export const goodClaims = { iss: issuer, aud: audience, sub: "user", iat: time - 10, exp: time + 600 };

export const encode = (value) =>
  Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** An HMAC token. */
export function signWithSecret(alg, secret, claims = {}) {
  const input = `${encode({ alg })}.${encode({ ...goodClaims, ...claims })}`;
  const mac = crypto
    .createHmac(`sha${alg.slice(2)}`, secret)
    .update(input)
    .digest("base64url");
  return `${input}.${mac}`;
}

/** The token with another signature of the same length. */
export function tamper(jwt) {
  const dot = jwt.lastIndexOf(".") + 10;
  return `${jwt.slice(0, dot)}${jwt[dot] === "A" ? "B" : "A"}${jwt.slice(dot + 1)}`;
}
