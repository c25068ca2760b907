import type { CryptoKeyLike, PrivateJwk } from "./client-types.js";

/** How the key of the content reaches the client: `alg` of an encrypted token (RFC 7518 §4.1). */
export type KeyEncryption = "RSA-OAEP-256" | "ECDH-ES" | "ECDH-ES+A128KW" | "ECDH-ES+A256KW";

/** How the content is encrypted: `enc` (RFC 7518 §5.1). */
export type ContentEncryption = "A128CBC-HS256" | "A256CBC-HS512" | "A128GCM" | "A256GCM";

/** A private key that tokens are encrypted for, with the one `alg` that it is for. */
export interface PrivateDecryptionKey {
  readonly alg: KeyEncryption;
  /**
   * RSA of 2048 to 4096 bits, or EC on P-256, P-384 or P-521. A `CryptoKey` may be non-extractable: RSA-OAEP with SHA-256
   * and the usage `decrypt`, ECDH with `deriveBits`.
   */
  readonly key: CryptoKeyLike | PrivateJwk;
  /** Default: `kid` of the JWK. A key without one serves tokens with any. */
  readonly kid?: string;
  /** The `enc` that the client is registered for. Default: all. */
  readonly enc?: ContentEncryption | readonly ContentEncryption[];
}

/** A secret that both sides have, and that is the key of the content itself. */
export interface DirectDecryptionKey {
  readonly alg: "dir";
  readonly enc: ContentEncryption;
  /** As many bytes as `enc` has. */
  readonly secret?: Uint8Array;
  /** Or the client secret, from which the key is derived (OpenID Connect Core §10.2), for an `enc` of at most 256 bits. */
  readonly clientSecret?: string;
  readonly kid?: string;
}

/** What encrypted tokens are decrypted with. */
export type DecryptionKey = PrivateDecryptionKey | DirectDecryptionKey;

/** Options of `createDecrypter`. */
export interface DecrypterOptions {
  /**
   * Answers tokens that are not encrypted as they are, for an issuer that sends both. Whoever carries them can read them.
   * Default `false`: they are refused.
   */
  readonly acceptUnencryptedTokens?: boolean;
}

/** Decrypts a token. */
export type Decrypt = (token: string) => Promise<string>;
