// Written by `cargo xtask tables` from the core's own tables: change those.

/** The algorithms of public keys: RFC 7518, RFC 8037, RFC 8812, RFC 9864 and RFC 9964's `AKP` keys. */
export type Algorithm =
  | "RS256"
  | "RS384"
  | "RS512"
  | "PS256"
  | "PS384"
  | "PS512"
  | "ES256"
  | "ES384"
  | "ES512"
  | "ES256K"
  | "EdDSA"
  | "Ed25519"
  | "ML-DSA-44"
  | "ML-DSA-65"
  | "ML-DSA-87";

/** The algorithms of shared secrets, for {@link createSharedSecretVerifier} only. */
export type SharedSecretAlgorithm = "HS256" | "HS384" | "HS512";

/** The same, at run time. */
export const SHARED_SECRET_ALGORITHMS = ["HS256", "HS384", "HS512"] as const;

/** How each is named to `node:crypto` and to WebCrypto, in the core's order: `AlgorithmEntry[]`, as JSON. */
export const ALGORITHM_TABLE =
  '[{"name":"RS256","node":{"hash":"sha256"},"webcrypto":{"import":{"name":"RSASSA-PKCS1-v1_5","hash":"SHA-256"},"verify":{"name":"RSASSA-PKCS1-v1_5"}}},{"name":"RS384","node":{"hash":"sha384"},"webcrypto":{"import":{"name":"RSASSA-PKCS1-v1_5","hash":"SHA-384"},"verify":{"name":"RSASSA-PKCS1-v1_5"}}},{"name":"RS512","node":{"hash":"sha512"},"webcrypto":{"import":{"name":"RSASSA-PKCS1-v1_5","hash":"SHA-512"},"verify":{"name":"RSASSA-PKCS1-v1_5"}}},{"name":"PS256","node":{"hash":"sha256","padding":"pss","saltLength":32},"webcrypto":{"import":{"name":"RSA-PSS","hash":"SHA-256"},"verify":{"name":"RSA-PSS","saltLength":32}}},{"name":"PS384","node":{"hash":"sha384","padding":"pss","saltLength":48},"webcrypto":{"import":{"name":"RSA-PSS","hash":"SHA-384"},"verify":{"name":"RSA-PSS","saltLength":48}}},{"name":"PS512","node":{"hash":"sha512","padding":"pss","saltLength":64},"webcrypto":{"import":{"name":"RSA-PSS","hash":"SHA-512"},"verify":{"name":"RSA-PSS","saltLength":64}}},{"name":"ES256","node":{"hash":"sha256","dsaEncoding":"ieee-p1363"},"webcrypto":{"import":{"name":"ECDSA","namedCurve":"P-256"},"verify":{"name":"ECDSA","hash":"SHA-256"}}},{"name":"ES384","node":{"hash":"sha384","dsaEncoding":"ieee-p1363"},"webcrypto":{"import":{"name":"ECDSA","namedCurve":"P-384"},"verify":{"name":"ECDSA","hash":"SHA-384"}}},{"name":"ES512","node":{"hash":"sha512","dsaEncoding":"ieee-p1363"},"webcrypto":{"import":{"name":"ECDSA","namedCurve":"P-521"},"verify":{"name":"ECDSA","hash":"SHA-512"}}},{"name":"ES256K","node":{"hash":"sha256","dsaEncoding":"ieee-p1363"},"webcrypto":null},{"name":"EdDSA","node":{"hash":null},"webcrypto":{"import":{"name":"Ed25519"},"verify":{"name":"Ed25519"}}},{"name":"ML-DSA-44","node":null,"webcrypto":null},{"name":"ML-DSA-65","node":null,"webcrypto":null},{"name":"ML-DSA-87","node":null,"webcrypto":null},{"name":"HS256","node":null,"webcrypto":null},{"name":"HS384","node":null,"webcrypto":null},{"name":"HS512","node":null,"webcrypto":null}]';

/** The kinds of token. */
export const PROFILES = ["access-token", "at+jwt", "id-token", "jwt"] as const;

/** Those whose specifications demand `aud`. */
export const PROFILES_WITH_AUDIENCE = ["at+jwt", "id-token"] as const;

/** Why a token was refused (HTTP 401). */
export type TokenErrorCode =
  | "token_malformed"
  | "token_too_large"
  | "token_type_unsupported"
  | "header_invalid"
  | "crit_unsupported"
  | "alg_not_allowed"
  | "encryption_unsupported"
  | "key_not_found"
  | "key_ambiguous"
  | "key_unsuitable"
  | "key_invalid"
  | "decryption_failed"
  | "signature_invalid"
  | "typ_mismatch"
  | "claim_invalid"
  | "claim_missing"
  | "issuer_mismatch"
  | "audience_mismatch"
  | "subject_mismatch"
  | "token_expired"
  | "token_not_yet_valid"
  | "token_too_old"
  | "nonce_mismatch";

/** Why there are no keys to verify with (HTTP 503). The token may be good: never answer 401 to these. */
export type KeysErrorCode =
  "jwks_unavailable" | "jwks_invalid" | "discovery_issuer_mismatch" | "discovery_invalid" | "response_too_large";

/** Why a guard refused a request, beside what is wrong with its token (HTTP 400, 401, 403), or could not judge it (502, 503). */
export type GuardErrorCode =
  | "token_missing"
  | "request_invalid"
  | "scheme_unsupported"
  | "token_binding_required"
  | "dpop_invalid"
  | "dpop_nonce_required"
  | "replay_detected"
  | "insufficient_authentication"
  | "insufficient_scope"
  | "insufficient_permission"
  | "csrf_refused"
  | "store_unavailable"
  | "introspection_unavailable"
  | "introspection_invalid";

/** Why a sign-in failed. */
export type LoginErrorCode =
  | "state_mismatch"
  | "response_issuer_mismatch"
  | "authorization_response_invalid"
  | "transaction_expired"
  | "transaction_missing"
  | "return_to_refused"
  | "authorization_error"
  | "pkce_unsupported"
  | "token_endpoint_error"
  | "token_response_invalid"
  | "server_unavailable"
  | "server_response_invalid";

/** Why a session, or its access token, cannot be had or kept. */
export type SessionErrorCode =
  | "session_invalid"
  | "session_refresh_needed"
  | "session_ended"
  | "refresh_unavailable"
  | "resource_refused"
  | "storage_unavailable";

/** The HTTP status of each error code. */
export const ERROR_STATUS = {
  token_malformed: 401,
  token_too_large: 401,
  token_type_unsupported: 401,
  header_invalid: 401,
  crit_unsupported: 401,
  alg_not_allowed: 401,
  encryption_unsupported: 401,
  key_not_found: 401,
  key_ambiguous: 401,
  key_unsuitable: 401,
  key_invalid: 401,
  decryption_failed: 401,
  signature_invalid: 401,
  typ_mismatch: 401,
  claim_invalid: 401,
  claim_missing: 401,
  issuer_mismatch: 401,
  audience_mismatch: 401,
  subject_mismatch: 401,
  token_expired: 401,
  token_not_yet_valid: 401,
  token_too_old: 401,
  nonce_mismatch: 401,
  token_missing: 401,
  request_invalid: 400,
  scheme_unsupported: 401,
  token_binding_required: 401,
  dpop_invalid: 401,
  dpop_nonce_required: 401,
  replay_detected: 401,
  insufficient_authentication: 401,
  insufficient_scope: 403,
  insufficient_permission: 403,
  csrf_refused: 403,
  store_unavailable: 503,
  introspection_unavailable: 503,
  introspection_invalid: 502,
  jwks_unavailable: 503,
  jwks_invalid: 503,
  discovery_issuer_mismatch: 503,
  discovery_invalid: 503,
  response_too_large: 503,
  state_mismatch: 400,
  response_issuer_mismatch: 400,
  authorization_response_invalid: 400,
  transaction_expired: 400,
  transaction_missing: 400,
  return_to_refused: 400,
  authorization_error: 400,
  pkce_unsupported: 500,
  token_endpoint_error: 502,
  token_response_invalid: 502,
  server_unavailable: 503,
  server_response_invalid: 502,
  session_invalid: 500,
  session_refresh_needed: 401,
  session_ended: 401,
  refresh_unavailable: 503,
  resource_refused: 500,
  storage_unavailable: 500,
  engine_unavailable: 500,
  core_unavailable: 500,
  internal_error: 500,
} as const;

/** The largest values of the option `limits`. */
export const MAX_LIMITS = {
  token: 65_536,
  header: 16_384,
  jwks: 1_048_576,
  keys: 256,
  headerDepth: 16,
  payloadDepth: 64,
} as const;

/** Characters in a token, where `limits` says nothing. */
export const DEFAULT_TOKEN_LIMIT = 16_384;

/** The largest values of the option `cache`. */
export const MAX_CACHE = {
  maxEntries: 100_000,
  maxAge: 86_400,
} as const;

/** The largest values of the option `keyCache`, in seconds. */
export const MAX_KEY_CACHE = {
  maxFreshness: 86_400,
  staleIfError: 604_800,
  cooldown: 3600,
  timeout: 30,
} as const;

/** Seconds, where `keyCache` says nothing. */
export const DEFAULT_STALE_IF_ERROR = 86_400;

/** Seconds. */
export const MAX_CLOCK_TOLERANCE = 300;

/** Seconds for which it counts what an issuer says against a token. */
export const REFUSAL_LIFETIME = 5;

/** Such answers that are remembered. */
export const MAX_REFUSALS = 1000;

/** Bytes in a shared secret. */
export const MAX_SECRET = 16_384;

/** What a value of a preset must be. */
export const FORM_DEMANDS = {
  host: "must be a host name in lower case, without `https://` and without a path",
  base: "must be an https URL (http only on loopback) without a slash at its end, a query and a fragment",
  url: "must be an https URL (http only on loopback) without a query and a fragment",
  segment: "must be of letters, digits, `-`, `.`, `_` and `~`",
  uuid: "must be a UUID in lower case, such as `11111111-2222-4333-8444-555555555555`",
  text: "must not be empty",
  texts: "must not be empty",
  uuids: "must be a UUID in lower case, such as `11111111-2222-4333-8444-555555555555`",
} as const;
