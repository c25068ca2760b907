// Modules `node:crypto` with the defects of released hosts.

import * as crypto from "node:crypto";

const { createPublicKey, constants } = crypto;
const isKeyObject = (key) => key instanceof crypto.KeyObject;

/** workerd's: a `KeyObject` goes alone or not at all, and `padding` is ignored. */
export const workerd = {
  constants,
  createPublicKey,
  verify(hash, data, key, signature) {
    if (!isKeyObject(key) && isKeyObject(key.key)) throw new TypeError("options.key must be of another type");
    const { padding, saltLength, ...heeded } = isKeyObject(key) ? { key } : key;
    return crypto.verify(hash, data, isKeyObject(key) ? key : heeded, signature);
  },
};

/** The same until 2026-03-17, when it refused every signature of Ed25519. */
export const oldWorkerd = {
  ...workerd,
  verify: (hash, ...rest) => hash !== null && workerd.verify(hash, ...rest),
};

/** Deno's: every other good ES256K signature is refused, those with the greater of the two possible values of `s`. */
export const deno = {
  ...crypto,
  verify: (hash, data, key, signature) =>
    !(key.key?.asymmetricKeyDetails?.namedCurve === "secp256k1" && signature[32] >= 0x80) &&
    crypto.verify(hash, data, key, signature),
};

/** Node's, which says no more than that it was asked: of tokens, not of the known answers. */
export function counting() {
  const calls = { createPublicKey: 0, proofs: 0, tokens: [] };
  const module = {
    constants,
    createPublicKey: (...args) => ((calls.createPublicKey += 1), createPublicKey(...args)),
    verify(hash, data, ...rest) {
      if (isKnown(data)) calls.proofs += 1;
      else calls.tokens.push(hash);
      return crypto.verify(hash, data, ...rest);
    },
  };
  return { calls, module };
}

/** Whether this is the message of the known answers: no token is so short. */
export const isKnown = (data) => data.byteLength < 20;
