import type { Fetch, ResponseParameters } from "../fetch.js";
import type { ServerMetadata } from "../jwks/metadata.js";
import type { Algorithm, SharedSecretAlgorithm, UnverifiedClaims } from "../token.js";
import type { ClientAuthentication, Transaction } from "./types.js";

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
      readonly key: object;
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
  /** The scopes that are asked for where nothing else is said, separated by spaces. Default: `openid`. */
  readonly scope?: string;
  /** Audiences that ID tokens may have beside the client (OpenID Connect Core §3.1.3.7, step 3), as Zitadel's have. */
  readonly trustedAudiences?: readonly string[];
  /** The algorithm of ID tokens that the client is registered for. Default: what the server's keys are made for. */
  readonly idTokenAlgorithm?: Algorithm;
  /** Stands in for the global `fetch`, for everything that the client asks the server. */
  readonly fetch?: Fetch;
}

/** What one authorization request asks for. */
export interface AuthorizationParams {
  /** Scopes, separated by spaces. Default: those of the client. */
  readonly scope?: string;
  /** Another redirect URI than the client's. */
  readonly redirectUri?: string;
  /** How the response comes back. Default: in the query. */
  readonly responseMode?: "query" | "form_post";
  /** The greatest time since the user signed in, in seconds (OpenID Connect Core §3.1.2.1). The ID token is checked for it. */
  readonly maxAge?: number;
  /** Other parameters, e.g. `{ prompt: "login" }`. Only `resource` may have several values (RFC 8707). */
  readonly params?: Readonly<Record<string, string | readonly string[]>>;
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
  /** The claims of the ID token, which is verified. */
  readonly claims?: IdTokenClaims;
}

/** Parameters of {@link Client.logoutUrl}. */
export interface LogoutParams {
  /** The ID token of the session, so that the server need not ask. */
  readonly idToken?: string;
  /** Where the browser comes back to, as it is registered. */
  readonly postLogoutRedirectUri?: string;
  /** What comes back with the browser. Default: a random text, if it comes back at all. */
  readonly state?: string;
  /** Whom the sign-out is about, where there is no ID token. */
  readonly logoutHint?: string;
}

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
  refresh(tokens: Tokens | string, params?: { readonly scope?: string }): Promise<Tokens>;

  /**
   * The address to send the browser to for signing out at the server (RP-Initiated Logout §2). `undefined`: the server
   * has none.
   */
  logoutUrl(params?: LogoutParams): Promise<string | undefined>;
}
