import type { RemoteSource } from "../jwks/metadata.js";
import type { Algorithm } from "../token.js";
import type { JsonWebKeySet } from "../verifier/option-types.js";

export type { CurrentUser, UserInfo } from "../guard/types.js";

/** Options of {@link currentUser}. */
export interface CurrentUserOptions extends RemoteSource {
  /** The issuer of the tokens, which is asked. */
  readonly issuer: string;
  /** Other spellings of it, as the verifier of the tokens has them. */
  readonly issuerAliases?: readonly string[];
  /** Where to ask: https. Default: `userinfo_endpoint` of the issuer's metadata. */
  readonly endpoint?: string;
  /**
   * The client IDs of your applications: answers that are signed (OpenID Connect Core §5.3.2) are for one of them. Default:
   * such answers are refused.
   */
  readonly clients?: readonly [string, ...string[]];
  /**
   * How long an answer is kept in memory: `ttl` seconds (1 to 3600, default 60), and never beyond the end of the token that it
   * was asked with. `maxEntries` at most (default 1,000).
   */
  readonly cache?: { readonly ttl?: number; readonly maxEntries?: number };
  /** Where the issuer's metadata is, if not at the issuer. */
  readonly metadataUri?: string;
  /** Where the keys are that answers are signed with. Default: `jwks_uri` of the metadata. */
  readonly jwksUri?: string;
  /** The keys themselves. */
  readonly jwks?: JsonWebKeySet | string;
  /** What answers may be signed with. Default: that of a verifier. */
  readonly algorithms?: readonly [Algorithm, ...Algorithm[]];
  /** The clock, in milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}
