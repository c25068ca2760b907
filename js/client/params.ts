import {
  count,
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
import type { AuthorizationParams, DocumentParams, LogoutParams, Parameters } from "./client-types.js";
import { parameters } from "./response.js";

type Read<R> = { [Name in keyof R]: R[Name] extends Reader<infer T> ? T : never };

/** Scopes, separated by spaces. The empty text leaves the choice to the server (RFC 6749 §3.3). */
export const scopes: Reader<string> = (value, label) => (value === "" ? "" : text(value, label));

const AUTHORIZATION = {
  scope: optional(scopes),
  redirectUri: optional(text),
  responseMode: optional(oneOf<"query" | "form_post">("query", "form_post")),
  maxAge: optional(count("seconds", 0)),
  params: optional(parameters),
};

/** The parameters of an authorization request, as JSON. */
export function readAuthorizationParams(params: AuthorizationParams, scope: string): string {
  const read = readOptions<Read<typeof AUTHORIZATION>>("authorize", params, AUTHORIZATION);
  return JSON.stringify(withoutPrototype({ ...read, scope: (read.scope ?? scope) || undefined }));
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
  scope: optional(text),
  claims: optional((value: unknown, label: string) =>
    guarded(label, () => JSON.stringify(value) as string | undefined),
  ),
};

/** The tokens that are to be refreshed, as JSON. */
export function readRefreshed(tokens: unknown): string {
  const given = typeof tokens === "string" ? { refreshToken: tokens } : tokens;
  return JSON.stringify(readOptions<Read<typeof TOKENS>>("refresh: the tokens", given, TOKENS, true));
}

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
