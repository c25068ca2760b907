import { internalsOf } from "../client/internals.js";
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
import type { AtomicStore, Store } from "../store/types.js";
import type { SessionOptions, SignInClient, WebAuthOptions } from "./types.js";

/** Bytes of a secret at least. */
const MIN_SECRET = 32;
const MAX_SECRETS = 8;
/** A year, in seconds. */
const MAX_TIME = 31_622_400;

/** Options that were read, and found sound as far as JavaScript can tell. */
export interface ReadWebAuthOptions {
  /** For the core. */
  readonly core: Readonly<Record<string, unknown>>;
  readonly clients: ReadonlyMap<string, SignInClient>;
  readonly secrets: readonly string[];
  readonly store: Store | AtomicStore | undefined;
  readonly onError: WebAuthOptions["onError"];
}

const origins: Reader<readonly string[]> = (value, label) =>
  typeof value === "string" ? [value] : texts(value, label);

const secrets: Reader<readonly string[]> = (value, label) => {
  const list = texts(value, label, "an array of strings, the newest first: [env.COOKIE_SECRET]");
  if (list.length === 0 || list.length > MAX_SECRETS) {
    throw new TypeError(`${label} must have one to eight secrets, the newest first: [env.COOKIE_SECRET]`);
  }
  if (list.some((secret) => new TextEncoder().encode(secret).length < MIN_SECRET)) {
    throw new TypeError(`${label} must have 32 bytes or more each: \`openssl rand -base64 32\` makes one`);
  }
  if (new Set(list).size < list.length) throw new TypeError(`${label} must differ from each other`);
  return list;
};

const client: Reader<SignInClient> = (value, label) => {
  if (typeof value === "object" && value !== null) {
    const { authorize, callback, refresh, logoutUrl } = value as Partial<SignInClient>;
    if ([authorize, callback, refresh, logoutUrl].every((method) => typeof method === "function")) {
      return value as SignInClient;
    }
  }
  throw new TypeError(`${label} must be a client: createClient({ issuer, clientId, … }), of countersign/client`);
};

const clients: Reader<ReadonlyMap<string, SignInClient>> = (value, label) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${label} must be an object of clients by their names: { work: createClient(…) }`);
  }
  const entries = guarded(label, () => Object.entries(value));
  return new Map(entries.map(([name, one]) => [name, client(one, `${label}, ${JSON.stringify(name)},`)]));
};

const store: Reader<Store | AtomicStore> = (value, label) => {
  const methods = ["get", "set", "delete"] as const;
  const isStore =
    typeof value === "object" &&
    value !== null &&
    methods.every((name) => typeof (value as Partial<Store>)[name] === "function");
  if (!isStore)
    throw new TypeError(`${label} must be a store of countersign/stores, e.g. durableObjectStore(env.STORE)`);
  return value as Store;
};

/** As pairs of a client, or of none, and an API. */
const resources: Reader<readonly (readonly [client: string | undefined, resource: string])[]> = (value, label) => {
  if (Array.isArray(value)) return texts(value, label).map((resource) => [undefined, resource]);
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${label} must be the APIs that tokens are for: ["https://api.example"]`);
  }
  const entries = guarded(label, () => Object.entries(value));
  return entries.flatMap(([name, list]) =>
    texts(list, `${label}, ${JSON.stringify(name)},`).map((resource) => [name, resource] as const),
  );
};

type Read<R> = { [Name in keyof R]: R[Name] extends Reader<infer T> ? T : never };

const time = count("seconds", 1, MAX_TIME);

const FLEETING_KEY =
  'createWebAuth: the client\'s option "dpop" has a key of this process alone, and no other could use its sessions: write createClient({ dpop: { key: JSON.parse(env.DPOP_KEY) }, … }), with a private JWK from your secrets';

const SESSION = {
  idle: optional(time),
  absolute: optional(time),
  claims: optional(texts),
  name: optional(text),
  sameSite: optional(oneOf<NonNullable<SessionOptions["sameSite"]>>("Lax", "Strict")),
  storage: optional(oneOf<NonNullable<SessionOptions["storage"]>>("cookie", "store")),
};

const session: Reader<Read<typeof SESSION>> = (value, label) => readOptions(label, value, SESSION);

const OPTIONS = {
  origin: mandatory(origins, "https://app.example"),
  client: optional(client),
  clients: optional(clients),
  secrets: mandatory(secrets, "[env.COOKIE_SECRET]"),
  store: optional(store),
  basePath: optional(text),
  session: optional(session),
  returnTo: optional(text),
  resources: optional(resources),
  refresh: optional(oneOf<NonNullable<WebAuthOptions["refresh"]>>("unlocked")),
  onError: optional(callback<NonNullable<WebAuthOptions["onError"]>>("(error) => console.error(error)")),
};

export function readWebAuthOptions(options: unknown): ReadWebAuthOptions {
  const where = "createWebAuth";
  const read = readOptions<Read<typeof OPTIONS>>(where, options, OPTIONS);
  if ((read.client === undefined) === (read.clients === undefined)) {
    throw new TypeError(
      `${where} takes either the option "client", made by createClient, or "clients", several by their names`,
    );
  }
  const named = read.clients ?? new Map<string, SignInClient>();
  if (read.client !== undefined) (named as Map<string, SignInClient>).set("default", read.client);
  for (const client of named.values()) {
    if (internalsOf(client)?.hasFleetingKey === true) throw new TypeError(FLEETING_KEY);
  }
  const { idle, absolute, claims, name, storage, sameSite } = read.session ?? ({} as Read<typeof SESSION>);
  if (storage === "store" && read.store === undefined) {
    throw new TypeError(`${where}: option "session": "storage" may be "store" where the option "store" has one`);
  }
  const [first = "", ...others] = named.keys();
  if (others.length > 0 && read.resources?.some(([name]) => name === undefined) === true) {
    throw new TypeError(
      `${where}: option "resources" must be by the names of clients where there are several: { ${first}: ["https://api.example"] }`,
    );
  }
  const isAtomic = typeof (read.store as Partial<AtomicStore> | undefined)?.add === "function";
  return {
    clients: named,
    secrets: read.secrets,
    store: read.store,
    onError: read.onError,
    core: {
      origins: read.origin,
      clients: [...named.keys()],
      resources: read.resources?.map(([name = first, resource]) => [name, resource]),
      basePath: read.basePath,
      returnTo: read.returnTo,
      name,
      sameSite,
      claims,
      idle,
      absolute,
      store: read.store === undefined ? undefined : isAtomic ? "atomic" : "plain",
      sessionsInStore: read.store !== undefined && storage !== "cookie",
      refreshUnlocked: read.refresh === "unlocked",
    },
  };
}
