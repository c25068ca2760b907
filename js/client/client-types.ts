import type { AbortSignalLike, Fetch, GlobalFetch, ResponseParameters } from "../fetch.js";
import type { ServerMetadata } from "../jwks/metadata.js";
import type { Algorithm, SharedSecretAlgorithm, UnverifiedClaims } from "../token.js";
import type { DecryptionKey } from "./decryption-types.js";
import type { ProviderData } from "./provider-types.js";
import type { ClientAuthentication, Transaction } from "./types.js";

/** A `CryptoKey` of WebCrypto. */
export interface CryptoKeyLike {
  readonly type: string;
  readonly extractable: boolean;
  readonly algorithm: object;
  readonly usages: readonly string[];
}

/** A `CryptoKeyPair` of WebCrypto. */
export interface CryptoKeyPairLike {
  readonly privateKey: CryptoKeyLike;
  readonly publicKey: CryptoKeyLike;
}

/** A private key as RFC 7517 writes it. */
export interface PrivateJwk {
  readonly kty: string;
  readonly d: string;
  readonly [member: string]: unknown;
}

/** Where keys of WebCrypto stay, as they are. A store that copies by structured clone has keys that nobody can read. */
export interface DpopKeyStore {
  get(name: string): Promise<CryptoKeyPairLike | undefined>;
  /** Takes the keys, unless there are some under that name. Answers those that there are then. */
  add(name: string, keys: CryptoKeyPairLike): Promise<CryptoKeyPairLike>;
}

/** The key that a client's tokens are bound to (RFC 9449). */
export interface DpopOptions {
  /**
   * A pair of keys for signing, of which the public one can be exported; or a private JWK, such as a server has among its
   * secrets. Default: a fresh pair for ES256.
   */
  readonly key?: CryptoKeyPairLike | PrivateJwk;
  /** Default: what the key is for. */
  readonly alg?: Algorithm;
  /** Where a fresh key stays. Default: in IndexedDB in pages, and in this process elsewhere, for as long as that lives. */
  readonly store?: DpopKeyStore;
}

/** How a client shows to the server who it is (RFC 6749 §2.3, OpenID Connect Core §9). */
export type ClientAuthenticationOptions =
  | ClientAuthentication
  | {
      /** An assertion with a tag that the secret makes. */
      readonly method: "client_secret_jwt";
      /** As long as the output of the hash at least: 32 bytes for HS256. */
      readonly secret: string;
      /** Default: HS256. */
      readonly alg?: SharedSecretAlgorithm;
    }
  | {
      /** An assertion that the client's private key signs. */
      readonly method: "private_key_jwt";
      /** A private key for signing: a `CryptoKey` of WebCrypto, or a JWK. */
      readonly key: CryptoKeyLike | PrivateJwk;
      /** Default: what the key is for. */
      readonly alg?: Algorithm;
      /** The name of the key in the key set that the server knows. Default: that of the JWK. */
      readonly kid?: string;
    }
  | {
      /** A certificate, which `fetch` presents (RFC 8705 §2). */
      readonly method: "tls_client_auth";
    };

/** Options of {@link createClient}. */
export interface ClientOptions {
  /** The issuer, exactly as its metadata has it. The metadata is fetched at first use. */
  readonly issuer?: string;
  /** The metadata, in place of `issuer`: then none is fetched. */
  readonly metadata?: ServerMetadata;
  /** The client's ID at the server. */
  readonly clientId: string;
  /** How the client authenticates itself. Default: not at all, as a public client. */
  readonly clientAuthentication?: ClientAuthenticationOptions;
  /** Where the server sends the browser back to, exactly as it is registered. Clients without users need none. */
  readonly redirectUri?: string;
  /**
   * The scopes that are asked for where nothing else is said, separated by spaces. Default: `openid`. The empty text asks
   * for none, and leaves the choice to the server (RFC 6749 §3.3).
   */
  readonly scope?: string;
  /**
   * Whether authorization requests go to the server directly, so that the browser carries a reference to them alone
   * (RFC 9126). Default: where the server's metadata demands it.
   */
  readonly pushedAuthorizationRequests?: boolean;
  /** Audiences that ID tokens may have beside the client (OpenID Connect Core §3.1.3.7, step 3), as Zitadel's have. */
  readonly trustedAudiences?: readonly string[];
  /** The algorithm of ID tokens that the client is registered for. Default: what the server's keys are made for. */
  readonly idTokenAlgorithm?: Algorithm;
  /**
   * What is to be known of a server that departs from the standard: a preset of `countersign/presets/providers` has it. With
   * one, the default of `scope` is none.
   */
  readonly provider?: ProviderData;
  /**
   * The keys that ID tokens are encrypted for (RFC 7516), where the client is registered so; logout tokens are too then. Of the
   * tokens, `idToken` is the signed one inside. ID tokens and logout tokens that are not encrypted are refused, with
   * `token_type_unsupported`.
   */
  readonly decryptionKeys?: readonly DecryptionKey[];
  /**
   * With `decryptionKeys`: accepts ID tokens and logout tokens that are not encrypted too, of a server that sends both. What they say of the user
   * is then read by whoever carries them. Default `false`.
   */
  readonly acceptUnencryptedIdTokens?: boolean;
  /**
   * Binds tokens to a key (RFC 9449): `true` for a fresh one that nobody can read. Tokens that are not bound are refused. On a
   * server such a key ends with the process; tokens that outlive it, as those of sessions do, want the option's `key`.
   */
  readonly dpop?: true | DpopOptions;
  /** The origins that {@link Client.fetch} may send access tokens to. Default: none. */
  readonly allowedOrigins?: readonly string[];
  /** Stands in for the global `fetch`. */
  readonly fetch?: Fetch;
}

/** A text, or several of the same name. */
export type Parameters = Readonly<Record<string, string | readonly string[]>>;

/** What one authorization request asks for. */
export interface AuthorizationParams {
  /** Scopes, separated by spaces, or the empty text for the server's choice. Default: those of the client. */
  readonly scope?: string;
  /** Another redirect URI than the client's. */
  readonly redirectUri?: string;
  /** How the response comes back. Default: in the query. */
  readonly responseMode?: "query" | "form_post";
  /** The greatest time since the user signed in, in seconds (OpenID Connect Core §3.1.2.1). The ID token is checked for it. */
  readonly maxAge?: number;
  /** Other parameters, e.g. `{ prompt: "login" }`. Only `resource` may have several values (RFC 8707). */
  readonly params?: Parameters;
}

/** The claims of a verified ID token. */
export type IdTokenClaims = UnverifiedClaims & { readonly iss: string; readonly sub: string };

/** What a user has been given. Plain data: it survives JSON. */
export interface Tokens {
  readonly issuer: string;
  readonly accessToken?: string;
  readonly tokenType?: "Bearer" | "DPoP";
  /** When the access token expires, in seconds since 1970, by this host's clock. Absent: the server does not say. */
  readonly expiresAt?: number;
  readonly refreshToken?: string;
  readonly idToken?: string;
  /** The scopes that were granted, if the server says them: it need not where they are those that were asked for. */
  readonly scope?: string;
  /** What a token exchange has given (RFC 8693 §2.2.1). */
  readonly issuedTokenType?: string;
  /** Who the user is, where the token response of a provider without OpenID Connect says so. */
  readonly subject?: string;
  /** The claims of the ID token, which is verified. */
  readonly claims?: IdTokenClaims;
}

/** Parameters of {@link Client.refresh}. */
export interface RefreshParams {
  /** Fewer scopes than before, separated by spaces. */
  readonly scope?: string;
  /** The one that the access token is for, of those that the sign-in has named (RFC 8707 §2.2). */
  readonly resource?: string;
}

/** The request that a proof is for: {@link Client.proof}. */
export interface ProofRequest {
  readonly method: string;
  /** Its address. Query and fragment are no part of the proof. */
  readonly url: string;
  /** What the server has sent as `DPoP-Nonce`. Default: the newest that {@link Client.fetch} was sent by that server. */
  readonly nonce?: string;
}

/** Parameters of {@link Client.logoutUrl}. */
export interface LogoutParams {
  /** The ID token of the session, so that the server need not ask. */
  readonly idToken?: string;
  /** Where the browser comes back to, as it is registered. */
  readonly postLogoutRedirectUri?: string;
  /** What comes back with the browser, for you to compare. Default: nothing. */
  readonly state?: string;
  /** Whom the sign-out is about, where there is no ID token. */
  readonly logoutHint?: string;
}

/** What the server says of a user (OpenID Connect Core §5.1). */
export type UserClaims = UnverifiedClaims & { readonly sub: string };

/** The kind of token that a request is about (RFC 7009 §2.1). */
export type TokenTypeHint = "access_token" | "refresh_token";

/** What the server knows of a token (RFC 7662 §2.2). Of one that is not active, it says nothing else. */
export type TokenStatus = { readonly active: boolean } & UnverifiedClaims;

/** Parameters of {@link Client.introspect}. */
export interface IntrospectionParams {
  /** Asks for an answer that is signed (RFC 9701), and takes no other. Default `false`. */
  readonly signed?: boolean;
}

/** Parameters of {@link Client.device}. */
export interface DeviceParams {
  /** Scopes, separated by spaces, or the empty text for the server's choice. Default: those of the client. */
  readonly scope?: string;
  /** Other parameters, e.g. `{ resource: "https://api.example" }`. */
  readonly params?: Parameters;
  /** Ends the waiting. */
  readonly signal?: AbortSignalLike;
}

/** A sign-in on another device, as it goes on: first what to show the user, then the tokens. */
export type DeviceEvent =
  | {
      readonly type: "prompt";
      /** The code that the user enters. */
      readonly userCode: string;
      /** The address to go to. */
      readonly verificationUri: string;
      /** The same with the code in it, for a QR code. */
      readonly verificationUriComplete?: string;
      /** Seconds since 1970. */
      readonly expiresAt: number;
    }
  | { readonly type: "tokens"; readonly tokens: Tokens };

/** What a logout token says (Back-Channel Logout §2.4): which session, or whose sessions, to end. */
export interface LogoutToken {
  readonly issuer: string;
  /** The user. Without a session, all sessions of this user end. */
  readonly subject?: string;
  /** The session. */
  readonly sid?: string;
  /** A token counts once: remember this until `expiresAt`. */
  readonly jti: string;
  /** Seconds since 1970. Sessions that began later stay. */
  readonly issuedAt: number;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** What a client says of itself in its metadata document. */
export interface DocumentParams {
  /** The name that users are shown. */
  readonly clientName?: string;
  /** The client's home page. */
  readonly clientUri?: string;
  /** More redirect URIs than the client's own. */
  readonly redirectUris?: readonly string[];
  /** The address of the client's keys: mandatory with `private_key_jwt`. */
  readonly jwksUri?: string;
  /** The scopes that it may ask for, separated by spaces. */
  readonly scope?: string;
}

/** What `fetch` takes: an address, a `URL`, or a `Request`. */
export type ResourceTarget = string | { readonly href: string } | { readonly url: string };

/** What `fetch` takes beside the address. */
export type ResourceInit = GlobalFetch["init"];

/** A client of an authorization server, for all of its users. */
export interface Client {
  /** The client's ID at the server. */
  readonly clientId: string;

  /**
   * Begins a sign-in (RFC 6749 §4.1.1, RFC 9700) with PKCE, state and, for the scope `openid`, nonce. A server that wants
   * the request first gets it (RFC 9126).
   *
   * Keep the transaction for this browser alone until the response comes, ten minutes at most.
   */
  authorize(params?: AuthorizationParams): Promise<{ readonly url: string; readonly transaction: Transaction }>;

  /**
   * Ends a sign-in: from what the browser came back with to the tokens. An ID token is verified.
   *
   * @param response The URL, its query, or the form that was posted. Of a URL the query alone is looked at, since proxies
   *   change the rest.
   * @param transaction That of the sign-in, or all that this browser has under way. Delete it before.
   */
  callback(response: string | ResponseParameters, transaction: Transaction | readonly Transaction[]): Promise<Tokens>;

  /**
   * New tokens for a refresh token (RFC 6749 §6). What the answer lacks stays: refresh token, ID token and claims.
   *
   * Servers that rotate refresh tokens take each one once.
   */
  refresh(tokens: Tokens | string, params?: RefreshParams): Promise<Tokens>;

  /**
   * The address to send the browser to for signing out at the server (RP-Initiated Logout §2). `undefined`: the server
   * has none.
   */
  logoutUrl(params?: LogoutParams): Promise<string | undefined>;

  /**
   * Asks who the user is (OpenID Connect Core §5.3). The answer, signed or not, must be about the user of the ID token.
   * Tokens of another issuer are a TypeError, and go nowhere.
   */
  userinfo(tokens: Tokens): Promise<UserClaims>;

  /**
   * Revokes a token (RFC 7009). Of tokens it is the refresh token, which takes the others along, or else the access
   * token.
   */
  revoke(token: Tokens | string, hint?: TokenTypeHint): Promise<void>;

  /**
   * Asks the server what it knows of a token (RFC 7662). An answer that comes signed (RFC 9701) is verified: it is for this
   * client, of the last minute, and signed with a key of the server's.
   *
   * @throws CountersignError `introspection_invalid` (502) for a signed answer that does not hold, and with `signed` for one
   *   that is not signed.
   */
  introspect(token: string, hint?: TokenTypeHint, params?: IntrospectionParams): Promise<TokenStatus>;

  /**
   * Asks for tokens without a sign-in: `client_credentials` (RFC 6749 §4.4), token exchange (RFC 8693), or whatever else
   * the server grants tokens for.
   */
  grant(type: string, params?: Parameters): Promise<Tokens>;

  /** A sign-in on another device (RFC 8628). It waits as long as the server says, and as the codes are good. */
  device(params?: DeviceParams): AsyncIterableIterator<DeviceEvent>;

  /**
   * Verifies a logout token that the server has posted (Back-Channel Logout §2.6). Whether it came before is for your store to say.
   * With `decryptionKeys` it has to be encrypted, as ID tokens are.
   */
  verifyLogoutToken(token: string): Promise<LogoutToken>;

  /**
   * Makes a request with the access token, bound to the client's key where the token is. It goes to one of the
   * `allowedOrigins`, and follows no redirect. Tokens of another issuer than this client's are a TypeError.
   */
  fetch(target: ResourceTarget, init: ResourceInit | undefined, tokens: Tokens): Promise<GlobalFetch["response"]>;

  /**
   * A proof of possession for one request with a token that is bound to the client's key (RFC 9449 §4): the field `DPoP`,
   * beside `Authorization: DPoP` and the token. It is for what sends requests by itself, such as curl; `fetch` makes its own.
   */
  proof(request: ProofRequest, tokens: Tokens): Promise<string>;

  /**
   * The document to serve at the address that is the client's ID (draft-ietf-oauth-client-id-metadata-document).
   */
  metadataDocument(params?: DocumentParams): Record<string, unknown>;
}
