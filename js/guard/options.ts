import { withoutPrototype } from "../options/own.js";
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
import { isBytes, lengthOf } from "../options/bytes.js";
import type { AtomicStore } from "../store/types.js";
import { guardDefaults } from "../verifier/options.js";
import type { GuardDefaults } from "../verifier/option-types.js";
import type { Verifier } from "../verifier/types.js";
import type { ClientAuthentication } from "../client/types.js";
import { cloudflareCertificate, type CertificateSource } from "./certificate.js";
import { AUTHORIZATION, copySource, fromAuthorization, fromHeader, type TokenSource } from "./sources.js";
import type { Authorization, CurrentUser, Decision, DpopOptions, GuardRequest, Need, Refusal } from "./types.js";

/** What the core is given: plain data. */
export interface CoreGuardOptions {
  readonly resource: string | undefined;
  readonly authorizationServers: readonly string[] | undefined;
  /** JSON */
  readonly metadata: string | undefined;
  readonly metadataAtRoot: boolean | undefined;
  readonly origins: readonly string[] | undefined;
  /** A scope and those that it implies, each as a list. */
  readonly implies: readonly (readonly string[])[] | undefined;
  readonly scopes: readonly (readonly string[])[];
  readonly permissions: readonly (readonly string[])[];
  readonly clockTolerance: number | undefined;
}

/** Options that were read and found sound, as far as JavaScript can tell. */
export interface ReadGuardOptions {
  readonly core: CoreGuardOptions;
  readonly tokens: readonly TokenSource[];
  readonly resource: string | undefined;
  readonly dpop: ReadDpop | undefined;
  readonly clientCertificate: CertificateSource | undefined;
  readonly introspection: ReadIntrospectionOptions | undefined;
  /** The claims that the core asks for: their names, and these in JSON. */
  readonly claims: readonly (readonly [name: string, json: string])[];
  readonly user: CurrentUser | undefined;
  readonly verifier: ReadVerifier | undefined;
  /** What is left, for {@link createVerifier}. */
  readonly others: Readonly<Record<string, unknown>>;
  /** The clock, in milliseconds. */
  readonly now: () => number;
  readonly onRefusal: ((refusal: Refusal, request: GuardRequest) => unknown) | undefined;
  readonly onDecision: ((decision: Decision) => void) | undefined;
}

/** A verifier, several by their issuers, or the application's function. */
export type ReadVerifier = Verifier | Map<string, Verifier> | ((issuer: string) => unknown);

/** A need that was read. */
export interface ReadNeed {
  /** For the core, as JSON. */
  readonly json: string;
  readonly authorize: readonly ((auth: never, request: GuardRequest) => unknown)[];
}

const MAX_METADATA_TEXT = 65_536;

const oneOrMore: Reader<readonly string[]> = (value, label) =>
  typeof value === "string" ? [text(value, label)] : someTexts(value, label, "a string or an array of strings");

const paths: Reader<readonly (readonly string[])[]> = (value, label) => {
  const list = guarded(label, () => (Array.isArray(value) ? [...(value as unknown[])] : undefined));
  if (list === undefined || list.length === 0 || list.length > 16) {
    throw new TypeError(`${label} must be an array of 1 to 16 claims: names, or arrays of the names on the way to one`);
  }
  return list.map((path, index) => {
    const name = `${label}, entry ${index},`;
    return typeof path === "string" ? [text(path, name)] : someTexts(path, name, "a name or an array of names");
  });
};

const sources: Reader<readonly TokenSource[]> = (value, label) => {
  const list = guarded(label, () => (Array.isArray(value) ? [...(value as unknown[])].map(copySource) : []));
  const known = list.filter((source) => source !== undefined);
  if (known.length > 0 && known.length <= 16 && known.length === list.length) return known;
  throw new TypeError(`${label} must be an array of sources, e.g. [fromAuthorization(), fromCookie("__Host-token")]`);
};

/** A scope and those that it implies, each as a list. */
const implies: Reader<readonly (readonly string[])[]> = (value, label) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${label} must be an object, e.g. { "notes:write": ["notes:read"] }`);
  }
  return guarded(label, () => Object.entries(value)).map(([scope, implied]) => [
    scope,
    ...texts(implied, `${label}, member ${JSON.stringify(scope)},`),
  ]);
};

const json: Reader<string> = (value, label) => {
  const given: unknown = guarded(label, () =>
    typeof value === "object" && value !== null ? JSON.stringify(value) : "",
  );
  if (typeof given !== "string" || !given.startsWith("{")) throw new TypeError(`${label} must be an object`);
  if (given.length > MAX_METADATA_TEXT) throw new TypeError(`${label} is longer than ${MAX_METADATA_TEXT} characters`);
  return given;
};

/** Whether something verifies tokens: of this package, of another copy of it, or of the application's. */
export const isVerifier = (value: unknown): value is Verifier =>
  typeof value === "object" && value !== null && typeof (value as Partial<Verifier>).verify === "function";

const verifier: Reader<ReadVerifier> = (value, label) => {
  if (typeof value === "function") return value as (issuer: string) => unknown;
  if (Array.isArray(value)) return byIssuer(value, label);
  if (guarded(label, () => isVerifier(value))) return value as Verifier;
  throw new TypeError(`${label} must be what createVerifier returns, or a function that returns it for an issuer`);
};

/** A list by the names of its issuers. Nothing is tried that does not say whose tokens it verifies. */
function byIssuer(list: readonly unknown[], label: string): Map<string, Verifier> {
  const verifiers = new Map<string, Verifier>();
  for (const [index, entry] of [...list].entries()) {
    const name = `${label}, entry ${index},`;
    const issuers = guarded(name, () => (isVerifier(entry) ? texts(entry.issuers ?? [], name) : []));
    if (issuers.length === 0) {
      throw new TypeError(
        `${name} must be what createVerifier returns for one issuer; a function chooses among others`,
      );
    }
    for (const issuer of issuers) {
      if (verifiers.has(issuer)) throw new TypeError(`${name} is a second verifier for ${JSON.stringify(issuer)}`);
      verifiers.set(issuer, entry as Verifier);
    }
  }
  if (verifiers.size > 0) return verifiers;
  throw new TypeError(`${label} must not be empty: name at least one verifier`);
}

/** The issuers by their first names. */
const namesOf = (verifiers: ReadonlyMap<string, Verifier>): readonly string[] =>
  [...verifiers].filter(([issuer, { issuers }]) => issuers?.[0] === issuer).map(([issuer]) => issuer);

interface ReadDpop {
  mode: DpopOptions["mode"];
  replay: AtomicStore;
  nonceSecret: Uint8Array | undefined;
  proofLifetime: number | undefined;
}

const store: Reader<AtomicStore> = (value, label) => {
  const isStore = guarded(
    label,
    () => typeof value === "object" && value !== null && typeof (value as Partial<AtomicStore>).add === "function",
  );
  if (!isStore) throw new TypeError(`${label} must be a store with \`add\`, e.g. memoryStore() in a single process`);
  return value as AtomicStore;
};

const secret: Reader<Uint8Array> = (value, label) => {
  if (isBytes(value) && lengthOf(value) >= 32 && lengthOf(value) <= 1024) return Uint8Array.from(value);
  throw new TypeError(`${label} must be a Uint8Array of at least 32 random bytes`);
};

const DPOP: Readers<ReadDpop> = {
  mode: oneOf("allowed", "required"),
  replay: store,
  nonceSecret: optional(secret),
  proofLifetime: optional(count("seconds", 1, 600)),
};

const dpop: Reader<ReadDpop> = (value, label) => readOptions(label, value, DPOP);

interface ReadIntrospectionOptions {
  endpoint: string | undefined;
  clientId: string;
  clientAuthentication: ClientAuthentication;
  signed: boolean | undefined;
  cache: { ttl: number; maxEntries: number } | undefined;
}

const CLIENT_AUTHENTICATION: Readers<{ method: ClientAuthentication["method"]; secret: string }> = {
  method: oneOf("client_secret_basic", "client_secret_post"),
  secret: text,
};

const CACHE: Readers<{ ttl: number | undefined; maxEntries: number | undefined }> = {
  ttl: optional(count("seconds", 1, 3600)),
  maxEntries: optional(count("answers", 1, 1_000_000)),
};

const INTROSPECTION: Readers<ReadIntrospectionOptions> = {
  endpoint: optional(text),
  clientId: mandatory(text, "api"),
  clientAuthentication: (value, label) => readOptions(label, value, CLIENT_AUTHENTICATION),
  signed: optional(flag),
  cache: optional((value: unknown, label: string) => {
    const { ttl = 60, maxEntries = 1000 } = readOptions(label, value, CACHE);
    return { ttl, maxEntries };
  }),
};

const certificate: Reader<CertificateSource> = (value, label) => {
  if (value === "cloudflare") return cloudflareCertificate;
  if (typeof value === "function") return value as CertificateSource;
  throw new TypeError(`${label} must be "cloudflare", or a function that answers the certificate of a request`);
};

/** The guard's own options. */
interface OwnOptions {
  resource: string | undefined;
  tokens: readonly TokenSource[] | undefined;
  scopes: readonly (readonly string[])[] | undefined;
  permissions: readonly (readonly string[])[] | undefined;
  implies: readonly (readonly string[])[] | undefined;
  origins: readonly string[] | undefined;
  dpop: ReadDpop | undefined;
  clientCertificate: CertificateSource | undefined;
  introspection: ReadIntrospectionOptions | undefined;
  metadata: string | undefined;
  metadataAtRoot: boolean | undefined;
  authorizationServers: readonly string[] | undefined;
  guard: GuardDefaults | undefined;
  user: CurrentUser | undefined;
  verifier: ReadVerifier | undefined;
  onRefusal: ReadGuardOptions["onRefusal"];
  onDecision: ReadGuardOptions["onDecision"];
}

const OWN: Readers<OwnOptions> = {
  resource: optional(text),
  tokens: optional(sources),
  scopes: optional(paths),
  permissions: optional(paths),
  implies: optional(implies),
  origins: optional(texts),
  dpop: optional(dpop),
  clientCertificate: optional(certificate),
  introspection: optional((value: unknown, label: string) => readOptions(label, value, INTROSPECTION)),
  metadata: optional(json),
  metadataAtRoot: optional(flag),
  authorizationServers: optional(texts),
  guard: optional(guardDefaults),
  user: optional(callback<CurrentUser>("currentUser({ issuer })")),
  verifier: optional(verifier),
  onRefusal: optional(callback("(refusal) => undefined")),
  onDecision: optional(callback("(decision) => console.log(decision)")),
};

/** Claims that the core looks at beside those with scopes and permissions. */
const ALWAYS = ["cnf", "acr", "auth_time", "client_id", "azp"];

/** Reads the options of a guard, and leaves those of its verifier to that. */
export function readGuardOptions(options: unknown): ReadGuardOptions {
  const own = readOptions("createGuard", options, OWN, true);
  const others = guarded("createGuard", () => {
    const entries: [string, unknown][] = Object.entries(options as object);
    const given = entries.filter(([name, value]) => !Object.hasOwn(OWN, name) && value !== undefined);
    return withoutPrototype(Object.fromEntries(given));
  });
  const issuer = others["issuer"];
  // A template is the name of no server.
  const hasVariable = others["issuerVariable"] !== undefined;
  const named = own.verifier instanceof Map ? namesOf(own.verifier) : undefined;
  const header = own.guard?.header;
  const scopes = own.scopes ?? [["scope"], ["scp"]];
  const permissions = own.permissions ?? own.guard?.permissions ?? [["permissions"]];
  const tokens = own.tokens ?? [header === undefined ? fromAuthorization() : fromHeader(header)];
  if (own.dpop !== undefined && !tokens.some(({ kind }) => kind === AUTHORIZATION)) {
    throw new TypeError('createGuard: option "dpop" needs fromAuthorization() among "tokens": proofs come with that');
  }
  const heads = [...scopes, ...permissions].map(([head]) => head ?? "");
  return {
    core: withoutPrototype({
      resource: own.resource,
      authorizationServers:
        own.authorizationServers ?? named ?? (typeof issuer === "string" && !hasVariable ? [issuer] : undefined),
      metadata: own.metadata,
      metadataAtRoot: own.metadataAtRoot,
      certificateBoundTokens: own.clientCertificate !== undefined,
      origins: own.origins,
      // Absent: proofs are not accepted.
      dpopRequired: own.dpop === undefined ? undefined : own.dpop.mode === "required",
      proofLifetime: own.dpop?.proofLifetime,
      implies: own.implies,
      scopes,
      permissions,
      clockTolerance: typeof others["clockTolerance"] === "number" ? others["clockTolerance"] : undefined,
    }),
    tokens,
    dpop: own.dpop,
    clientCertificate: own.clientCertificate,
    introspection: own.introspection,
    resource: own.resource,
    claims: [...new Set([...heads, ...ALWAYS])].map((name) => [name, JSON.stringify(name)]),
    user: own.user,
    verifier: own.verifier,
    others,
    now: typeof others["now"] === "function" ? (others["now"] as () => number) : Date.now,
    onRefusal: own.onRefusal,
    onDecision: own.onDecision,
  };
}

const NEED: Readers<{ [Name in keyof Need]-?: unknown }> = {
  optional: optional(flag),
  scope: optional(oneOrMore),
  anyScope: optional((value: unknown, label: string) => [someTexts(value, label)]),
  permissions: optional(oneOrMore),
  acr: optional(oneOrMore),
  maxAge: optional(count("seconds", 0, 315_360_000)),
  authorize: optional(callback<(auth: never, request: GuardRequest) => Authorization>("(auth) => true")),
};

/** Reads a need. The core says later whether it is possible. */
export function readNeed(where: string, need: unknown): ReadNeed {
  // What is asked for and undefined, by a name that is misspelt somewhere, must not ask for nothing.
  const missing = guarded(where, () => Object.entries(need ?? {}).find(([, value]) => value === undefined));
  if (missing !== undefined) {
    throw new TypeError(`${where}: option ${JSON.stringify(missing[0])} is undefined: leave it out, or give its value`);
  }
  const { authorize, ...core } = readOptions(where, need, NEED);
  return {
    json: JSON.stringify(core),
    authorize: authorize === undefined ? [] : [authorize as (auth: never, request: GuardRequest) => unknown],
  };
}
