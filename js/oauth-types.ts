import type { RemoteSource } from "./types.js";

/** The metadata of an authorization server (RFC 8414, OpenID Connect Discovery 1.0), with the members that are used here. */
export interface ServerMetadata {
  readonly issuer: string;
  readonly jwks_uri?: string;
  readonly authorization_endpoint?: string;
  readonly token_endpoint?: string;
  readonly code_challenge_methods_supported?: readonly string[];
  readonly authorization_response_iss_parameter_supported?: boolean;
  readonly [member: string]: unknown;
}

/**
 * Options of {@link discover}.
 *
 * @example Keycloak in development, by the address that this server has for it
 * ```ts
 * const server = await discover("http://localhost:8080/realms/demo", {
 *   metadataUri: "http://keycloak:8080/realms/demo/.well-known/openid-configuration",
 *   allowInsecureHosts: ["keycloak:8080"],
 * });
 * ```
 */
export interface DiscoveryOptions extends RemoteSource {
  /** Where the metadata is, if not at the issuer. It must still say the issuer, exactly. */
  readonly metadataUri?: string;
}

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
  /** Where the server sends the browser back to, as it is registered. */
  readonly redirectUri: string;
  /** Scopes, separated by spaces. With `openid` among them an ID token comes too, bound to this request by a nonce. */
  readonly scope?: string;
  /** Further parameters, e.g. `{ prompt: "login" }`. Those that this library sets cannot be overridden. */
  readonly params?: Readonly<Record<string, string>>;
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

/** A successful token response (RFC 6749 §5.1, OpenID Connect Core 3.1.3.3). */
export interface TokenResponse {
  readonly access_token: string;
  readonly token_type: string;
  /** Seconds. */
  readonly expires_in?: number;
  readonly refresh_token?: string;
  readonly scope?: string;
  readonly id_token?: string;
  readonly [member: string]: unknown;
}
