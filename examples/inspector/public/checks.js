// The checks in their order, and where an outcome ended.

/** Claims that are looked at before the rest. */
const CLAIMS = { iss: "issuer", aud: "audience", exp: "times", nbf: "times", iat: "times" };

/** `codes` are those that end there. Codes about a claim end where their claim is looked at. */
export const CHECKS = [
  {
    id: "keys",
    name: "Keys",
    what: "The issuer's keys can be had",
    codes: ["jwks_unavailable", "jwks_invalid", "discovery_issuer_mismatch", "discovery_invalid", "response_too_large"],
  },
  { id: "size", name: "Size", what: "The token is not too large", codes: ["token_too_large"] },
  {
    id: "form",
    name: "Form",
    what: "Three segments of canonical base64url",
    codes: ["token_malformed", "token_type_unsupported"],
  },
  {
    id: "header",
    name: "Header",
    what: "Strict JSON, with nothing critical that nobody knows",
    codes: ["header_invalid", "crit_unsupported"],
  },
  { id: "algorithm", name: "Algorithm", what: "One that is allowed here", codes: ["alg_not_allowed", "encryption_unsupported"] },
  {
    id: "key",
    name: "Key",
    what: "Exactly one key is meant, sound, and for this",
    codes: ["key_not_found", "key_ambiguous", "key_unsuitable", "key_invalid", "decryption_failed"],
  },
  {
    id: "signature",
    name: "Signature",
    what: "It is this key's, over these bytes",
    codes: ["signature_invalid", "engine_unavailable"],
  },
  { id: "payload", name: "Payload", what: "A strict JSON object", codes: [] },
  {
    id: "kind",
    name: "Kind of token",
    what: "typ and claims are those of the kind that is asked for",
    codes: ["typ_mismatch"],
  },
  { id: "issuer", name: "Issuer", what: "iss, character by character", codes: ["issuer_mismatch"] },
  { id: "audience", name: "Audience", what: "aud names you", codes: ["audience_mismatch"] },
  {
    id: "times",
    name: "Times",
    what: "exp, nbf and iat, with the tolerance",
    codes: ["token_expired", "token_not_yet_valid", "token_too_old"],
  },
  {
    id: "rest",
    name: "The rest",
    what: "sub, nonce, and claims that are required",
    codes: ["subject_mismatch", "nonce_mismatch", "claim_missing", "claim_invalid"],
  },
];

/** The check that an error ended at. `undefined`: nothing was judged. */
export function checkOf({ code, status, claim }, binding) {
  // Keys that were pasted, and cannot be used at all.
  if (status === 500 && (code.startsWith("jwks_") || code.startsWith("key_"))) return "keys";
  if (code === "claim_invalid" && claim === undefined) return "payload";
  if (code.startsWith("claim_") || code.startsWith("token_too_old")) {
    if (claim !== undefined && claim === binding?.claim) return "audience";
    return CLAIMS[claim] ?? "rest";
  }
  return CHECKS.find(({ codes }) => codes.includes(code))?.id;
}

/** Each check as passed, failed or not reached. `error`: `undefined` where the token was accepted. */
export function judge(error, binding) {
  const end = error === undefined ? CHECKS.length : CHECKS.findIndex(({ id }) => id === checkOf(error, binding));
  const state = (at) => (at < end ? "passed" : at === end ? "failed" : "not reached");
  return CHECKS.map((check, at) => ({ ...check, state: state(at) }));
}
