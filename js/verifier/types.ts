import type { Algorithm, SharedSecretAlgorithm, VerifiedToken } from "../token.js";

/** What an ID token is to be compared with (OpenID Connect Core 3.1.3.7). */
export interface IdTokenExpectations {
  /** The nonce of the authorization request. A token with another nonce, or with none, is refused. */
  readonly nonce?: string;
  /** The access token that came with the ID token: compared with `at_hash`. */
  readonly accessToken?: string | undefined;
  /** The authorization code that came with the ID token: compared with `c_hash`. */
  readonly code?: string;
  /** Seconds since the user last signed in, at most: compared with `auth_time`. */
  readonly maxAge?: number;
}

/** A key that can verify tokens. */
export interface UsableKey {
  readonly kid?: string;
  readonly algorithm: Algorithm | SharedSecretAlgorithm;
  /** RFC 7638, SHA-256. */
  readonly thumbprint: string;
}

/** A key that was left out of its set, and why. */
export interface SkippedKey {
  readonly kid?: string;
  readonly code: "key_invalid" | "key_unsuitable";
  readonly reason: string;
}

/** What became of a key set. */
export interface KeyReport {
  readonly keys: readonly UsableKey[];
  readonly skipped: readonly SkippedKey[];
}

/**
 * Verifies tokens of one issuer. Make one and keep it: it holds the keys.
 *
 * The functions do not depend on `this`.
 */
export interface Verifier {
  /** The issuer whose tokens it verifies, and its aliases. Not there where `issuerVariable` makes it a template of many. */
  readonly issuers?: readonly string[];
  /**
   * Verifies one token, fetching keys when it has to. Never throws: every failure is a rejection.
   *
   * An ID token's verifier takes expectations as the second parameter, and every other refuses one. So call it with one
   * argument: `jwts.map((jwt) => verifier.verify(jwt))`, not `jwts.map(verifier.verify)`, which passes an index too.
   *
   * @typeParam C Claims of your own, beside the registered ones. They are asserted, not checked.
   * @param jwt The token in its compact form (RFC 7519).
   */
  verify<C extends object = object>(jwt: string): Promise<VerifiedToken<C>>;
  /**
   * Verifies one token at once, with the keys at hand: those of the option `jwks`, or those that {@link loadKeys} fetched.
   *
   * Keys that have outlived their freshness are refreshed in the background, and so is a set that lacks the token's key.
   * Not on Workers and edge functions, where nothing outlives its request: call {@link loadKeys} at the start of each.
   *
   * @throws CountersignError `jwks_unavailable` before any keys were loaded, and once they are older than a day; the codes
   *   of {@link verify} otherwise.
   * @throws TypeError on `countersign/slim` on a host without synchronous signature checks.
   */
  verifySync<C extends object = object>(jwt: string): VerifiedToken<C>;
  /**
   * Makes sure that fresh keys are at hand, and tells which there are.
   *
   * Good at start-up: keys that cannot be used are reported here, with the reason.
   */
  loadKeys(): Promise<KeyReport>;
  /** Whether there are keys that may be used at this moment, fresh or stale. It fetches none: {@link loadKeys} does. */
  ready(): boolean;
  /**
   * The metadata and the key set that the keys are from, with their age, as text: for {@link importKeys} of another
   * instance, so that it need not fetch. `undefined`: no keys were fetched yet. Nothing in it is secret; whoever can
   * change it can put keys of their own into it.
   */
  exportKeys(): string | undefined;
  /**
   * Takes what {@link exportKeys} gave, if it belongs to this issuer and address, is newer than the keys at hand, and not too
   * old to be used (`keyCache.staleIfError`). The documents are checked as those that are fetched.
   *
   * @returns Whether its keys are in use now.
   */
  importKeys(state: string): Promise<boolean>;
}

/** Verifies ID tokens. As {@link Verifier}, and compares the token with what the sign-in is known to have been. */
export interface IdTokenVerifier extends Verifier {
  verify<C extends object = object>(jwt: string, expectations?: IdTokenExpectations): Promise<VerifiedToken<C>>;
  verifySync<C extends object = object>(jwt: string, expectations?: IdTokenExpectations): VerifiedToken<C>;
}

/** Verifies tokens that are authenticated with a secret. */
export interface SharedSecretVerifier {
  /** As {@link Verifier.verify}. */
  verify<C extends object = object>(jwt: string): Promise<VerifiedToken<C>>;
  /** As {@link Verifier.verifySync}. The key is always at hand. */
  verifySync<C extends object = object>(jwt: string): VerifiedToken<C>;
}

/** {@link SharedSecretVerifier} for ID tokens. */
export interface SharedSecretIdTokenVerifier extends SharedSecretVerifier {
  verify<C extends object = object>(jwt: string, expectations?: IdTokenExpectations): Promise<VerifiedToken<C>>;
  verifySync<C extends object = object>(jwt: string, expectations?: IdTokenExpectations): VerifiedToken<C>;
}
