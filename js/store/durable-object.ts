import type { GlobalFetch } from "../fetch.js";
import { hasMethods, secondsOf } from "./entry.js";
import { ADD, CREATE_INDEX, CREATE_TABLE, DELETE, DELETE_EXPIRED, GET, SET } from "./sql.js";
import type { AtomicStore } from "./types.js";

/** The part of Workers' `DurableObjectState` that is used. */
export interface DurableObjectStateLike {
  readonly storage: {
    readonly sql: { exec(query: string, ...values: (string | number)[]): { toArray(): Record<string, unknown>[] } };
    getAlarm(): Promise<number | null>;
    setAlarm(at: number): Promise<void>;
  };
}

/** The part of Workers' `DurableObjectNamespace` that is used. */
export interface DurableObjectNamespaceLike<Id = never> {
  idFromName(name: string): Id;
  get(id: Id): {
    fetch(
      url: string,
      init: { method: string; body: string },
    ): Promise<{ readonly ok: boolean; readonly status: number; json(): Promise<unknown> }>;
  };
}

/** Options of {@link durableObjectStore}. */
export interface DurableObjectStoreOptions {
  /** How many objects share the keys, 1 to 256. One answers some hundred calls a second. Default: 1. */
  readonly shards?: number;
}

type Call = readonly [method: "get" | "set" | "delete" | "add", key: string, value: string, ttl: number];

/** How long what has expired may lie, in milliseconds: one alarm deletes all that has come together. */
const SWEEP = 60_000;

/**
 * The Durable Object behind {@link durableObjectStore}. Export it from your Worker, and name it in `wrangler.jsonc` among
 * `new_sqlite_classes`. It answers the store alone: no request from outside gets to it.
 *
 * @example
 * ```ts
 * export { CountersignStore } from "countersign/stores";
 * ```
 */
// It is no subclass of `DurableObject`, which is had from a module that only Workers have, and which only RPC needs.
export class CountersignStore {
  readonly #storage: DurableObjectStateLike["storage"];

  constructor(state: DurableObjectStateLike) {
    this.#storage = state.storage;
    this.#storage.sql.exec(CREATE_TABLE);
    this.#storage.sql.exec(CREATE_INDEX);
  }

  /** Answers one call of the store. */
  async fetch(request: { json(): Promise<unknown> }): Promise<GlobalFetch["response"]> {
    const call = (await request.json()) as Call;
    const answer = this.#perform(call);
    if (call[0] !== "get" && (await this.#storage.getAlarm()) === null)
      await this.#storage.setAlarm(Date.now() + SWEEP);
    return Response.json(answer);
  }

  /** Deletes what has expired, and comes again while anything is left. */
  async alarm(): Promise<void> {
    this.#storage.sql.exec(DELETE_EXPIRED, Date.now());
    const [next] = this.#storage.sql.exec("SELECT MIN(expires_at) AS at FROM countersign_store").toArray();
    const at = next?.["at"];
    if (typeof at === "number") await this.#storage.setAlarm(Math.max(at, Date.now() + SWEEP));
  }

  /** Without waiting, and so in one step. */
  #perform([method, key, value, ttl]: Call): string | boolean | null {
    const { sql } = this.#storage;
    const now = Date.now();
    const end = now + ttl * 1000;
    switch (method) {
      case "get": {
        const [row] = sql.exec(GET, key, now).toArray();
        return (row?.["value"] as string | undefined) ?? null;
      }
      case "set":
        sql.exec(SET, key, value, end);
        return true;
      case "delete":
        sql.exec(DELETE, key);
        return true;
      case "add":
        return sql.exec(ADD, key, value, end, now).toArray().length === 1;
    }
  }
}

/**
 * A store in Durable Objects: one place in the world for each key, so that everybody sees a write at once.
 *
 * @throws TypeError for anything but a namespace, and for an impossible number of shards.
 * @example
 * ```ts
 * import { durableObjectStore } from "countersign/stores";
 *
 * const store = durableObjectStore(env.STORE);
 * await store.add("jti:1", "", { ttl: 60 }); // true
 * ```
 */
export function durableObjectStore<Id>(
  namespace: DurableObjectNamespaceLike<Id>,
  { shards = 1 }: DurableObjectStoreOptions = {},
): AtomicStore {
  if (!hasMethods(namespace, "idFromName", "get")) {
    throw new TypeError(
      "durableObjectStore takes a namespace, the binding of wrangler.jsonc: durableObjectStore(env.STORE)",
    );
  }
  if (!Number.isSafeInteger(shards) || shards < 1 || shards > 256) {
    throw new TypeError("shards must be an integer of 1 to 256: durableObjectStore(env.STORE, { shards: 16 })");
  }
  const call = async (...[method, key, value, ttl]: Call): Promise<unknown> => {
    const object = namespace.get(namespace.idFromName(`shard-${String(shardOf(key, shards))}`));
    const body = JSON.stringify([method, key, value, ttl]);
    const response = await object.fetch("https://store.invalid/", { method: "POST", body });
    if (!response.ok) throw new Error(`the Durable Object of the store answered ${String(response.status)}`);
    return response.json();
  };
  return {
    get: async (key) => (await call("get", key, "", 0)) as string | null,
    set: async (key, value, lifetime) => call("set", key, value, secondsOf(lifetime)),
    delete: (key) => call("delete", key, "", 0),
    add: async (key, value, lifetime) => (await call("add", key, value, secondsOf(lifetime))) === true,
  };
}

/** FNV-1a. */
function shardOf(key: string, shards: number): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < key.length; index += 1) hash = Math.imul(hash ^ key.charCodeAt(index), 0x01000193);
  return (hash >>> 0) % shards;
}
