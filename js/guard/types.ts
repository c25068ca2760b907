import type { CountersignError } from "../errors.js";
import type { ClientAuthentication } from "../client/types.js";
import type { AbortSignalLike, GlobalFetch } from "../fetch.js";
import type { AtomicStore } from "../store/types.js";
import type { Algorithm, Claims, JoseHeader, SharedSecretAlgorithm } from "../token.js";
import type { GuardDefaults, VerifierOptions } from "../verifier/option-types.js";
import type { Verifier } from "../verifier/types.js";
import type { TokenSource } from "./sources.js";

/** `Response`, in projects whose `lib` or ambient types have it. */
export type GlobalResponse = [GlobalFetch["response"]] extends [never] ? unknown : GlobalFetch["response"];

/** `URL`, in projects whose `lib` or ambient types have it. */
export type GlobalUrl = typeof globalThis extends { URL: { prototype: infer Instance } } ? Instance : FetchedUrl;

/** The same, where `URL` is declared as a class and so is no property of `globalThis`: what `fetch` takes of that kind. */
type FetchedUrl = typeof globalThis extends { fetch(input: infer Input, init?: never): unknown }
  ? [Extract<Input, { searchParams: unknown }>] extends [never]
    ? unknown
    : Extract<Input, { searchParams: unknown }>
  : unknown;

/** The part of a `Request` that a guard reads. */
export interface GuardRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: { get(name: string): string | null };
  /** With the adapters for Node: the request of the framework or of `node:http`. */
  readonly raw?: unknown;
}

/** A client certificate in DER, or its SHA-256 thumbprint: hexadecimal, with or without colons, or base64url. */
export type ClientCertificate = Uint8Array | string;

/** The place of a claim: its name, or the names on the way to it, as in `["realm_access", "roles"]`. */
export type ClaimPath = string | readonly [string, ...string[]];

/** What an operation needs of a token beyond being valid: all of it. */
export interface Need {
  /** Lets requests without credentials in, with `auth` undefined. A token that is there is judged all the same. */
  readonly optional?: boolean;
  /** The scope, or all of these (RFC 6749 §3.3). */
  readonly scope?: string | readonly string[];
  /** One of these scopes. */
  readonly anyScope?: readonly [string, ...string[]];
  /** The permission, or all of these. */
  readonly permissions?: string | readonly string[];
  /** One of these authentication context classes, the preferred first (RFC 9470). */
  readonly acr?: string | readonly [string, ...string[]];
  /** The most seconds since the user has signed in, by `auth_time` (RFC 9470). */
  readonly maxAge?: number;
  /**
   * Decides what scopes cannot, e.g. whether the user owns the document. Only `true` lets the request in. An object asks
   * for a token with more, by a challenge.
   */
  readonly authorize?: (auth: Auth, request: GuardRequest) => Authorization | Promise<Authorization>;
}

/** The answer of {@link Need.authorize}. */
export type Authorization = boolean | Pick<Need, "scope"> | Pick<Need, "acr" | "maxAge">;

/** How a token is presented: as it is (RFC 6750), or with a proof of possession (RFC 9449). */
export type Scheme = "Bearer" | "DPoP";

/** Who makes a request, by a token that was verified and is enough. */
export interface Auth<C extends object = object> {
  readonly scheme: Scheme;
  /** The access token. It is a secret. */
  readonly token: string;
  /** `iss`. An identity is the pair of issuer and subject. */
  readonly issuer: string;
  /** `sub` */
  readonly subject: string | undefined;
  /** The client that the token was issued to: `client_id`, or else `azp` */
  readonly clientId: string | undefined;
  /** `aud` */
  readonly audience: readonly string[];
  /** As they are granted, without those that they imply. */
  readonly scopes: ReadonlySet<string>;
  readonly permissions: ReadonlySet<string>;
  /** `exp`, in seconds since 1970 */
  readonly expiresAt: number;
  /** `undefined` for a token that is no JWT: see {@link GuardRules.introspection}. */
  readonly header: (JoseHeader & { readonly alg: Algorithm | SharedSecretAlgorithm }) | undefined;
  readonly claims: Claims & C;
  /**
   * The nonce for the client's next proof, where that of this one goes out of use. `protect` and the adapters send it as
   * `DPoP-Nonce`; whoever calls `authenticate` does that.
   */
  readonly dpopNonce: string | undefined;
  /** What the issuer says of the user, where the guard has its option `user`. */
  readonly user: UserInfo | undefined;
  /** Aborted when the token expires, for streams and sockets that last longer. */
  readonly signal: AbortSignalLike;
  /** As servers of the Model Context Protocol take it: `transport.handleRequest(request, { authInfo })`. */
  toMcp(): McpAuthInfo;
}

/** What the issuer says of a user (OpenID Connect Core §5.1, §5.3.2). */
export interface UserInfo {
  /** That of the token. */
  readonly sub: string;
  readonly name?: string;
  readonly email?: string;
  readonly email_verified?: boolean;
  readonly picture?: string;
  readonly [claim: string]: unknown;
}

/**
 * Answers what the issuer says of who makes a request. Rejects with a CountersignError: `server_unavailable` while it cannot be
 * asked, `server_response_invalid` for an answer that is none, `subject_mismatch` for one about another user,
 * `token_expired` where the issuer does not take the token any more, and `insufficient_scope` where it has not the scope `openid`.
 */
export type CurrentUser = (auth: Auth, options?: { readonly refresh?: boolean }) => Promise<UserInfo>;

/** `AuthInfo` of the Model Context Protocol's SDK. */
export interface McpAuthInfo {
  token: string;
  clientId: string;
  scopes: string[];
  /** Seconds since 1970. */
  expiresAt: number;
  resource?: GlobalUrl;
  extra: Record<string, unknown>;
}

/** The answer to a request that is refused (4xx), or whose token could not be judged (5xx). Plain data. */
export interface Refusal {
  readonly status: number;
  readonly headers: readonly (readonly [name: string, value: string])[];
  /** JSON: `{ error?, error_description, code? }`. Neither a cause nor an address is in it. */
  readonly body: string;
  /** What happened, for the log. */
  readonly error: CountersignError;
  /** The same as a `Response`. */
  response(): GlobalResponse;
}

/** What a guard decided, for metrics. No token is in it. */
export interface Decision {
  readonly outcome: "accepted" | "anonymous" | "refused" | "not-judged";
  readonly code: CountersignError["code"] | undefined;
  /** The issuer of the token, where it was accepted. */
  readonly issuer: string | undefined;
  readonly durationMs: number;
}

/** What a guard asks of proofs of possession (DPoP, RFC 9449). */
export interface DpopOptions {
  /** `"allowed"`: bearer tokens are accepted as ever. `"required"`: only tokens that are bound to a key, with a proof. */
  readonly mode: "allowed" | "required";
  /**
   * Remembers the proofs that were used, so that none is used twice: a store that all instances share. Should it fail, or
   * take longer than two seconds, the answer is 503.
   */
  readonly replay: AtomicStore;
  /**
   * At least 32 random bytes, the same on all instances: then proofs have to have a nonce of this server's (RFC 9449 §9),
   * which is derived from the secret and the time. One counts for one to two lifetimes of a proof.
   */
  readonly nonceSecret?: Uint8Array;
  /** Seconds for which a proof counts from its `iat` on, beside the clock tolerance: 1 to 600. Default 60. */
  readonly proofLifetime?: number;
}

/** How a guard asks the issuer about tokens that are no JWTs (RFC 7662). */
export interface IntrospectionOptions {
  /** Where to ask: https. Default: `introspection_endpoint` of the issuer's metadata. */
  readonly endpoint?: string;
  /** The client that this API is at the issuer. */
  readonly clientId: string;
  readonly clientAuthentication: ClientAuthentication;
  /** Asks for answers that are signed with a key of the issuer's (RFC 9701), and takes no others. Default `false`. */
  readonly signed?: boolean;
  /**
   * Remembers answers, in memory: each for `ttl` seconds (1 to 3600, default 60) and never beyond the token's end, and
   * `maxEntries` at most (default 1,000). A token that is revoked counts so much longer. Default: each request is asked about.
   */
  readonly cache?: { readonly ttl?: number; readonly maxEntries?: number };
}

/** The rules of a guard, beside those of its verifier. */
export interface GuardRules {
  /**
   * The resource identifier (RFC 8707, RFC 9728): the https URL by which clients know this API. It is the audience of its
   * tokens, unless `audience` or a `verifier` says otherwise, and gives the address of its metadata. It is never taken from a request.
   */
  readonly resource?: string;
  /** Where a token may be. Of several places the first that has one counts. Default `[fromAuthorization()]`. */
  readonly tokens?: readonly [TokenSource, ...TokenSource[]];
  /** The claim with the scopes, or several, of which the first that a token has counts. Default `["scope", "scp"]`. */
  readonly scopes?: readonly [ClaimPath, ...ClaimPath[]];
  /** The claim with the permissions, or several, of which the first that a token has counts. Default `["permissions"]`. */
  readonly permissions?: readonly [ClaimPath, ...ClaimPath[]];
  /** Where the tokens of a vendor have what is looked for, out of a preset. The options above come first. */
  readonly guard?: GuardDefaults;
  /** Scopes that a scope implies: `{ "notes:write": ["notes:read"] }`. It counts over several steps. */
  readonly implies?: Readonly<Record<string, readonly string[]>>;
  /**
   * Takes tokens that are bound to a key of their client, with a proof (RFC 9449). Give `resource` too: proofs are for its
   * origin. Default: such tokens are refused.
   */
  readonly dpop?: DpopOptions;
  /**
   * Takes tokens that are bound to a client certificate (RFC 8705), if it is that of the connection: `"cloudflare"` for the
   * certificates that Cloudflare has verified for a Worker (`request.cf.tlsClientAuth`), or a function that answers the
   * certificate that your host has verified. Default: such tokens are refused.
   */
  readonly clientCertificate?:
    "cloudflare" | ((request: GuardRequest) => ClientCertificate | undefined | Promise<ClientCertificate | undefined>);
  /**
   * Asks the issuer about tokens that are no JWTs. They are for this API if they have no `aud`, or ours. Default: they are
   * refused. It goes with `issuer`, not with `verifier`.
   */
  readonly introspection?: IntrospectionOptions;
  /**
   * Asks for the user behind each token, before hooks and handlers: `currentUser` of `countersign/user`. The answer is
   * {@link Auth.user}. Where it rejects, the request is refused.
   */
  readonly user?: CurrentUser;
  /** Origins whose pages may use tokens in cookies, beside that of `resource`. */
  readonly origins?: readonly string[];
  /** More members of the metadata (RFC 9728 §2), such as `resource_name` and `scopes_supported`. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /**
   * Whether the metadata of a resource with a path is at the origin's own well-known address too, where some clients look.
   * Say no for all but one resource of an origin. Default `true`.
   */
  readonly metadataAtRoot?: boolean;
  /** Answers a refused request in place of the guard. `undefined`: the guard does. The request stays refused. */
  readonly onRefusal?: (
    refusal: Refusal,
    request: GuardRequest,
  ) => GlobalResponse | undefined | Promise<GlobalResponse | undefined>;
  /** Is told of each decision. What it throws is dropped. */
  readonly onDecision?: (decision: Decision) => void;
}

/**
 * A verifier, or one for each issuer that is trusted: a list of those of `createVerifier`, or a function that is asked by the
 * unverified `iss`. A token is verified by the one of its issuer, and never tried with others.
 *
 * The function's answers are kept: a verifier for 10 minutes, those of 100 issuers at most, and that there is none
 * (`undefined`) for a minute. It is not called twice at a time for an issuer, nor for more than 16 issuers at a time, and has
 * 5 seconds. While it rejects, the request is answered with 503, unless there was a verifier in the last hour.
 */
export type GuardVerifier =
  Verifier | readonly Verifier[] | ((issuer: string) => Verifier | undefined | Promise<Verifier | undefined>);

/** Options of {@link createGuard}: its own, and either a verifier or what one is made of. */
export type GuardOptions = GuardRules &
  (
    | {
        readonly verifier: GuardVerifier;
        /** The authorization servers of the metadata. Default: the issuers of a list. */
        readonly authorizationServers?: readonly string[];
        readonly now?: () => number;
      }
    | (OptionalAudience<VerifierOptions> & {
        readonly verifier?: never;
        readonly acceptMissingIssuer?: never;
        /** The authorization servers of the metadata. Default: the issuer. */
        readonly authorizationServers?: readonly string[];
      })
  );

/** Where there is a `resource`, that is the audience. */
type OptionalAudience<T> = T extends { readonly audience: infer Audience }
  ? Omit<T, "audience"> & { readonly audience?: Audience }
  : T;

/** What {@link Guard.authenticate} answers. */
export type Authentication<A> =
  { readonly ok: true; readonly auth: A } | { readonly ok: false; readonly refusal: Refusal };

/** Protects the routes of an API. */
export interface Guard<A = Auth> {
  /**
   * Makes a handler that only runs for requests whose token is enough. Whatever else the host passes (`env`, `context`)
   * comes after `auth`. A preflight of CORS is answered with 204, which grants nothing.
   *
   * @throws TypeError for an impossible need.
   */
  protect<R extends GuardRequest, Rest extends unknown[], T>(
    handler: (request: R, auth: A, ...rest: Rest) => T | Promise<T>,
  ): (request: R, ...rest: Rest) => Promise<T | GlobalResponse>;
  protect<R extends GuardRequest, Rest extends unknown[], T, const N extends Need>(
    need: N,
    handler: (request: R, auth: AuthFor<A, N>, ...rest: Rest) => T | Promise<T>,
  ): (request: R, ...rest: Rest) => Promise<T | GlobalResponse>;

  /** Judges a request. What went wrong is in the refusal; only an impossible need is a rejection, with a `TypeError`. */
  authenticate(request: GuardRequest): Promise<Authentication<A>>;
  authenticate<const N extends Need>(request: GuardRequest, need: N): Promise<Authentication<AuthFor<A, N>>>;

  /**
   * The same guard with a need that all its routes have. Needs add up: what a router asks for and what a handler asks for.
   *
   * @throws TypeError for an impossible need.
   */
  with<const N extends Need>(need: N): Guard<AuthFor<A, N>>;

  /**
   * Answers requests for the metadata of the resource (RFC 9728). `undefined`: this is none.
   *
   * @throws TypeError in browsers before the core is loaded: `await guard.ready()` loads it.
   */
  metadataResponse(request: GuardRequest): GlobalResponse | undefined;

  /**
   * Whether keys can be had: for readiness probes. It loads them. Of several verifiers one is enough, and with a function it
   * is always true.
   */
  ready(): Promise<boolean>;
}

/** `Auth`, or `undefined` too where both the outer and this need are optional. */
export type AuthFor<A, N extends Need> = "optional" extends keyof N
  ? true extends N["optional"]
    ? A | undefined
    : NonNullable<A>
  : NonNullable<A>;
