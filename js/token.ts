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
