/**
 * Strict verification of JSON Web Tokens, by one core on every host. Sign-in is `countersign/client`.
 *
 * @module
 */

export { CountersignError } from "./errors.js";
export type {
  ErrorCode,
  ErrorDetails,
  GuardErrorCode,
  KeysErrorCode,
  LoginErrorCode,
  TokenErrorCode,
} from "./errors.js";
export type { AbortSignalLike, Fetch, FetchBody, FetchInit, FetchResponse } from "./fetch.js";
export type { InitSource } from "./core/init-source.js";
export type { Engine } from "./engine/preference.js";
export type * from "./jwks/metadata.js";
export type { KeyCacheOptions, KeySetEvent } from "./jwks/types.js";
export type * from "./token.js";
export type * from "./verifier/option-types.js";
export type * from "./verifier/types.js";

export { createVerifier } from "./verifier/index.js";
export { createSharedSecretVerifier } from "./verifier/shared-secret.js";
export { decodeUnverified, thumbprint } from "./verifier/decode.js";
export { discover } from "./jwks/index.js";
export { init } from "./init.js";
