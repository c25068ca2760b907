import { core } from "../runtime.js";
import { createWithSecret } from "./create.js";
import type { SharedSecretVerifierOptions } from "./option-types.js";
import type { SharedSecretIdTokenVerifier, SharedSecretVerifier } from "./types.js";

/**
 * Makes a verifier for tokens that are authenticated with a secret (HS256, HS384, HS512).
 *
 * @throws TypeError for options that are missing, unknown or impossible.
 * @throws CountersignError `key_invalid` for a secret that is shorter than the hash (RFC 7518 §3.2), or that is a PEM or a
 *   JWK: somebody's public key, with which anybody could make tokens. Its status is 500 here.
 *
 * @example
 * ```ts
 * const verifier = createSharedSecretVerifier({
 *   secret: new TextEncoder().encode(process.env.JWT_SECRET), // Or Buffer.from(…, "base64"), if the issuer says so.
 *   algorithm: "HS256",
 *   issuer: "https://auth.example",
 *   audience: "https://api.example",
 * });
 * ```
 */
export function createSharedSecretVerifier(
  options: SharedSecretVerifierOptions & { readonly profile: "id-token" },
): SharedSecretIdTokenVerifier;
export function createSharedSecretVerifier(options: SharedSecretVerifierOptions): SharedSecretVerifier;
export function createSharedSecretVerifier(options: SharedSecretVerifierOptions): SharedSecretIdTokenVerifier {
  return createWithSecret(core, options);
}
