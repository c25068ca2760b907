import type { Fetch } from "../fetch.js";

/** How keys are fetched. */
export interface RemoteSource {
  /**
   * Hosts that may be asked over plain http, in development: `"keycloak"` for all of its ports, or
   * `"host.docker.internal:8080"` for that one. Default: none but loopback.
   *
   * The cost: whoever is on the way to them can put keys of their own in place of the issuer's, and sign any token.
   *
   * @example
   * ```ts
   * createVerifier({
   *   issuer: "http://keycloak:8080/realms/demo",
   *   audience: "https://api.example",
   *   allowInsecureHosts: ["keycloak:8080"],
   * });
   * ```
   */
  readonly allowInsecureHosts?: readonly [string, ...string[]];
  /** Stands in for the global `fetch`. */
  readonly fetch?: Fetch;
}

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
 * Options of {@link discover}. {@link createAuthorizationRequest} takes endpoints with https or on loopback alone.
 *
 * @example Keycloak in development, whose metadata this server finds at another address than browsers do
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
