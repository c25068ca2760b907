import type { Algorithm, SharedSecretAlgorithm } from "./tables.js";

export type { Algorithm, SharedSecretAlgorithm };

/** A header as it was signed (RFC 7515 §4). */
export interface JoseHeader {
  readonly alg: string;
  readonly typ?: string;
  readonly kid?: string;
  readonly cty?: string;
  readonly [parameter: string]: unknown;
}

/** Claims that nobody has checked. */
export type UnverifiedClaims = Readonly<Record<string, unknown>>;

/**
 * Verified claims (RFC 7519 §4.1). `iss` and `exp` are always there, and so is `aud` unless a `binding` stands in for it.
 * Those that no rule looked at are as the issuer sent them, whatever their type.
 */
export interface Claims {
  readonly iss: string;
  readonly aud?: string | readonly string[];
  /** Seconds since 1970. */
  readonly exp: number;
  readonly sub?: string;
  /** Seconds since 1970. */
  readonly nbf?: number;
  /** Seconds since 1970. */
  readonly iat?: number;
  readonly [claim: string]: unknown;
}

/** A token that was verified: made anew for each call, and deepFreeze where the verifier has a `cache`. */
export interface VerifiedToken<C extends object = object> {
  readonly header: JoseHeader & { readonly alg: Algorithm | SharedSecretAlgorithm };
  readonly claims: Claims & C;
}

/** A token that was only decoded. */
export interface UnverifiedToken {
  readonly header: JoseHeader;
  readonly claims: UnverifiedClaims;
}
