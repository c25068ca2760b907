import { core, engines, host } from "../runtime.js";
import { readSharedSecretOptions, readVerifierOptions } from "./options.js";
import type {
  IdTokenVerifier,
  IdTokenVerifierOptions,
  SharedSecretIdTokenVerifier,
  SharedSecretVerifier,
  SharedSecretVerifierOptions,
  Verifier,
  VerifierOptions,
} from "./types.js";
import { VerifierImpl } from "./verifier.js";

/**
 * Makes a verifier for the tokens of one issuer.
 *
 * The keys are the option `jwks`, or are fetched from `jwksUri`, or are found through the issuer's metadata (OpenID Connect
 * Discovery 1.0, RFC 8414), which may be at a `metadataUri`. They are fetched anew after ten minutes, and when a token names one that is not among them.
 *
 * @returns An `IdTokenVerifier` for the profile `"id-token"`, whose `verify` takes a nonce, else a `Verifier`.
 * @throws TypeError for options that are missing, unknown or impossible. The message says what to write instead. What only
 *   the core can tell (a malformed issuer, say) is a rejection of the first `verify` in browsers before `init`.
 * @throws CountersignError `jwks_invalid`, `key_invalid` or `key_unsuitable` for a `jwks` that is no key set, no key and no
 *   PEM, or has no key that can be used. Their status is 500 here, because the mistake is not that of whoever sends a token.
 *
 * @example
 * ```ts
 * const verifier = createVerifier({ issuer: "https://tenant.example/", audience: "https://api.example" });
 *
 * const { claims } = await verifier.verify(jwt);
 * ```
 */
export function createVerifier(options: IdTokenVerifierOptions): IdTokenVerifier;
export function createVerifier(options: VerifierOptions): Verifier;
export function createVerifier(options: VerifierOptions): IdTokenVerifier {
  const read = readVerifierOptions(options);
  const verifier = new VerifierImpl(host, core, read, engines.for(read.engine));
  return Object.freeze({
    verify: verifier.verify.bind(verifier),
    verifySync: verifier.verifySync.bind(verifier),
    loadKeys: verifier.loadKeys.bind(verifier),
  }) as IdTokenVerifier;
}

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
  const verifier = new VerifierImpl(host, core, readSharedSecretOptions(options), undefined);
  return Object.freeze({
    verify: verifier.verify.bind(verifier),
    verifySync: verifier.verifySync.bind(verifier),
  }) as SharedSecretIdTokenVerifier;
}
