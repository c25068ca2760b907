import { keyInvalid, tokenMalformed, tokenTooLarge } from "../errors.js";
import { guarded } from "../options/readers.js";
import { isWellFormed } from "../options/text.js";
import { core } from "../runtime.js";
import { DEFAULT_TOKEN_LIMIT, MAX_LIMITS } from "../tables.js";
import type { UnverifiedToken } from "../token.js";
import type { Jwk } from "./types.js";

/** The longest key that is handed to the core, in characters. */
const MAX_KEY = 65_536;

/**
 * Decodes a token **without verifying it**. Anybody can have written what this returns: decide nothing by it.
 *
 * Form, base64url and JSON are as strict as in verification (RFC 7515 §3.1).
 *
 * @throws CountersignError `token_malformed`, `token_too_large`, `token_type_unsupported`, `header_invalid`,
 *   `crit_unsupported`, `alg_not_allowed` for an algorithm that nobody here knows, `claim_invalid`.
 *
 * @example
 * ```ts
 * console.log("refused token says it is from", decodeUnverified(jwt).claims.iss);
 * ```
 */
export function decodeUnverified(jwt: string): UnverifiedToken {
  if (typeof jwt !== "string") throw tokenMalformed("the token is not a string");
  if (jwt.length > DEFAULT_TOKEN_LIMIT) throw tokenTooLarge(DEFAULT_TOKEN_LIMIT);
  return decode(jwt, false);
}

/** The same to choose a verifier by: of any size and form that some verifier takes. Whether this one does, it says itself. */
export function decodeForAny(jwt: string): UnverifiedToken {
  if (jwt.length > MAX_LIMITS.token) throw tokenTooLarge(MAX_LIMITS.token);
  return decode(jwt, true);
}

const decode = (jwt: string, forAny: boolean): UnverifiedToken =>
  core.run((glue) => {
    glue.decodeUnverified(core.memory.write(jwt), forAny);
    return core.memory.token();
  });

/**
 * The SHA-256 thumbprint of a key, in base64url (RFC 7638).
 *
 * @throws CountersignError `key_invalid` for a key that is malformed, or of a type that has no thumbprint.
 *
 * @example
 * ```ts
 * thumbprint({ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
 * // "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
 * ```
 */
export function thumbprint(jwk: Jwk | string): string {
  const label = "thumbprint: the key";
  const text = typeof jwk === "object" && jwk !== null ? guarded(label, () => JSON.stringify(jwk)) : jwk;
  if (typeof text !== "string") throw new TypeError(`${label} must be a JWK, as an object or as JSON text`);
  if (text.length > MAX_KEY) throw keyInvalid("the key is too large");
  if (!isWellFormed(text)) throw keyInvalid("the key is not well-formed Unicode");
  return core.run((glue) => glue.thumbprint(text));
}
