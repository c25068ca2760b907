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
import type { Decrypt } from "./decryption-types.js";
import { decrypter } from "./decryption.js";
import type { ProviderData } from "./provider-types.js";
import { readProvider } from "./provider.js";
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
  /** Absent: the server is asked for none. */
  readonly scope: string | undefined;
  readonly provider: ProviderData | undefined;
  readonly fetch: Fetch | undefined;
  readonly decrypt: Decrypt | undefined;
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

/** Presets of providers that ask for no scope have an empty one. */
const scopes: Reader<string> = (value, label) => (value === "" ? "" : text(value, label));

const OPTIONS = {
  issuer: optional(text),
  metadata: optional(metadata),
  clientId: mandatory(text, "my-client"),
  clientAuthentication: optional(clientAuthentication),
  redirectUri: optional(text),
  scope: optional(scopes),
  trustedAudiences: optional(texts),
  idTokenAlgorithm: optional(text),
  decryptionKeys: optional(decrypter),
  provider: optional(readProvider),
  fetch: optional(callback<Fetch>("globalThis.fetch")),
};

type Read<R> = { [Name in keyof R]: R[Name] extends Reader<infer T> ? T : never };

export function readClientOptions(options: unknown): ReadClientOptions {
  const where = "createClient";
  const { issuer, metadata, scope, fetch, decryptionKeys, provider, ...others } = readOptions<Read<typeof OPTIONS>>(
    where,
    options,
    OPTIONS,
  );
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
    core: withoutPrototype({ ...others, issuer: known, quirks: provider?.quirks, user: provider?.user }),
    clientId: others.clientId,
    scope: scope === "" ? undefined : (scope ?? (provider === undefined ? "openid" : undefined)),
    provider,
    fetch,
    decrypt: decryptionKeys,
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
export function readAuthorizationParams(
  params: AuthorizationParams,
  { scope, provider }: Pick<ReadClientOptions, "scope" | "provider">,
): string {
  const read = readOptions<Read<typeof AUTHORIZATION>>("authorize", params, AUTHORIZATION);
  const given = read.params ?? [];
  const wanted = Object.entries(provider?.params ?? {}).filter(([name]) => !given.some(([other]) => other === name));
  return JSON.stringify(
    withoutPrototype({
      ...read,
      scope: read.scope ?? scope,
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
