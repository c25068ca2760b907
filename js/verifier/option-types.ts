import type { Engine } from "../engine/preference.js";
import type { Fetch } from "../fetch.js";
import type { RemoteSource } from "../jwks/metadata.js";
import type { KeyCacheOptions, KeySetEvent } from "../jwks/types.js";
import type { Store } from "../store/types.js";
import type { PROFILES } from "../tables.js";
import type { Algorithm, SharedSecretAlgorithm } from "../token.js";

/**
 * The kind of token that a verifier takes. A token that says its kind, by `typ` or by a claim that only that kind has, is
 * refused by the others; one that says nothing is told apart by its audience:
 * - `"access-token"`: `typ` is `at+jwt`, `JWT` or absent, `sub` is there, and the marks of an ID token are refused;
 * - `"at+jwt"`: RFC 9068 in full;
 * - `"id-token"`: OpenID Connect Core 3.1.3.7; the audience is the client ID;
 * - `"jwt"`: `typ` is `JWT` or absent, or else what the option `typ` names.
 */
export type Profile = (typeof PROFILES)[number];

/** A public key as RFC 7517 writes it, and as `KeyObject.export` and `SubtleCrypto.exportKey` give it. */
export interface Jwk {
  readonly kty?: string | undefined;
  readonly kid?: string | undefined;
  readonly alg?: string | undefined;
  readonly use?: string | undefined;
  readonly key_ops?: readonly string[] | undefined;
  readonly [member: string]: unknown;
}

/** A set of keys as RFC 7517 §5 writes it. */
export interface JsonWebKeySet {
  readonly keys: readonly Jwk[];
}

/** Bounds on what is parsed. Each has a maximum that the error message names when it is passed. */
export interface Limits {
  /** Characters in a token. Default 16,384, at most 65,536. */
  readonly token?: number;
  /** Bytes in a token's decoded header. Default 4,096, at most 16,384. */
  readonly header?: number;
  /** Bytes in a key set. Default 262,144, at most 1,048,576. */
  readonly jwks?: number;
  /** Keys in a key set. Default 64, at most 256. */
  readonly keys?: number;
  /** Levels of nesting in a header. Default 8, at most 16. */
  readonly headerDepth?: number;
  /** Levels of nesting in the claims. Default 32, at most 64. */
  readonly payloadDepth?: number;
}

/** How many verdicts are kept, and for how long. */
export interface CacheOptions {
  /** Tokens, of which the oldest make room: 1 to 100,000. Default 1,000. */
  readonly maxEntries?: number;
  /** Seconds after which a token is verified anew: 1 to 86,400. Default 300. */
  readonly maxAge?: number;
}

/**
 * The claim that binds tokens to you, where the issuer leaves `aud` out or empty. It is then mandatory: a string, and one
 * of the values as a whole.
 *
 * It says which client a token was issued to, which is less than an audience says: an API to which this client sends its
 * token could use it here. Where the issuer can name your API in `aud`, let it.
 *
 * @example Amazon Cognito's access tokens
 * ```ts
 * createVerifier({
 *   issuer: "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_example",
 *   binding: { claim: "client_id", values: ["my-client"], use: { claim: "token_use", value: "access" } },
 * });
 * ```
 */
export interface Binding {
  /**
   * The claim's name, e.g. `client_id` or `azp`. `iss`, with the issuer as the one value, says that this issuer serves
   * your application alone, so that any token of its is for you.
   */
  readonly claim: string;
  /** What it may be. */
  readonly values: readonly [string, ...string[]];
  /** Looks for both in the header, for issuers that write there whom a token is for (AWS load balancers). Default `false`. */
  readonly inHeader?: boolean;
  /** A claim that must have this very value: what the issuer writes into tokens of the kind that you take. */
  readonly use?: { readonly claim: string; readonly value: string };
}

/** For whom tokens must be: `audience`, or `binding` in its place, or both. */
export type AudienceOptions =
  | {
      /** What the token must be meant for: its `aud` has to hold this, or one of these. */
      readonly audience: string | readonly [string, ...string[]];
      /** What it must be bound to besides, or instead where it has no `aud`. ID tokens and RFC 9068's always have one. */
      readonly binding?: Binding;
    }
  | {
      readonly audience?: never;
      /** What the token must be bound to, for issuers that leave `aud` out or empty. A token with an `aud` is refused. */
      readonly binding: Binding;
    };

/** {@link AudienceOptions} for tokens that have an `aud` by their specification. */
export type NamedAudienceOptions = Extract<AudienceOptions, { readonly audience: unknown }>;

/**
 * The part of the issuer that differs from token to token, and the claim that says it: the tenant of an issuer that serves
 * many with the same keys. Its place in `issuer` is `{name}` (RFC 6570 §3.2.2). The value comes from the claim, and the
 * issuer that it makes is compared with `iss` as a whole, so that `iss` and the claim agree.
 *
 * Without `values`, tokens of every tenant of the issuer are accepted: which of them are your customers is for you to
 * look up, by the claim.
 *
 * @example Two organizations' tokens of Microsoft Entra ID
 * ```ts
 * createVerifier({
 *   issuer: "https://login.microsoftonline.com/{tenantid}/v2.0",
 *   issuerVariable: {
 *     name: "tenantid",
 *     claim: "tid",
 *     values: ["11111111-2222-4333-8444-555555555555", "66666666-7777-4888-9999-aaaaaaaaaaaa"],
 *   },
 *   metadataUri: "https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration",
 *   audience: "aaaaaaaa-bbbb-4ccc-8ddd-eeeeeeeeeeee",
 * });
 * ```
 */
export interface IssuerVariable {
  /** The name that stands in braces, once, in `issuer` and in each of `issuerAliases`. */
  readonly name: string;
  /** The claim with the value, which is then mandatory: 1 to 63 letters, digits, `-` and `_`. */
  readonly claim: string;
  /** What the claim looks like, where the value is only a part of it: `"https://{shop}.myshopify.com"`. */
  readonly claimTemplate?: string;
  /** The only values to accept. Default: any. */
  readonly values?: readonly [string, ...string[]];
}

/** Where the tokens of a vendor have what a guard looks for, unless its own options say otherwise. */
export interface GuardDefaults {
  /** See the option `permissions` of `createGuard`. */
  readonly permissions?: readonly (readonly string[])[];
  /** The header field that has the token, in place of `Authorization`. */
  readonly header?: string;
}

/** What every verifier is told about the tokens it takes. */
export interface PolicyOptions {
  /** The one issuer, compared with `iss` character by character. */
  readonly issuer: string;
  /**
   * Other spellings of the same issuer in tokens, such as Google's `accounts.google.com`. Metadata has to have `issuer`.
   * A subject means the same user under each of them.
   */
  readonly issuerAliases?: readonly string[];
  readonly issuerVariable?: IssuerVariable;
  /** What a preset tells a guard. A verifier makes no use of it. */
  readonly guard?: GuardDefaults;
  /**
   * Reads who issued a token from `sub`, for SPIFFE's JWT-SVIDs, which need no `iss`: `issuer` is then the trust domain, as
   * `spiffe://example.org`, and `sub` must be that and the path of a workload. An `iss` that is there must be the same
   * text, or one of `issuerAliases`. Default `false`.
   */
  readonly issuerFromSubject?: boolean;
  /**
   * Takes tokens whose segments are padded with `=`, which RFC 7515 rules out: those of AWS load balancers. Default `false`.
   *
   * The cost: the same token can have its signature with the padding and without, where no other segment has any.
   */
  readonly acceptPadding?: boolean;
  /** Allowance for clocks that differ, in seconds: 0 to 300. Default 30. */
  readonly clockTolerance?: number;
  /** Claims that must be present, beside those that the profile asks for. For `aud`, no `binding` stands in then. */
  readonly requiredClaims?: readonly string[];
  /** The greatest age in seconds, counted from `iat`, which is then mandatory. */
  readonly maxTokenAge?: number;
  /** The one subject, where only one is acceptable. */
  readonly subject?: string;
  readonly limits?: Limits;
  /**
   * Keeps the verdicts on tokens that were accepted, for when they come again. Off by default. With it, tokens are
   * verified to `VerifiedToken`s that are frozen, because they are shared.
   */
  readonly cache?: CacheOptions;
  /** The clock, in milliseconds like the default, `Date.now`. */
  readonly now?: () => number;
}

/** What verifiers are told of keys that are fetched. */
export interface FetchedKeysOptions {
  readonly keyCache?: KeyCacheOptions;
  /**
   * Where several instances share the documents that the keys are from: read once, before an instance fetches, and written
   * when it has. What is in it is checked as what is fetched. Its failures are no verification's.
   */
  readonly keyStore?: Store;
  /** Lets the host finish what no request waits for: on Workers `(promise) => waitUntil(promise)`, of `cloudflare:workers`. */
  readonly waitUntil?: (promise: Promise<unknown>) => void;
  /** Is told what became of the keys. What it throws is dropped. */
  readonly onKeySetEvent?: (event: KeySetEvent) => void;
  readonly acceptMissingIssuer?: never;
}

/** What verifiers are told whose keys are given, not fetched. */
export interface GivenKeysOptions {
  /**
   * Takes tokens without `iss` (Laravel Passport): the keys say who issued a token. An `iss` that is there must be the issuer
   * all the same. Not for ID tokens and those of RFC 9068, which always have one, nor for guards. Default `false`.
   *
   * The cost: whatever else is signed by these keys, for the same audience, is taken for a token of this issuer.
   */
  readonly acceptMissingIssuer?: boolean;
}

/** Where the public keys come from. Without `jwks` and `jwksUri` they are found through the issuer's metadata. */
export type KeySource =
  | (GivenKeysOptions & {
      /** The keys themselves: a set, one key, the JSON text of either, or one SPKI key in PEM. */
      readonly jwks: JsonWebKeySet | Jwk | string;
      readonly jwksUri?: never;
      readonly metadataUri?: never;
      readonly allowInsecureHosts?: never;
      readonly fetch?: Fetch;
      readonly keyCache?: never;
      readonly keyStore?: never;
      readonly waitUntil?: never;
      readonly onKeySetEvent?: never;
    })
  | (FetchedKeysOptions & {
      /**
       * A function that gives the key set, for a program that issues the tokens itself. It is called where a key set would
       * be fetched otherwise, and may take as long.
       */
      readonly jwks: () => JsonWebKeySet | string | Promise<JsonWebKeySet | string>;
      readonly jwksUri?: never;
      readonly metadataUri?: never;
      readonly allowInsecureHosts?: never;
      readonly fetch?: never;
    })
  | (RemoteSource &
      FetchedKeysOptions & {
        readonly jwks?: never;
        /**
         * Where the key set is. https, or http on loopback (`localhost`, `*.localhost`, `127.0.0.1`, `[::1]`).
         *
         * An address that ends with `/{kid}` is that of a single key in PEM, for each key ID (AWS load balancers). A key is
         * fetched when the first token names it, and then kept like a set. Of IDs without a key, 8 are asked for within
         * `keyCache.cooldown` at most. There is nothing for `loadKeys` to load, and `keyStore` is not for such keys.
         */
        readonly jwksUri?: string;
        readonly metadataUri?: never;
      })
  | (RemoteSource &
      FetchedKeysOptions & {
        readonly jwks?: never;
        readonly jwksUri?: never;
        /**
         * Where the issuer's metadata is, for an issuer that is not reached under its name: because it has another address
         * inside your network, or because its name is no address. The metadata must still say `issuer`, exactly.
         *
         * @example
         * ```ts
         * createVerifier({
         *   issuer: "https://sso.example/realms/demo",
         *   metadataUri: "https://keycloak.internal/realms/demo/.well-known/openid-configuration",
         *   audience: "https://api.example",
         * });
         * ```
         */
        readonly metadataUri: string;
      });

/** What every verifier of public-key signatures is told beside the policy. */
export interface SignatureOptions {
  /**
   * The only `use` of keys that are for tokens (RFC 7517 4.2), in place of `sig` or none: `jwt-svid` in SPIFFE's bundles. Keys
   * with another one, or without, are skipped, and so is PEM, which has none. Never `enc`, and not for a `jwksUri` with `/{kid}`.
   */
  readonly keyUse?: string;
  /** The algorithms to take. Default: whatever the keys are made for. */
  readonly algorithms?: readonly [Algorithm, ...Algorithm[]];
  /** Where signatures are checked. Default `"auto"`. */
  readonly engine?: Engine;
}

/** What verifiers of ID tokens are told besides. */
export interface IdTokenOptions {
  readonly profile: "id-token";
  readonly typ?: never;
  readonly acceptMissingIssuer?: never;
  /**
   * Takes ID tokens that have a `nonce` though none is expected: for services that are sent the ID tokens of sign-ins that
   * they did not begin, and so cannot know it (Google One Tap, Cognito with federated users, kubelogin). Default `false`.
   *
   * The cost: a stolen ID token is as good as a fresh one until it expires. All else is checked as ever, and so is a
   * `nonce` that `verify` is told to expect.
   *
   * @example
   * ```ts
   * createVerifier({
   *   issuer: "https://accounts.google.com",
   *   audience: "1234.apps.googleusercontent.com",
   *   profile: "id-token",
   *   acceptUncheckedNonce: true,
   * });
   * ```
   */
  readonly acceptUncheckedNonce?: boolean;
}

/** Options of a verifier of ID tokens. */
export type IdTokenVerifierOptions = PolicyOptions &
  NamedAudienceOptions &
  SignatureOptions &
  KeySource &
  IdTokenOptions;

/** What verifiers of access tokens are told besides. */
export type AccessTokenOptions = { readonly typ?: never; readonly acceptUncheckedNonce?: never } & (
  | (AudienceOptions & { readonly profile?: "access-token" })
  | (NamedAudienceOptions & { readonly profile: "at+jwt"; readonly acceptMissingIssuer?: never })
);

/** Options of a verifier of access tokens. */
export type AccessTokenVerifierOptions = PolicyOptions & SignatureOptions & KeySource & AccessTokenOptions;

/** What verifiers of other JWTs are told besides. */
export interface JwtOptions {
  readonly profile: "jwt";
  /** The one `typ` to take (RFC 8725 §3.11), e.g. `"secevent+jwt"`. Default: `JWT` or absent. */
  readonly typ?: string;
  readonly acceptUncheckedNonce?: never;
}

/** Options of a verifier of JWTs that are neither access tokens nor ID tokens. */
export type JwtVerifierOptions = PolicyOptions & AudienceOptions & SignatureOptions & KeySource & JwtOptions;

/** Options of {@link createVerifier}. */
export type VerifierOptions = AccessTokenVerifierOptions | IdTokenVerifierOptions | JwtVerifierOptions;

/** Options of {@link createSharedSecretVerifier}. */
export type SharedSecretVerifierOptions = PolicyOptions &
  GivenKeysOptions & {
    /**
     * The secret's bytes: at least as many as the hash has (RFC 7518 §3.2), and at most 16,384. Most issuers use the text
     * of a secret as it is, which is `new TextEncoder().encode(secret)`; some say that it is base64.
     */
    readonly secret: Uint8Array;
    readonly algorithm: SharedSecretAlgorithm;
  } & ((NamedAudienceOptions & IdTokenOptions) | AccessTokenOptions | (AudienceOptions & JwtOptions));
