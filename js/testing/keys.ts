import type { TestAlgorithm, TestKey } from "./types.js";

/** A key pair of the host's WebCrypto. */
export interface KeyPair {
  readonly kid: string;
  readonly publicKey: TestKey;
  sign(claims: object, header: object): Promise<string>;
}

const GENERATED = {
  ES256: { name: "ECDSA", namedCurve: "P-256" },
  RS256: {
    name: "RSASSA-PKCS1-v1_5",
    modulusLength: 2048,
    publicExponent: new Uint8Array([1, 0, 1]),
    hash: "SHA-256",
  },
  EdDSA: { name: "Ed25519" },
} as const;

const SIGNED = {
  ES256: { name: "ECDSA", hash: "SHA-256" },
  RS256: { name: "RSASSA-PKCS1-v1_5" },
  EdDSA: { name: "Ed25519" },
} as const;

const PUBLIC_MEMBERS = ["kty", "crv", "x", "y", "n", "e"] as const;

export async function generateKeyPair(algorithm: TestAlgorithm, kid: string): Promise<KeyPair> {
  const { subtle } = globalThis.crypto;
  const pair = (await subtle.generateKey(GENERATED[algorithm], true, ["sign", "verify"])) as CryptoKeyPair;
  const exported = await subtle.exportKey("jwk", pair.publicKey);
  const members = PUBLIC_MEMBERS.flatMap((name) => {
    const value = exported[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return {
    kid,
    publicKey: { ...Object.fromEntries(members), kid, alg: algorithm, use: "sig" },
    async sign(claims, header) {
      const parts = [{ alg: algorithm, typ: "at+jwt", kid, ...header }, claims];
      const input = parts.map((part) => base64url(new TextEncoder().encode(JSON.stringify(part)))).join(".");
      const signature = await subtle.sign(SIGNED[algorithm], pair.privateKey, new TextEncoder().encode(input));
      return `${input}.${base64url(new Uint8Array(signature))}`;
    },
  };
}

function base64url(bytes: Uint8Array): string {
  const text = Array.from(bytes, (byte) => String.fromCharCode(byte)).join("");
  return btoa(text).replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}
