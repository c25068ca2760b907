import {
  count,
  flag,
  guarded,
  mandatory,
  oneOf,
  optional,
  readOptions,
  text,
  texts,
  type Reader,
} from "../options/readers.js";
import { withoutPrototype } from "../options/own.js";
import type {
  AuthorizationParams,
  DocumentParams,
  LogoutParams,
  Parameters,
  ProofRequest,
  RefreshParams,
} from "./client-types.js";
import type { ProviderData } from "./provider-types.js";
import { parameters } from "./response.js";

type Read<R> = { [Name in keyof R]: R[Name] extends Reader<infer T> ? T : never };

/** Scopes, separated by spaces. The empty text asks for none (RFC 6749 §3.3), as presets of some providers do. */
export const scopes: Reader<string> = (value, label) => (value === "" ? "" : text(value, label));

const AUTHORIZATION = {
  scope: optional(scopes),
  redirectUri: optional(text),
  responseMode: optional(oneOf<"query" | "form_post">("query", "form_post")),
  maxAge: optional(count("seconds", 0)),
  params: optional(parameters),
};

/** The parameters of an authorization request, as JSON. */
export function readAuthorizationParams(
  params: AuthorizationParams,
  { scope, provider }: { readonly scope: string; readonly provider: ProviderData | undefined },
): string {
  const read = readOptions<Read<typeof AUTHORIZATION>>("authorize", params, AUTHORIZATION);
  const given = read.params ?? [];
  const wanted = Object.entries(provider?.params ?? {}).filter(([name]) => !given.some(([other]) => other === name));
  return JSON.stringify(
    withoutPrototype({
      ...read,
      scope: (read.scope ?? scope) || undefined,
      responseMode: read.responseMode ?? provider?.responseMode,
      params: [...wanted, ...given],
    }),
  );
}

const LOGOUT = {
  idToken: optional(text),
  postLogoutRedirectUri: optional(text),
  state: optional(text),
  logoutHint: optional(text),
};

export function readLogoutParams(params: LogoutParams): string {
  const { logoutHint, ...read } = readOptions<Read<typeof LOGOUT>>("logoutUrl", params, LOGOUT);
  return JSON.stringify(
    withoutPrototype({ ...read, params: logoutHint === undefined ? [] : [["logout_hint", logoutHint]] }),
  );
}

const TOKENS = {
  refreshToken: mandatory(text, "the refresh token"),
  idToken: optional(text),
  // Servers that granted none say so with an empty one.
  scope: (value: unknown, label: string) => (value === "" ? undefined : optional(text)(value, label)),
  subject: optional(text),
  claims: optional((value: unknown, label: string) =>
    guarded(label, () => JSON.stringify(value) as string | undefined),
  ),
};

/** The tokens that are to be refreshed, as JSON. */
export function readRefreshed(tokens: unknown): string {
  const given = typeof tokens === "string" ? { refreshToken: tokens } : tokens;
  return JSON.stringify(readOptions<Read<typeof TOKENS>>("refresh: the tokens", given, TOKENS, true));
}

const REFRESH = { scope: optional(text), resource: optional(text) };

export const readRefreshParams = (params: RefreshParams): { scope: string | undefined; resource: string | undefined } =>
  readOptions<Read<typeof REFRESH>>("refresh", params, REFRESH);

const address: Reader<string> = (value, label) => {
  const url = text(value, label);
  if (!URL.canParse(url)) throw new TypeError(`${label} must be an address, e.g. "https://api.example/notes"`);
  return url;
};

const PROOF = {
  method: mandatory(text, "GET"),
  url: mandatory(address, "https://api.example/notes"),
  nonce: optional(text),
};

export const readProofRequest = (request: ProofRequest): { method: string; url: string; nonce: string | undefined } =>
  readOptions<Read<typeof PROOF>>("proof: the request", request, PROOF);

/** Parameters of a grant, as JSON. */
export const readGrantParams = (params: Parameters): string =>
  JSON.stringify(withoutPrototype({ params: parameters(params, "grant: the parameters") }));

const DEVICE = {
  scope: optional(scopes),
  params: optional(parameters),
  signal: optional<AbortSignal>((value, label) => {
    if (typeof value !== "object" || value === null || !("aborted" in value)) {
      throw new TypeError(`${label} must be an AbortSignal`);
    }
    return value as AbortSignal;
  }),
};

export function readDeviceParams(params: object): {
  scope: string | undefined;
  json: string;
  signal: AbortSignal | undefined;
} {
  const { scope, params: more, signal } = readOptions<Read<typeof DEVICE>>("device", params, DEVICE);
  return { scope, json: JSON.stringify(withoutPrototype({ params: more ?? [] })), signal };
}

const DOCUMENT = {
  clientName: optional(text),
  clientUri: optional(text),
  redirectUris: optional(texts),
  jwksUri: optional(text),
  scope: optional(text),
};

export function readDocumentParams(params: DocumentParams, dpopBoundAccessTokens: boolean): string {
  const read = readOptions<Read<typeof DOCUMENT>>("metadataDocument", params, DOCUMENT);
  return JSON.stringify(withoutPrototype({ ...read, dpopBoundAccessTokens }));
}

/** The kind of token, or nothing. */
export const readHint = (hint: unknown, where: string): string | undefined =>
  optional(oneOf("access_token", "refresh_token"))(hint, `${where}: the hint`);

/** A header field carries it (RFC 6749 appendix A.12): what else is in it, a host's own error would repeat. */
export const accessToken: Reader<string> = (value, label) => {
  if (/^[\x20-\x7e]+$/.test(text(value, label))) return value as string;
  throw new TypeError(`${label} has characters that no access token has`);
};

/** An access token, and how it is presented. */
export interface Bearer {
  readonly accessToken: string;
  readonly tokenType: "Bearer" | "DPoP";
}

export function readBearer(tokens: unknown): Bearer {
  const { accessToken: token, tokenType = "Bearer" } = readOptions<{
    accessToken: string;
    tokenType: Bearer["tokenType"] | undefined;
  }>(
    "fetch: the tokens",
    tokens,
    { accessToken: mandatory(accessToken, "the access token"), tokenType: optional(oneOf("Bearer", "DPoP")) },
    true,
  );
  return { accessToken: token, tokenType };
}

/** The tokens of a provider without ID tokens. */
export const readProviderTokens = (tokens: unknown): { accessToken: string; subject: string | undefined } =>
  readOptions<{ accessToken: string; subject: string | undefined }>(
    "userinfo: the tokens",
    tokens,
    { accessToken: mandatory(accessToken, "the access token"), subject: optional(text) },
    true,
  );

/** Those of `introspect`. */
export const readIntrospectionParams = (params: unknown): { readonly signed: boolean | undefined } =>
  readOptions("introspect", params, { signed: optional(flag) });
