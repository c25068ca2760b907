/**
 * The checks of a verification in their order, where a refusal ended, and what to do about it: for tools that explain why
 * a token was refused. It needs no core, and decides nothing.
 *
 * @module
 */

import type { ErrorCode } from "../errors.js";
import type { Binding } from "../verifier/option-types.js";

export { REMEDIES } from "./remedies.js";
export type { Remedy } from "./remedies.js";

/** The name of a check. */
export type CheckId =
  | "keys"
  | "size"
  | "form"
  | "header"
  | "algorithm"
  | "key"
  | "signature"
  | "payload"
  | "kind"
  | "issuer"
  | "audience"
  | "times"
  | "rest";

/** A check that a token has to pass. */
export interface Check {
  readonly id: CheckId;
  /** For people. */
  readonly name: string;
  /** What it asks of the token, in a sentence. */
  readonly what: string;
  /** The codes that end there. Codes about a claim end where their claim is looked at. */
  readonly codes: readonly ErrorCode[];
}

/** A check, and how far a token came. */
export interface JudgedCheck extends Check {
  readonly state: "passed" | "failed" | "not reached";
}

/** What a `CountersignError` says, as the error itself or as plain data. */
export interface Refusal {
  readonly code: ErrorCode;
  readonly status: number;
  readonly claim?: string | undefined;
}

/** Claims that are looked at before the rest. */
const CLAIMS: ReadonlyMap<string, CheckId> = new Map([
  ["iss", "issuer"],
  ["aud", "audience"],
  ["exp", "times"],
  ["nbf", "times"],
  ["iat", "times"],
]);

/** The checks, in the order in which they are made. Keys that are fetched come first. */
export const CHECKS: readonly Check[] = [
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
  {
    id: "algorithm",
    name: "Algorithm",
    what: "One that is allowed here",
    codes: ["alg_not_allowed", "encryption_unsupported"],
  },
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

/**
 * The check that a refusal ended at. `undefined`: nothing was judged, as where the core cannot be loaded.
 *
 * @param binding The option of the verifier, where it had one: its claim is looked at with the audience.
 */
export function checkOf({ code, status, claim }: Refusal, binding?: Binding): CheckId | undefined {
  // Keys that the options have, and that cannot be used at all.
  if (status === 500 && (code.startsWith("jwks_") || code.startsWith("key_"))) return "keys";
  if (code === "claim_invalid" && claim === undefined) return "payload";
  if (code.startsWith("claim_") || code === "token_too_old") {
    if (claim !== undefined && claim === binding?.claim) return "audience";
    return CLAIMS.get(claim ?? "") ?? "rest";
  }
  return CHECKS.find(({ codes }) => codes.includes(code))?.id;
}

/**
 * Each check as passed, failed or not reached.
 *
 * @param refusal What `verify` rejected with. `undefined`: the token was accepted.
 *
 * @example
 * ```ts
 * const error = await verifier.verify(jwt).then(() => undefined, (thrown) => thrown);
 * for (const { name, state } of judge(error)) console.log(state, name);
 * ```
 */
export function judge(refusal: Refusal | undefined, binding?: Binding): readonly JudgedCheck[] {
  const failed = refusal === undefined ? undefined : checkOf(refusal, binding);
  const end = refusal === undefined ? CHECKS.length : CHECKS.findIndex(({ id }) => id === failed);
  const state = (at: number) => (at < end ? "passed" : at === end ? "failed" : "not reached");
  return CHECKS.map((check, at) => ({ ...check, state: state(at) }));
}
