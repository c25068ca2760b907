// Encrypted tokens for the tests, and keys of each kind.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { CompactEncrypt } from "jose";

export const ENCRYPTIONS = { "A128CBC-HS256": 32, "A256CBC-HS512": 64, A128GCM: 16, A256GCM: 32 };
export const KEY_ALGORITHMS = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW"];
export const TAMPERED = "decryption_failed";

const rsa = generateKeyPairSync("rsa", { modulusLength: 2048 });
const curves = Object.fromEntries(
  ["P-256", "P-384", "P-521"].map((namedCurve) => [namedCurve, generateKeyPairSync("ec", { namedCurve })]),
);

/** A pair for `alg`, as jose and as the package take it. */
export function pairFor(alg, curve = "P-256") {
  const pair = alg === "RSA-OAEP-256" ? rsa : curves[curve];
  return { publicKey: pair.publicKey, jwk: pair.privateKey.export({ format: "jwk" }) };
}

/** A key of each kind for each `enc`, with what encrypts for it. */
export function* combinations() {
  for (const enc of Object.keys(ENCRYPTIONS)) {
    for (const alg of KEY_ALGORITHMS) {
      for (const curve of alg === "RSA-OAEP-256" ? [undefined] : Object.keys(curves)) {
        const { publicKey, jwk } = pairFor(alg, curve);
        yield { alg, enc, curve, encryptionKey: publicKey, key: { alg, key: jwk, enc } };
      }
    }
    const secret = new Uint8Array(randomBytes(ENCRYPTIONS[enc]));
    yield { alg: "dir", enc, encryptionKey: secret, key: { alg: "dir", enc, secret } };
  }
}

export function encrypt(text, { alg, enc, encryptionKey }, header = {}, parameters) {
  const jwe = new CompactEncrypt(new TextEncoder().encode(text)).setProtectedHeader({
    alg,
    enc,
    cty: "JWT",
    ...header,
  });
  if (parameters) jwe.setKeyManagementParameters(parameters);
  return jwe.encrypt(encryptionKey);
}

export const base64url = (bytes) => Buffer.from(bytes).toString("base64url");

/** The same token with another header, which nothing authenticates any more. */
export function withHeader(token, change) {
  const [header, ...rest] = token.split(".");
  const changed = change(JSON.parse(Buffer.from(header, "base64url")));
  return [base64url(typeof changed === "string" ? changed : JSON.stringify(changed)), ...rest].join(".");
}
