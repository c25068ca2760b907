import { withoutPrototype } from "../options/own.js";
import { count, guarded, mandatory, oneOf, optional, readOptions, text, type Reader } from "../options/readers.js";
import type { AuthorizationParams, LogoutParams, RefreshParams } from "./client-types.js";
import type { ProviderData } from "./provider-types.js";
import { parameters } from "./response.js";

// What the requests of a sign-in take. What else a client asks for is in params.ts.

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

export const readLogoutParams = (params: LogoutParams): Record<keyof LogoutParams, string | undefined> =>
  readOptions<Read<typeof LOGOUT>>("logoutUrl", params, LOGOUT);

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
