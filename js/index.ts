/**
 * Strict verification of JSON Web Tokens, and sign-in with OpenID Connect, by one core on every host.
 *
 * @module
 */

import type { InitSource } from "./core/init-source.js";
import type { ResponseParameters } from "./fetch.js";
import type {
  AuthorizationRequest,
  AuthorizationRequestOptions,
  OpenIdTokenResponse,
  OpenIdTransaction,
  PkcePair,
  TokenRequest,
  TokenRequestOptions,
  TokenResponse,
  TokenResponseOptions,
  Transaction,
} from "./client/types.js";
import type { DiscoveryOptions, ServerMetadata } from "./jwks/metadata.js";
import type { UnverifiedToken } from "./token.js";
import type {
  IdTokenVerifier,
  IdTokenVerifierOptions,
  Jwk,
  SharedSecretIdTokenVerifier,
  SharedSecretVerifier,
  SharedSecretVerifierOptions,
  Verifier,
  VerifierOptions,
} from "./verifier/types.js";

export { CountersignError } from "./errors.js";
export type { ErrorCode, ErrorDetails, KeysErrorCode, LoginErrorCode, TokenErrorCode } from "./errors.js";
export type { AbortSignalLike, Fetch, FetchBody, FetchInit, FetchResponse, ResponseParameters } from "./fetch.js";
export type { InitSource } from "./core/init-source.js";
export type { Engine } from "./engine/preference.js";
export type * from "./jwks/metadata.js";
export type * from "./token.js";
export type * from "./client/types.js";
export type * from "./verifier/types.js";

/**
 * Makes a verifier for the tokens of one issuer.
 *
 * The keys are the option `jwks`, or are fetched from `jwksUri`, or are found through the issuer's metadata (OpenID Connect
 * Discovery 1.0, RFC 8414), which may be at a `metadataUri`. They are fetched anew after ten minutes, and when a token names one that is not among them.
 *
 * @returns An `IdTokenVerifier` for the profile `"id-token"`, whose `verify` takes a nonce, else a `Verifier`.
 * @throws TypeError for options that are missing, unknown or impossible. The message says what to write instead. What only
 *   the core can tell (a malformed issuer, say) is a rejection of the first `verify` in browsers before `init`.
 * @throws CountersignError `jwks_invalid`, `key_invalid` or `key_unsuitable` for a `jwks` that is no key set, no key and no
 *   PEM, or has no key that can be used. Their status is 500 here, because the mistake is not that of whoever sends a token.
 *
 * @example
 * ```ts
 * const verifier = createVerifier({ issuer: "https://tenant.example/", audience: "https://api.example" });
 *
 * const { claims } = await verifier.verify(jwt);
 * ```
 */
export declare function createVerifier(options: IdTokenVerifierOptions): IdTokenVerifier;
export declare function createVerifier(options: VerifierOptions): Verifier;

/**
 * Makes a verifier for tokens that are authenticated with a secret (HS256, HS384, HS512).
 *
 * @throws TypeError for options that are missing, unknown or impossible.
 * @throws CountersignError `key_invalid` for a secret that is shorter than the hash (RFC 7518 §3.2), or that is a PEM or a
 *   JWK: somebody's public key, with which anybody could make tokens. Its status is 500 here.
 *
 * @example
 * ```ts
 * const verifier = createSharedSecretVerifier({
 *   secret: new TextEncoder().encode(process.env.JWT_SECRET), // Or Buffer.from(…, "base64"), if the issuer says so.
 *   algorithm: "HS256",
 *   issuer: "https://auth.example",
 *   audience: "https://api.example",
 * });
 * ```
 */
export declare function createSharedSecretVerifier(
  options: SharedSecretVerifierOptions & { readonly profile: "id-token" },
): SharedSecretIdTokenVerifier;
export declare function createSharedSecretVerifier(options: SharedSecretVerifierOptions): SharedSecretVerifier;

/**
 * Decodes a token **without verifying it**. Anybody can have written what this returns: decide nothing by it.
 *
 * Form, base64url and JSON are as strict as in verification (RFC 7515 §3.1).
 *
 * @throws CountersignError `token_malformed`, `token_too_large`, `token_type_unsupported`, `header_invalid`,
 *   `crit_unsupported`, `alg_not_allowed` for an algorithm that nobody here knows, `claim_invalid`.
 *
 * @example
 * ```ts
 * console.log("refused token says it is from", decodeUnverified(jwt).claims.iss);
 * ```
 */
export declare function decodeUnverified(jwt: string): UnverifiedToken;

/**
 * The SHA-256 thumbprint of a key, in base64url (RFC 7638).
 *
 * @throws CountersignError `key_invalid` for a key that is malformed, or of a type that has no thumbprint.
 *
 * @example
 * ```ts
 * thumbprint({ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
 * // "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k"
 * ```
 */
export declare function thumbprint(jwk: Jwk | string): string;

/**
 * A fresh code verifier of 256 random bits, and its S256 challenge (RFC 7636 §4).
 *
 * {@link createAuthorizationRequest} makes its own.
 */
export declare function createPkcePair(): PkcePair;

/**
 * Fetches and checks the metadata of an authorization server (OpenID Connect Discovery 1.0 §4, RFC 8414 §3).
 *
 * @param issuer As the server calls itself: its metadata must say exactly the same.
 * @param options Where the metadata is, if not at the issuer, and how to fetch it.
 * @returns A promise that rejects with a CountersignError `discovery_issuer_mismatch`, `discovery_invalid` (also where
 *   there is no metadata), `response_too_large` or `jwks_unavailable`.
 *
 * @example
 * ```ts
 * const server = await discover("https://tenant.example/");
 * ```
 */
export declare function discover(issuer: string, options?: DiscoveryOptions): Promise<ServerMetadata>;

/**
 * Makes the URL that starts a sign-in: authorization code flow, with PKCE, state and nonce (RFC 6749 §4.1.1, RFC 9700).
 *
 * Keep the transaction for this browser alone, out of reach of scripts if you can, until the response comes. It is good for
 * ten minutes.
 *
 * @throws TypeError for options that are missing, unknown or impossible, and for `params` that name a reserved parameter.
 * @throws CountersignError `pkce_unsupported` if the server says that it has no S256.
 *
 * @example
 * ```ts
 * const { url, transaction } = createAuthorizationRequest({
 *   server,
 *   clientId: "my-client",
 *   redirectUri: "https://app.example/callback",
 *   scope: "openid profile",
 * });
 * ```
 */
export declare function createAuthorizationRequest(
  options: AuthorizationRequestOptions & { readonly scope: `${string}openid${string}` },
): AuthorizationRequest<OpenIdTransaction>;
export declare function createAuthorizationRequest(options: AuthorizationRequestOptions): AuthorizationRequest;

/**
 * Reads the code from what the server sent the browser back with (RFC 6749 §4.1.2, RFC 9207).
 *
 * @param response The whole URL; or its query alone, behind a proxy that changes the URL; or the form that was posted
 *   (`response_mode=form_post`). Query and form as text, with or without `?`, or as `URLSearchParams` or `FormData`. A URL
 *   must be the redirect URI. Without one, it is your router that has looked at the address.
 * @throws CountersignError `state_mismatch`, `response_issuer_mismatch`, `authorization_response_invalid`,
 *   `transaction_expired`, or `authorization_error` with what the server answered instead of a code.
 * @throws TypeError for a transaction that is not one.
 *
 * @example
 * ```ts
 * const { code } = parseAuthorizationResponse(request.url, transaction);
 * ```
 *
 * @example
 * ```ts
 * const { code } = parseAuthorizationResponse(await request.formData(), transaction);
 * ```
 */
export declare function parseAuthorizationResponse(
  response: string | ResponseParameters,
  transaction: Transaction,
): { code: string };

/**
 * Makes the request that turns the code into tokens (RFC 6749 §4.1.3, RFC 7636 §4.5).
 *
 * @example
 * ```ts
 * const { url, ...init } = createTokenRequest({ transaction, code });
 * const response = await fetch(url, { ...init, redirect: "manual" });
 * const tokens = parseTokenResponse(response.status, await response.text(), { transaction });
 * await idTokens.verify(tokens.id_token, { nonce: transaction.nonce });
 * ```
 */
export declare function createTokenRequest(options: TokenRequestOptions): TokenRequest;

/**
 * Reads a token response (RFC 6749 §5).
 *
 * @param status The response's HTTP status: 200 or 201, unless it is an error.
 * @returns What the server sent, with `expires_in` as a number and `scope` as a string, however they came.
 * @throws CountersignError `token_endpoint_error` with what the server answered, `token_response_invalid`,
 *   `response_too_large`.
 */
export declare function parseTokenResponse(
  status: number,
  body: string,
  options?: TokenResponseOptions & { readonly transaction?: never },
): TokenResponse;
export declare function parseTokenResponse(
  status: number,
  body: string,
  options: TokenResponseOptions & { readonly transaction: OpenIdTransaction },
): OpenIdTokenResponse;
export declare function parseTokenResponse(
  status: number,
  body: string,
  options: TokenResponseOptions,
): TokenResponse | OpenIdTokenResponse;

/**
 * Loads the core now rather than at first use.
 *
 * Only two uses need it: `countersign/slim`, which has no core of its own to load, and synchronous functions in browsers,
 * which cannot wait.
 *
 * @param source The core, where the one of the package is not to be had: a module, its bytes, a response, or where to
 *   fetch it. Of no effect once the core is loaded.
 * @returns A promise that rejects with a CountersignError `core_unavailable` if the core cannot be fetched or compiled.
 *
 * @example
 * ```ts
 * await init(new URL("countersign/countersign.wasm", import.meta.url));
 * ```
 */
export declare function init(source?: InitSource): Promise<void>;
