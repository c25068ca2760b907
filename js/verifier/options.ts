import { withoutPrototype } from "../options/own.js";
import { isBytes, lengthOf } from "../options/bytes.js";
import { keysInvalid, misconfigured } from "../errors.js";
import type { Fetch } from "../fetch.js";
import { StoredState } from "../jwks/state.js";
import type { KeyCacheOptions, KeySetEvent, KeySourceOptions } from "../jwks/types.js";
import type { Store } from "../store/types.js";
import {
  callback,
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
  type Readers,
} from "../options/readers.js";
import {
  DEFAULT_STALE_IF_ERROR,
  DEFAULT_TOKEN_LIMIT,
  MAX_CACHE,
  MAX_CLOCK_TOLERANCE,
  MAX_KEY_CACHE,
  MAX_LIMITS,
  MAX_SECRET,
  PROFILES,
  PROFILES_WITH_AUDIENCE,
  SHARED_SECRET_ALGORITHMS,
} from "../tables.js";
import type { Engine } from "../engine/preference.js";
import type { SharedSecretAlgorithm } from "../token.js";
import { isWellFormed } from "../options/text.js";
import type { Binding, CacheOptions, GuardDefaults, IssuerVariable, Limits, Profile } from "./option-types.js";
import type { IdTokenExpectations } from "./types.js";

/** Options that were read and found sound, as far as JavaScript can tell. */
export interface ReadOptions {
  /** The names of the issuer. `undefined`: they are a template of many. */
  readonly issuers: readonly string[] | undefined;
  /** For the core: plain data under the options' own names. */
  readonly core: object;
  readonly secret: Uint8Array | undefined;
  readonly profile: Profile;
  readonly engine: Engine;
  /** Where they come from, if they have to be. */
  readonly source: KeySourceOptions | undefined;
  /** The clock, in whole seconds. */
  readonly now: () => number;
  /** Characters in a token. */
  readonly maxToken: number;
  /** Verdicts are cached. */
  readonly cachesVerdicts: boolean;
}

/** Far above what a key set may be told to have, and low enough to copy. */
const MAX_KEYS_TEXT = 4_194_304;
/** 1973 in milliseconds, 5138 in seconds. */
const LEAST_MILLISECONDS = 1e11;
/** The end of `Date`. */
const MOST_MILLISECONDS = 8.64e15;

const LIMITS: Readers<Limits> = {
  token: optional(count("characters", 1, MAX_LIMITS.token)),
  header: optional(count("bytes", 1, MAX_LIMITS.header)),
  jwks: optional(count("bytes", 1, MAX_LIMITS.jwks)),
  keys: optional(count("keys", 1, MAX_LIMITS.keys)),
  headerDepth: optional(count("levels", 1, MAX_LIMITS.headerDepth)),
  payloadDepth: optional(count("levels", 1, MAX_LIMITS.payloadDepth)),
};

const CACHE: Readers<CacheOptions> = {
  maxEntries: optional(count("tokens", 1, MAX_CACHE.maxEntries)),
  maxAge: optional(count("seconds", 1, MAX_CACHE.maxAge)),
};

const cache: Reader<CacheOptions> = (value, label) => readOptions(label, value, CACHE);

const limits: Reader<Limits> = (value, label) => readOptions(label, value, LIMITS);

const audience: Reader<readonly string[]> = (value, label) =>
  typeof value === "string" ? [text(value, label)] : someTexts(value, label, "a string or an array of strings");

const USE: Readers<NonNullable<Binding["use"]>> = {
  claim: mandatory(text, "token_use"),
  value: mandatory(text, "access"),
};

const BINDING: Readers<Binding> = {
  claim: mandatory(text, "client_id"),
  values: mandatory(someTexts, "my-client"),
  inHeader: optional(flag),
  use: optional((value, label) => readOptions(label, value, USE)),
};

const ISSUER_VARIABLE: Readers<IssuerVariable> = {
  name: mandatory(text, "tenantid"),
  claim: mandatory(text, "tid"),
  claimTemplate: optional(text),
  values: optional(someTexts),
};

const path: Reader<readonly string[]> = (value, label) => someTexts(value, label);

const paths: Reader<readonly (readonly string[])[]> = (value, label) => {
  if (Array.isArray(value)) return guarded(label, () => [...(value as unknown[])]).map((one) => path(one, label));
  throw new TypeError(`${label} must be an array of arrays of strings`);
};

const GUARD_DEFAULTS: Readers<GuardDefaults> = { permissions: optional(paths), header: optional(text) };

/** What a preset tells a guard. */
export const guardDefaults: Reader<GuardDefaults> = (value, label) => readOptions(label, value, GUARD_DEFAULTS);

const NEEDS_AUDIENCE: readonly Profile[] = PROFILES_WITH_AUDIENCE;

/** Keys as text: JSON or PEM. What is in it, the core finds out. */
const keys: Reader<string> = (value, label) => {
  const given = typeof value === "object" && value !== null ? guarded(label, () => JSON.stringify(value)) : value;
  if (typeof given !== "string") throw new TypeError(`${label} must be a key set, a key, JSON text or PEM text`);
  if (given.length > MAX_KEYS_TEXT) throw misconfigured(keysInvalid("the key set is too large"));
  if (!isWellFormed(given)) throw misconfigured(keysInvalid("the key set is not well-formed Unicode"));
  return given;
};

/** Keys, or a function that gives them. */
const keysOrFunction: Reader<string | (() => unknown)> = (value, label) =>
  typeof value === "function" ? (value as () => unknown) : keys(value, label);

const KEY_CACHE: Readers<KeyCacheOptions> = {
  minFreshness: optional(count("seconds", 1, MAX_KEY_CACHE.maxFreshness)),
  defaultFreshness: optional(count("seconds", 1, MAX_KEY_CACHE.maxFreshness)),
  maxFreshness: optional(count("seconds", 1, MAX_KEY_CACHE.maxFreshness)),
  staleWhileRevalidate: optional(count("seconds", 0, MAX_KEY_CACHE.maxFreshness)),
  staleIfError: optional(count("seconds", 1, MAX_KEY_CACHE.staleIfError)),
  cooldown: optional(count("seconds", 1, MAX_KEY_CACHE.cooldown)),
  timeout: optional(count("seconds", 1, MAX_KEY_CACHE.timeout)),
};

const keyCache: Reader<KeyCacheOptions> = (value, label) => readOptions(label, value, KEY_CACHE);

const store: Reader<Store> = (value, label) => {
  const isStore =
    typeof value === "object" &&
    value !== null &&
    guarded(label, () =>
      ["get", "set", "delete"].every((name) => typeof (value as Record<string, unknown>)[name] === "function"),
    );
  if (isStore) return value as Store;
  throw new TypeError(`${label} must be a store, with get, set and delete: see countersign/stores`);
};

const bytes: Reader<Uint8Array> = (value, label) => {
  if (isBytes(value)) {
    if (lengthOf(value) > MAX_SECRET) throw new TypeError(`${label} is longer than ${MAX_SECRET} bytes`);
    // Throws where the buffer is detached.
    return guarded(label, () => new Uint8Array(value));
  }
  const advice =
    typeof value === "string"
      ? ", not a string: new TextEncoder().encode(secret) for a secret that is used as the text that it is, as most " +
        'issuers do; Buffer.from(secret, "base64") for one whose documentation says that it is base64'
      : "";
  throw new TypeError(`${label} must be a Uint8Array${advice}`);
};

/** A clock that was told in milliseconds, read in seconds. */
const clock: Reader<() => number> = (value, label) => {
  const now = value === undefined ? Date.now : callback<() => unknown>("Date.now")(value, label);
  return () => {
    const time = guarded(label, now);
    if (typeof time === "number" && time >= LEAST_MILLISECONDS && time <= MOST_MILLISECONDS) {
      return Math.floor(time / 1000);
    }
    throw new TypeError(`${label} must return milliseconds since 1970, as Date.now does`);
  };
};

const POLICY = {
  issuer: mandatory(text, "https://tenant.example/"),
  audience: optional(audience),
  binding: optional((value, label) => readOptions(label, value, BINDING)),
  issuerAliases: optional(texts),
  issuerVariable: optional((value, label) => readOptions(label, value, ISSUER_VARIABLE)),
  profile: optional(oneOf<Profile>(...PROFILES)),
  typ: optional(text),
  clockTolerance: optional(count("seconds", 0, MAX_CLOCK_TOLERANCE)),
  requiredClaims: optional(texts),
  maxTokenAge: optional(count("seconds", 1)),
  subject: optional(text),
  acceptUncheckedNonce: optional(flag),
  acceptPadding: optional(flag),
  issuerFromSubject: optional(flag),
  acceptMissingIssuer: optional(flag),
  limits: optional(limits),
  cache: optional(cache),
  guard: optional(guardDefaults),
  now: clock,
};

const VERIFIER = {
  ...POLICY,
  algorithms: optional(someTexts),
  engine: optional(oneOf<Engine>("auto", "wasm", "host")),
  jwks: optional(keysOrFunction),
  jwksUri: optional(text),
  metadataUri: optional(text),
  keyUse: optional(text),
  allowInsecureHosts: optional(someTexts),
  fetch: optional(callback<Fetch>("globalThis.fetch")),
  keyCache: optional(keyCache),
  keyStore: optional(store),
  waitUntil: optional(callback<(promise: Promise<unknown>) => void>("(promise) => context.waitUntil(promise)")),
  onKeySetEvent: optional(callback<(event: KeySetEvent) => void>("(event) => console.log(event)")),
};

const SHARED_SECRET = {
  ...POLICY,
  secret: bytes,
  algorithm: oneOf<SharedSecretAlgorithm>(...SHARED_SECRET_ALGORITHMS),
};

/** Keys come from one place, and those that are given are fetched from none. */
const EXCLUSIVE = [
  ["jwks", "jwksUri"],
  ["jwks", "metadataUri"],
  ["jwks", "allowInsecureHosts"],
  ["jwksUri", "metadataUri"],
] as const;

/** What the core takes for the address of keys that a function gives. It is never asked (RFC 6761 §6.4). */
const OWN_KEYS = "https://jwks.invalid/";

type Read<R> = { [Name in keyof R]: R[Name] extends Reader<infer T> ? T : never };

export function readVerifierOptions(options: unknown): ReadOptions {
  const where = "createVerifier";
  const given = readOptions<Read<typeof VERIFIER>>(where, options, VERIFIER);
  for (const [one, other] of EXCLUSIVE) {
    if (given[one] !== undefined && given[other] !== undefined) {
      throw new TypeError(`${where}: options "${one}" and "${other}" exclude each other: leave one out`);
    }
  }
  const { engine, fetch, now, jwks, keyStore, waitUntil, onKeySetEvent, ...others } = given;
  const isFetched = typeof jwks !== "string";
  for (const name of ["keyCache", "keyStore", "waitUntil", "onKeySetEvent"] as const) {
    if (!isFetched && given[name] !== undefined) {
      throw new TypeError(
        `${where}: option "${name}" is for keys that are fetched, not for those of "jwks": leave it out`,
      );
    }
  }
  if (keyStore !== undefined && given.jwksUri?.endsWith("/{kid}") === true) {
    throw new TypeError(
      `${where}: option "keyStore" is for key sets, not for keys that are fetched one by one: leave it out`,
    );
  }
  const keys = typeof jwks === "function" ? jwks : undefined;
  const { issuer, jwksUri, metadataUri, keyCache } = others;
  const core = { ...others, jwks: isFetched ? undefined : jwks, seed: Math.floor(Math.random() * 2 ** 32) };
  return {
    ...common(where, others),
    core: withoutPrototype(keys === undefined ? core : { ...core, jwksUri: OWN_KEYS }),
    secret: undefined,
    engine: engine ?? "auto",
    source: isFetched
      ? {
          issuer,
          keys,
          fetch,
          store:
            keyStore &&
            new StoredState(
              keyStore,
              issuer,
              JSON.stringify([issuer, jwksUri ?? null, metadataUri ?? null]),
              keyCache?.staleIfError ?? DEFAULT_STALE_IF_ERROR,
            ),
          waitUntil,
          onKeySetEvent,
          now,
        }
      : undefined,
    now,
  };
}

export function readSharedSecretOptions(options: unknown): ReadOptions {
  const where = "createSharedSecretVerifier";
  const { secret, now, ...core } = readOptions<Read<typeof SHARED_SECRET>>(where, options, SHARED_SECRET);
  return {
    ...common(where, core),
    core: withoutPrototype(core),
    secret,
    engine: "wasm",
    source: undefined,
    now,
  };
}

function common(
  where: string,
  options: Omit<Read<typeof POLICY>, "now">,
): Pick<ReadOptions, "issuers" | "profile" | "maxToken" | "cachesVerdicts"> {
  const { audience, binding, profile = "access-token", typ, acceptUncheckedNonce, limits, cache } = options;
  const { issuer, issuerAliases = [], issuerVariable } = options;
  if (audience === undefined && (binding === undefined || NEEDS_AUDIENCE.includes(profile))) {
    const otherwise = NEEDS_AUDIENCE.includes(profile)
      ? `tokens of profile "${profile}" always have an "aud"`
      : 'or, where the issuer leaves "aud" out, option "binding": { claim: "client_id", values: ["my-client"] }';
    throw new TypeError(`${where}: option "audience" is mandatory: write e.g. "https://api.example", ${otherwise}`);
  }
  if (acceptUncheckedNonce === true && profile !== "id-token") {
    throw new TypeError(`${where}: option "acceptUncheckedNonce" is for profile "id-token" only`);
  }
  if (typ !== undefined && profile !== "jwt") {
    throw new TypeError(`${where}: option "typ" is for profile "jwt" only: the other profiles know their types`);
  }
  return {
    issuers: issuerVariable === undefined ? Object.freeze([issuer, ...issuerAliases]) : undefined,
    profile,
    maxToken: limits?.token ?? DEFAULT_TOKEN_LIMIT,
    cachesVerdicts: cache !== undefined,
  };
}

const EXPECTATIONS: Readers<IdTokenExpectations> = {
  nonce: optional(text),
  accessToken: optional(text),
  code: optional(text),
  maxAge: optional(count("seconds", 0)),
};

export function readExpectations(profile: Profile, expectations: unknown): IdTokenExpectations | undefined {
  if (expectations === undefined) return undefined;
  if (profile !== "id-token") {
    throw new TypeError('verify takes expectations only where createVerifier was given profile "id-token"');
  }
  const label = "verify: expectations";
  const read = readOptions(label, expectations, EXPECTATIONS);
  // A session that has lost its nonce must not verify as one that never had any.
  for (const [name, value] of Object.entries(read)) {
    if (value === undefined && guarded(label, () => Object.hasOwn(expectations as object, name))) {
      throw new TypeError(`${label}: "${name}" has no value: leave it out if nothing is to be expected`);
    }
  }
  return read;
}
