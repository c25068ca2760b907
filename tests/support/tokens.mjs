// Tokens signed with node:crypto, for the tests that compare or alter them. The code under test has no part in it.

import { constants, createHmac, generateKeyPairSync, sign } from "node:crypto";

const kinds = {
  RS256: { make: (modulusLength = 2048) => generateKeyPairSync("rsa", { modulusLength }), hash: "sha256", options: {} },
  PS256: {
    make: (modulusLength = 2048) => generateKeyPairSync("rsa", { modulusLength }),
    hash: "sha256",
    options: { padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 },
  },
  ES256: {
    make: () => generateKeyPairSync("ec", { namedCurve: "P-256" }),
    hash: "sha256",
    options: { dsaEncoding: "ieee-p1363" },
  },
  ES384: {
    make: () => generateKeyPairSync("ec", { namedCurve: "P-384" }),
    hash: "sha384",
    options: { dsaEncoding: "ieee-p1363" },
  },
  EdDSA: { make: () => generateKeyPairSync("ed25519"), hash: null, options: {} },
};

/** A new key (of RSA with so many `bits`): { algorithm, kid, jwk, privateJwk, sign(text) }, `sign` answering the signature's bytes. */
export function makeKey(algorithm, kid = `key-${algorithm}`, bits) {
  const { make, hash, options } = kinds[algorithm];
  const { privateKey, publicKey } = make(bits);
  return {
    algorithm,
    kid,
    jwk: { ...publicKey.export({ format: "jwk" }), kid, alg: algorithm, use: "sig" },
    privateJwk: privateKey.export({ format: "jwk" }),
    sign: (text) => sign(hash, Buffer.from(text), { key: privateKey, ...options }),
  };
}

/** A key of a shared secret, in the same form. */
export function makeSecret(algorithm, secret) {
  const hash = `sha${algorithm.slice(2)}`;
  return { algorithm, secret, sign: (text) => createHmac(hash, secret).update(text).digest() };
}

export const encode = (data) => Buffer.from(data).toString("base64url");

/** Signs header and payload as they are given: objects, text or bytes. */
export function signToken(key, header, payload) {
  const segment = (part) => encode(typeof part === "string" || Buffer.isBuffer(part) ? part : JSON.stringify(part));
  const input = `${segment(header)}.${segment(payload)}`;
  return `${input}.${encode(key.sign(input))}`;
}
