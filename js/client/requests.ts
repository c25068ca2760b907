import type { Core } from "../core/core.js";
import { CountersignError } from "../errors.js";
import type { ServerMetadata } from "../jwks/metadata.js";
import type {
  AuthorizationRequest,
  ClientAuthentication,
  OpenIdTokenResponse,
  PkcePair,
  TokenRequest,
  TokenResponse,
  Transaction,
} from "./types.js";
import {
  count,
  flag,
  guarded,
  mandatory,
  oneOf,
  optional,
  readOptions,
  someTexts,
  text,
  texts,
  type Reader,
} from "../options/readers.js";
import { isWellFormed } from "../options/text.js";

/** The longest token response and the longest authorization response that are handed to the core, in characters. */
const MAX_TOKEN_RESPONSE = 262_144;
const MAX_AUTHORIZATION_RESPONSE = 65_536;
/** The most parameters that an authorization response is searched for. It has six at most. */
const MAX_PARAMETERS = 1000;

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

/** Pairs, because the names are the caller's. */
const parameters: Reader<readonly (readonly [string, string])[]> = (value, label) => {
  const entries = guarded(label, () =>
    typeof value === "object" && value !== null ? Object.entries(value) : undefined,
  );
  if (entries === undefined) throw new TypeError(`${label} must be an object of strings, e.g. { prompt: "login" }`);
  return entries.flatMap(([name, parameter]) => {
    const part = `${label}, "${name.slice(0, 40)}",`;
    const values = typeof parameter === "object" ? someTexts(parameter, part) : [text(parameter, part)];
    return values.map((one) => [name, one] as const);
  });
};

const transaction: Reader<Transaction> = (value) =>
  readOptions<Transaction>(
    "the transaction that createAuthorizationRequest returned",
    value,
    {
      issuer: text,
      clientId: text,
      redirectUri: text,
      tokenEndpoint: text,
      state: text,
      nonce: optional(text),
      codeVerifier: text,
      requireIssuer: flag,
      expiresAt: count("seconds", 0),
    },
    true,
  );

const clientAuthentication: Reader<ClientAuthentication> = (value, label) =>
  readOptions<ClientAuthentication>(label, value, {
    method: oneOf("client_secret_basic", "client_secret_post"),
    secret: text,
  });

export function createPkcePair(core: Core): PkcePair {
  return JSON.parse(core.run((glue) => glue.createPkcePair())) as PkcePair;
}

export function createAuthorizationRequest(core: Core, options: unknown): AuthorizationRequest {
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
 * What came, as one text: strings as they are, and parameters that were taken apart in a form again. Those begin with `?`,
 * so that no name in them is taken for the scheme of a URL.
 */
function authorizationResponse(given: unknown): string {
  if (typeof given === "string") return wellFormed(given);
  const where = "parseAuthorizationResponse: the response";
  const pairs = guarded(where, () => copyPairs(given));
  if (pairs === undefined) {
    throw new TypeError(
      `${where} must be the URL, or its query or the form that was posted: a string, URLSearchParams or FormData`,
    );
  }
  let length = 0;
  for (const [name, value] of pairs) {
    if (typeof value !== "string") throw malformed(); // A file.
    length += name.length + value.length;
  }
  if (pairs.length > MAX_PARAMETERS || length > MAX_AUTHORIZATION_RESPONSE) throw malformed();
  const form = pairs.map((pair) => pair.map((part) => encodeURIComponent(wellFormed(part as string))).join("="));
  return `?${form.join("&")}`;
}

function wellFormed(response: string): string {
  if (response.length > MAX_AUTHORIZATION_RESPONSE || !isWellFormed(response)) throw malformed();
  return response;
}

const malformed = (): CountersignError =>
  new CountersignError(
    "authorization_response_invalid",
    400,
    "the authorization response is too long, malformed, or has a file in it",
  );

/** Names and values, as `URLSearchParams` and `FormData` give them, of any realm. */
function copyPairs(given: unknown): [name: string, value: unknown][] | undefined {
  if (typeof given !== "object" || given === null || !(Symbol.iterator in given)) return undefined;
  const copy: [string, unknown][] = [];
  for (const pair of given as Iterable<unknown>) {
    if (!Array.isArray(pair)) return undefined;
    const [name, value] = pair as unknown[];
    if (typeof name !== "string") return undefined;
    copy.push([name, value]);
    if (copy.length > MAX_PARAMETERS) break;
  }
  return copy;
}

export function parseAuthorizationResponse(core: Core, given: unknown, remembered: unknown): { code: string } {
  const json = JSON.stringify(transaction(remembered, ""));
  const response = authorizationResponse(given);
  return JSON.parse(core.run((glue) => glue.parseAuthorizationResponse(response, json, seconds()))) as {
    code: string;
  };
}

export function createTokenRequest(core: Core, options: unknown): TokenRequest {
  const read = readOptions("createTokenRequest", options, {
    transaction,
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

export function parseTokenResponse(
  core: Core,
  status: unknown,
  body: unknown,
  options: unknown = {},
): TokenResponse | OpenIdTokenResponse {
  const httpStatus = count("HTTP status", 100, 599)(status, "parseTokenResponse: the status");
  if (typeof body !== "string") throw new TypeError("parseTokenResponse: the body must be a string");
  const json = JSON.stringify(
    readOptions("parseTokenResponse", options, {
      transaction: optional(transaction),
      missingTokenTypeIsBearer: optional(flag),
    }),
  );
  if (body.length > MAX_TOKEN_RESPONSE)
    throw new CountersignError("response_too_large", 503, "the token response is too large");
  if (!isWellFormed(body)) throw new CountersignError("token_response_invalid", 502, "the token response is not UTF-8");
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
