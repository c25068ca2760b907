import type { ServerMetadata } from "../jwks/metadata.js";

/** A code verifier and its challenge (RFC 7636, S256). */
export interface PkcePair {
  readonly codeVerifier: string;
  readonly codeChallenge: string;
  readonly codeChallengeMethod: "S256";
}

/** Options of {@link createAuthorizationRequest}. */
export interface AuthorizationRequestOptions {
  /** What {@link discover} gave, or as much of it by hand. Both endpoints must be there. */
  readonly server: ServerMetadata;
  readonly clientId: string;
  /**
   * Where the server sends the browser back to, exactly as it is registered: https, http on loopback, or an app's own scheme
   * (`com.example.app:/callback`), without a fragment.
   */
  readonly redirectUri: string;
  /** Scopes, separated by spaces. With `openid` among them an ID token comes too, bound to this request by a nonce. */
  readonly scope?: string;
  /**
   * How the response comes back: in the query of the redirect URI (the default), or as a form that the browser posts there,
   * as Apple does for the scopes `name` and `email`. A form that another site posts comes with no cookie but those of
   * `SameSite=None`.
   */
  readonly responseMode?: "query" | "form_post";
  /**
   * Further parameters, e.g. `{ prompt: "login" }`. Those that this library sets cannot be overridden. Only `resource` may
   * have several values (RFC 8707).
   */
  readonly params?: Readonly<Record<string, string | readonly string[]>>;
}

/** What has to be remembered, for this browser alone, between the request and its response. Plain data: it survives JSON. */
export interface Transaction {
  readonly issuer: string;
  readonly clientId: string;
  readonly redirectUri: string;
  readonly tokenEndpoint: string;
  readonly state: string;
  /** For the ID token, where the scope `openid` asked for one. */
  readonly nonce?: string;
  readonly codeVerifier: string;
  /** Whether the server promises to name itself in its response (RFC 9207). */
  readonly requireIssuer: boolean;
  /** Seconds since 1970. */
  readonly expiresAt: number;
  /** The greatest time since the user signed in, in seconds, where one was asked for. */
  readonly maxAge?: number;
  /** The resources that were asked for, which the token request names again (RFC 8707 §2.2). */
  readonly resource?: readonly string[];
}

/** A transaction that an ID token comes of. */
export interface OpenIdTransaction extends Transaction {
  readonly nonce: string;
}

/** An authorization request that is ready to be sent. */
export interface AuthorizationRequest<T extends Transaction = Transaction> {
  /** Where to send the browser. */
  readonly url: string;
  readonly transaction: T;
}

/** How a confidential client shows who it is (RFC 6749 §2.3.1). */
export interface ClientAuthentication {
  readonly method: "client_secret_basic" | "client_secret_post";
  readonly secret: string;
}

/** Options of {@link createTokenRequest}. */
export interface TokenRequestOptions {
  readonly transaction: Transaction;
  /** The code that {@link parseAuthorizationResponse} gave. */
  readonly code: string;
  /** Absent for a public client. */
  readonly clientAuthentication?: ClientAuthentication;
}

/** A token request for `fetch(url, { method, headers, body })`. */
export interface TokenRequest {
  readonly url: string;
  readonly method: "POST";
  readonly headers: Record<string, string>;
  readonly body: string;
}

/** Options of {@link parseTokenResponse}. */
export interface TokenResponseOptions {
  /**
   * That of the sign-in. If its scope had `openid`, the response must have an ID token (OpenID Connect Core 3.1.3.3), and
   * need not have an access token.
   */
  readonly transaction?: Transaction;
  /**
   * Reads a response without `token_type` (Twitch's) as if it said `Bearer`. RFC 6749 §5.1 has it mandatory: for servers
   * that you know to give out nothing else.
   */
  readonly missingTokenTypeIsBearer?: boolean;
}

interface TokenResponseMembers {
  /** `Bearer`, in upper or lower case as the server writes it. */
  readonly token_type: string;
  /** Seconds. Digits that came in a string are a number here. */
  readonly expires_in?: number;
  readonly refresh_token?: string;
  /** Separated by spaces. An array that came is such a string here. */
  readonly scope?: string;
  /** Whatever else the server sent, as it came. */
  readonly [member: string]: unknown;
}

/** A successful token response (RFC 6749 §5.1). What the server sent as `null` is not there. */
export interface TokenResponse extends TokenResponseMembers {
  readonly access_token: string;
  readonly id_token?: string;
}

/** A successful token response to a sign-in with the scope `openid` (OpenID Connect Core 3.1.3.3). */
export interface OpenIdTokenResponse extends TokenResponseMembers {
  /** Verify it before you believe it. */
  readonly id_token: string;
  /** Some servers send none where no API was asked for. */
  readonly access_token?: string;
}
