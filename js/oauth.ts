import type { Core } from "./core.js";
import { CountersignError } from "./errors.js";
import type {
  AuthorizationRequest,
  ClientAuthentication,
  PkcePair,
  ServerMetadata,
  TokenRequest,
  TokenResponse,
  Transaction,
} from "./oauth-types.js";
import { count, guarded, mandatory, oneOf, optional, readOptions, text, texts, type Reader } from "./options.js";
import { isWellFormed } from "./text.js";

/** The longest token response and the longest callback URL that are handed to the core, in characters. */
const MAX_RESPONSE = 262_144;
const MAX_CALLBACK = 65_536;

const flag: Reader<boolean> = (value, label) => {
  if (typeof value !== "boolean") throw new TypeError(`${label} must be true or false`);
  return value;
};

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
  return entries.map(([name, parameter]) => [name, text(parameter, `${label}, "${name.slice(0, 40)}",`)] as const);
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
    params: optional(parameters),
  });
  const json = JSON.stringify(read);
  return JSON.parse(core.run((glue) => glue.createAuthorizationRequest(json, seconds()))) as AuthorizationRequest;
}

export function parseAuthorizationResponse(core: Core, callbackUrl: unknown, given: unknown): { code: string } {
  const read = transaction(given, "");
  if (typeof callbackUrl !== "string")
    throw new TypeError("parseAuthorizationResponse: the callback URL must be a string");
  if (callbackUrl.length > MAX_CALLBACK || !isWellFormed(callbackUrl)) {
    throw new CountersignError("authorization_response_invalid", 400, "the callback URL is too long or malformed");
  }
  const json = JSON.stringify(read);
  return JSON.parse(core.run((glue) => glue.parseAuthorizationResponse(callbackUrl, json, seconds()))) as {
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

export function parseTokenResponse(core: Core, status: unknown, body: unknown): TokenResponse {
  const read = count("HTTP status", 100, 599)(status, "parseTokenResponse: the status");
  if (typeof body !== "string") throw new TypeError("parseTokenResponse: the body must be a string");
  if (body.length > MAX_RESPONSE)
    throw new CountersignError("response_too_large", 503, "the token response is too large");
  if (!isWellFormed(body)) throw new CountersignError("token_response_invalid", 502, "the token response is not UTF-8");
  return JSON.parse(core.run((glue) => glue.parseTokenResponse(read, body))) as TokenResponse;
}

const seconds = (): number => Math.floor(Date.now() / 1000);
