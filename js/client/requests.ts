import { responseTooLarge, tokenResponseInvalid } from "../errors.js";
import type { ResponseParameters } from "../fetch.js";
import type { ServerMetadata } from "../jwks/metadata.js";
import { core } from "./runtime.js";
import type {
  AuthorizationRequest,
  AuthorizationRequestOptions,
  ClientAuthentication,
  OpenIdTokenResponse,
  OpenIdTransaction,
  PkcePair,
  TokenRequest,
  TokenRequestOptions,
  TokenResponse,
  TokenResponseOptions,
  Transaction,
} from "./types.js";
import { count, flag, mandatory, oneOf, optional, readOptions, text, texts, type Reader } from "../options/readers.js";
import { isWellFormed } from "../options/text.js";
import { authorizationResponse } from "./authorization-response.js";
import { parameters, readTransaction } from "./response.js";

/** The longest token response that is handed to the core, in characters. */
const MAX_TOKEN_RESPONSE = 262_144;

/** Servers write `null` for what they do not have. */
const member =
  <T>(read: Reader<T>): Reader<T> =>
  (value, label) =>
    read(value === null ? undefined : value, label);

/** Metadata has many more members than these. */
type Server = Omit<ServerMetadata, "jwks_uri">;

const server: Reader<Server> = (value, label) =>
  readOptions<Server>(
    label,
    value,
    {
      issuer: member(mandatory(text, "https://tenant.example/")),
      authorization_endpoint: member(mandatory(text, "https://tenant.example/authorize")),
      token_endpoint: member(mandatory(text, "https://tenant.example/token")),
      code_challenge_methods_supported: member(optional(texts)),
      authorization_response_iss_parameter_supported: member(optional(flag)),
    },
    true,
  );

const clientAuthentication: Reader<ClientAuthentication> = (value, label) =>
  readOptions<ClientAuthentication>(label, value, {
    method: oneOf("client_secret_basic", "client_secret_post"),
    secret: text,
  });

/**
 * A fresh code verifier of 256 random bits, and its S256 challenge (RFC 7636 §4).
 *
 * {@link createAuthorizationRequest} makes its own.
 */
export function createPkcePair(): PkcePair {
  return JSON.parse(core.run((glue) => glue.createPkcePair())) as PkcePair;
}

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
export function createAuthorizationRequest(
  options: AuthorizationRequestOptions & { readonly scope: `${string}openid${string}` },
): AuthorizationRequest<OpenIdTransaction>;
export function createAuthorizationRequest(options: AuthorizationRequestOptions): AuthorizationRequest;
export function createAuthorizationRequest(options: AuthorizationRequestOptions): AuthorizationRequest {
  const read = readOptions("createAuthorizationRequest", options, {
    server,
    clientId: mandatory(text, "my-client"),
    redirectUri: mandatory(text, "https://app.example/callback"),
    scope: optional(text),
    responseMode: optional(oneOf("query", "form_post")),
    params: optional(parameters),
  });
  const json = JSON.stringify(read);
  return JSON.parse(core.run((glue) => glue.createAuthorizationRequest(json, seconds()))) as AuthorizationRequest;
}

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
export function parseAuthorizationResponse(
  response: string | ResponseParameters,
  transaction: Transaction,
): { code: string } {
  const json = JSON.stringify(readTransaction(transaction, ""));
  const text = authorizationResponse(response, "parseAuthorizationResponse: the response");
  return JSON.parse(core.run((glue) => glue.parseAuthorizationResponse(text, json, seconds()))) as {
    code: string;
  };
}

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
export function createTokenRequest(options: TokenRequestOptions): TokenRequest {
  const read = readOptions("createTokenRequest", options, {
    transaction: readTransaction,
    code: text,
    clientAuthentication: optional(clientAuthentication),
  });
  const json = JSON.stringify(read);
  const { headers, ...request } = JSON.parse(core.run((glue) => glue.createTokenRequest(json))) as Omit<
    TokenRequest,
    "headers"
  > & { headers: [name: string, value: string][] };
  return { ...request, headers: Object.fromEntries(headers) };
}

/**
 * Reads a token response (RFC 6749 §5).
 *
 * @param status The response's HTTP status: 200 or 201, unless it is an error.
 * @returns What the server sent, with `expires_in` as a number and `scope` as a string, however they came.
 * @throws CountersignError `token_endpoint_error` with what the server answered, `token_response_invalid`,
 *   `response_too_large`.
 */
export function parseTokenResponse(
  status: number,
  body: string,
  options?: TokenResponseOptions & { readonly transaction?: never },
): TokenResponse;
export function parseTokenResponse(
  status: number,
  body: string,
  options: TokenResponseOptions & { readonly transaction: OpenIdTransaction },
): OpenIdTokenResponse;
export function parseTokenResponse(
  status: number,
  body: string,
  options: TokenResponseOptions,
): TokenResponse | OpenIdTokenResponse;
export function parseTokenResponse(
  status: number,
  body: string,
  options: TokenResponseOptions = {},
): TokenResponse | OpenIdTokenResponse {
  const httpStatus = count("HTTP status", 100, 599)(status, "parseTokenResponse: the status");
  if (typeof body !== "string") throw new TypeError("parseTokenResponse: the body must be a string");
  const json = JSON.stringify(
    readOptions("parseTokenResponse", options, {
      transaction: optional(readTransaction),
      missingTokenTypeIsBearer: optional(flag),
    }),
  );
  if (body.length > MAX_TOKEN_RESPONSE) throw responseTooLarge("the token response is too large");
  if (!isWellFormed(body)) throw tokenResponseInvalid("the token response is not UTF-8");
  const { sent, read } = JSON.parse(core.run((glue) => glue.parseTokenResponse(httpStatus, body, json))) as {
    sent: Record<string, unknown>;
    read: TokenResponse;
  };
  const response: Record<string, unknown> = { ...sent, ...read };
  for (const name of ["access_token", "id_token", "refresh_token", "scope", "expires_in"]) {
    if (response[name] === null) Reflect.deleteProperty(response, name);
  }
  return response as unknown as TokenResponse;
}

const seconds = (): number => Math.floor(Date.now() / 1000);
