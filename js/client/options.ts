import type { Fetch } from "../fetch.js";
import type { ServerMetadata } from "../jwks/metadata.js";
import {
  callback,
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
import { ownProperty, withoutPrototype } from "../options/own.js";
import { SHARED_SECRET_ALGORITHMS } from "../tables.js";
import type { SharedSecretAlgorithm } from "../token.js";
import type { AuthorizationParams, LogoutParams } from "./client-types.js";
import { parameters } from "./response.js";

/** The greatest metadata that may be given, in characters. */
const MAX_METADATA = 262_144;

/** Options that were read, and found sound as far as JavaScript can tell. */
export interface ReadClientOptions {
  readonly issuer: string;
  /** The metadata that was given, as JSON. */
  readonly metadata: string | undefined;
  /** For the core, without metadata. */
  readonly core: Readonly<Record<string, unknown>>;
  readonly clientId: string;
  readonly scope: string;
  readonly fetch: Fetch | undefined;
}

/** Metadata, as JSON: what is in it, the core finds out. */
const metadata: Reader<string> = (value, label) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${label} must be an object, as \`discover\` gives it: { issuer, token_endpoint, … }`);
  }
  const json = guarded(label, () => JSON.stringify(value) as string | undefined);
  if (json === undefined || json.length > MAX_METADATA)
    throw new TypeError(`${label} is too large, or no plain object`);
  return json;
};

const method = oneOf("client_secret_basic", "client_secret_post", "client_secret_jwt");

const clientAuthentication: Reader<object> = (value, label) =>
  readOptions<{ method: string; secret: string; alg: SharedSecretAlgorithm | undefined }>(label, value, {
    method,
    secret: mandatory(text, "the client's secret"),
    alg: optional(oneOf<SharedSecretAlgorithm>(...SHARED_SECRET_ALGORITHMS)),
  });

const OPTIONS = {
  issuer: optional(text),
  metadata: optional(metadata),
  clientId: mandatory(text, "my-client"),
  clientAuthentication: optional(clientAuthentication),
  redirectUri: optional(text),
  scope: optional(text),
  trustedAudiences: optional(texts),
  idTokenAlgorithm: optional(text),
  fetch: optional(callback<Fetch>("globalThis.fetch")),
};

type Read<R> = { [Name in keyof R]: R[Name] extends Reader<infer T> ? T : never };

export function readClientOptions(options: unknown): ReadClientOptions {
  const where = "createClient";
  const { issuer, metadata, scope, fetch, ...others } = readOptions<Read<typeof OPTIONS>>(where, options, OPTIONS);
  if ((issuer === undefined) === (metadata === undefined)) {
    throw new TypeError(
      `${where} takes either the option "issuer", e.g. "https://tenant.example/", or "metadata", as \`discover\` gives it`,
    );
  }
  const name = issuer ?? ownProperty(JSON.parse(metadata ?? "{}") as ServerMetadata, "issuer");
  const known = text(name, `${where}: option "metadata", "issuer",`);
  return {
    issuer: known,
    metadata,
    core: withoutPrototype({ ...others, issuer: known }),
    clientId: others.clientId,
    scope: scope ?? "openid",
    fetch,
  };
}

const AUTHORIZATION = {
  scope: optional(text),
  redirectUri: optional(text),
  responseMode: optional(oneOf<"query" | "form_post">("query", "form_post")),
  maxAge: optional(count("seconds", 0)),
  params: optional(parameters),
};

/** The parameters of an authorization request, as JSON. */
export function readAuthorizationParams(params: AuthorizationParams, scope: string): string {
  const read = readOptions<Read<typeof AUTHORIZATION>>("authorize", params, AUTHORIZATION);
  return JSON.stringify(withoutPrototype({ ...read, scope: read.scope ?? scope }));
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
