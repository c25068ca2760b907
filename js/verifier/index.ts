import { builtIn } from "../built-in.js";
import { core } from "../runtime.js";
import { create } from "./create.js";
import type { IdTokenVerifierOptions, VerifierOptions } from "./option-types.js";
import type { IdTokenVerifier, Verifier } from "./types.js";

/**
 * Makes a verifier for the tokens of one issuer.
 *
 * The keys are the option `jwks`, or are fetched from `jwksUri`, or are found through the issuer's metadata (OpenID Connect
 * Discovery 1.0, RFC 8414), which may be at a `metadataUri`. They are fetched anew when the time is over that the server
 * gives them (ten minutes, where it gives none), and when a token names one that is not among them.
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
  return create(core, options, builtIn);
}
