import type { Fetch } from "../fetch.js";
import type { ServerMetadata } from "../jwks/metadata.js";
import {
  callback,
  flag,
  guarded,
  mandatory,
  oneOf,
  optional,
  readOptions,
  text,
  texts,
  type Reader,
  type Readers,
} from "../options/readers.js";
import { origins } from "../options/origins.js";
import { ownProperty, withoutPrototype } from "../options/own.js";
import { SHARED_SECRET_ALGORITHMS } from "../tables.js";
import type { SharedSecretAlgorithm } from "../token.js";
import type { CryptoKeyPairLike, DpopKeyStore, PrivateJwk } from "./client-types.js";
import type { Decrypt } from "./decryption-types.js";
import { scopes } from "./sign-in-params.js";
import type { ReadDpop } from "./dpop.js";
import type { ProviderData } from "./provider-types.js";
import { readProvider } from "./provider.js";
import { isCryptoKey } from "./signing.js";

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
  /** Empty: the server is asked for none. */
  readonly scope: string;
  /** Authorization requests are pushed, whether the server demands it or not. */
  readonly pushes: boolean;
  readonly provider: ProviderData | undefined;
  readonly decrypt: Decrypt | undefined;
  /** What signs assertions. */
  readonly assertions: { readonly key: object; readonly alg: string | undefined } | undefined;
  readonly dpop: ReadDpop | undefined;
  readonly allowedOrigins: readonly string[];
  readonly fetch: Fetch | undefined;
  /** Another clock for ID tokens than the host's, which is told of each before it is verified. */
  readonly clock?: { readonly now: () => number; readonly issued: (idToken: string) => void };
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

const METHODS = [
  "client_secret_basic",
  "client_secret_post",
  "client_secret_jwt",
  "private_key_jwt",
  "tls_client_auth",
] as const;

const method = oneOf(...METHODS);
const secret = mandatory(text, "the client's secret");

/** A private key, as it was given: WebCrypto finds out what is in a JWK. */
const privateKey: Reader<object> = (value, label) => {
  if (isCryptoKey(value)) return signing(value, label);
  const isJwk = typeof value === "object" && value !== null && guarded(label, () => Object.hasOwn(value, "d"));
  if (!isJwk) throw new TypeError(`${label} must be a private key: a CryptoKey, or a JWK with "d"`);
  return guarded(label, () => JSON.parse(JSON.stringify(value)) as object);
};

function signing(key: CryptoKey, label: string): CryptoKey {
  if (key.type === "private" && key.usages.includes("sign")) return key;
  throw new TypeError(`${label} must be a private key with the usage "sign"`);
}

interface ReadAuthentication {
  readonly method: (typeof METHODS)[number];
  readonly secret?: string;
  readonly key?: object;
  readonly alg?: string | undefined;
  readonly kid?: string | undefined;
}

/** What each method takes. */
const BY_METHOD: Record<(typeof METHODS)[number], object> = {
  client_secret_basic: { method, secret },
  client_secret_post: { method, secret },
  client_secret_jwt: { method, secret, alg: optional(oneOf<SharedSecretAlgorithm>(...SHARED_SECRET_ALGORITHMS)) },
  private_key_jwt: { method, key: privateKey, alg: optional(text), kid: optional(text) },
  tls_client_auth: { method },
};

const clientAuthentication: Reader<ReadAuthentication> = (value, label) => {
  const named = readOptions<{ method: ReadAuthentication["method"] }>(label, value, { method }, true);
  return readOptions(label, value, BY_METHOD[named.method] as Readers<ReadAuthentication>);
};

const signingHalf: Reader<object> = (value, label) => {
  if (!isCryptoKey(value)) throw new TypeError(`${label} must be a CryptoKey`);
  return signing(value, label);
};

const publicHalf: Reader<object> = (value, label) => {
  if (isCryptoKey(value) && value.type === "public" && value.extractable) return value;
  throw new TypeError(`${label} must be a public CryptoKey that can be exported`);
};

const pair: Reader<CryptoKeyPairLike | PrivateJwk> = (value, label) => {
  if (typeof value === "object" && value !== null && guarded(label, () => Object.hasOwn(value, "kty"))) {
    return privateKey(value, label) as PrivateJwk;
  }
  const halves = readOptions<{ privateKey: object; publicKey: object }>(
    label,
    value,
    { privateKey: signingHalf, publicKey: publicHalf },
    true,
  );
  return { privateKey: halves.privateKey, publicKey: halves.publicKey } as CryptoKeyPairLike;
};

const keyStore: Reader<DpopKeyStore> = (value, label) => {
  const has = (name: string): boolean => typeof Reflect.get(value as object, name) === "function";
  if (typeof value !== "object" || value === null || !guarded(label, () => has("get") && has("add"))) {
    throw new TypeError(`${label} must be an object with the functions "get" and "add"`);
  }
  return value as DpopKeyStore;
};

const DPOP = { key: optional(pair), alg: optional(text), store: optional(keyStore) };

const dpop: Reader<ReadDpop> = (value, label) =>
  value === true ? { key: undefined, alg: undefined, store: undefined } : readOptions<ReadDpop>(label, value, DPOP);

/** An option that is read elsewhere. */
interface Given {
  readonly value: unknown;
  readonly label: string;
}

const OPTIONS = {
  issuer: optional(text),
  metadata: optional(metadata),
  clientId: mandatory(text, "my-client"),
  clientAuthentication: optional(clientAuthentication),
  redirectUri: optional(text),
  scope: optional(scopes),
  pushedAuthorizationRequests: optional(flag),
  trustedAudiences: optional(texts),
  idTokenAlgorithm: optional(text),
  decryptionKeys: optional<Given>((value, label) => ({ value, label })),
  acceptUnencryptedIdTokens: optional(flag),
  provider: optional(readProvider),
  dpop: optional(dpop),
  allowedOrigins: optional(origins),
  fetch: optional(callback<Fetch>("globalThis.fetch")),
};

type Read<R> = { [Name in keyof R]: R[Name] extends Reader<infer T> ? T : never };

/** What decrypts the tokens of a client with the option "decryptionKeys". */
export type DecrypterOf = (value: unknown, label: string, acceptsUnencrypted: boolean | undefined) => Decrypt;

/** @param decrypterOf Pages have none. */
export function readClientOptions(options: unknown, decrypterOf?: DecrypterOf): ReadClientOptions {
  const where = "createClient";
  const {
    issuer,
    metadata,
    scope,
    fetch,
    dpop,
    allowedOrigins = [],
    decryptionKeys,
    acceptUnencryptedIdTokens,
    provider,
    clientAuthentication: own,
    pushedAuthorizationRequests = false,
    ...others
  } = readOptions<Read<typeof OPTIONS>>(where, options, OPTIONS);
  if ((issuer === undefined) === (metadata === undefined)) {
    throw new TypeError(
      `${where} takes either the option "issuer", e.g. "https://tenant.example/", or "metadata", as \`discover\` gives it`,
    );
  }
  if (acceptUnencryptedIdTokens !== undefined && decryptionKeys === undefined) {
    throw new TypeError(`${where}: option "acceptUnencryptedIdTokens" is for clients with "decryptionKeys"`);
  }
  const name = issuer ?? ownProperty(JSON.parse(metadata ?? "{}") as ServerMetadata, "issuer");
  const known = text(name, `${where}: option "metadata", "issuer",`);
  return {
    issuer: known,
    metadata,
    // A key is none of the core's business.
    core: withoutPrototype({
      ...others,
      issuer: known,
      quirks: provider?.quirks,
      user: provider?.user,
      clientAuthentication: own && { ...own, key: undefined, kid: own.kid ?? kidOf(own.key) },
    }),
    clientId: others.clientId,
    pushes: pushedAuthorizationRequests,
    scope: scope ?? (provider === undefined ? "openid" : ""),
    provider,
    decrypt: decryptionKeys && decrypterOf?.(decryptionKeys.value, decryptionKeys.label, acceptUnencryptedIdTokens),
    assertions: own?.key && { key: own.key, alg: own.alg },
    dpop,
    allowedOrigins,
    fetch,
  };
}

/** The name that a JWK has. */
function kidOf(key: object | undefined): string | undefined {
  const kid: unknown = key !== undefined && !isCryptoKey(key) ? Reflect.get(key, "kid") : undefined;
  return typeof kid === "string" ? kid : undefined;
}
