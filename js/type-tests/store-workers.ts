// The bindings of Workers.

import {
  CountersignStore,
  cacheApiStore,
  d1Store,
  durableObjectStore,
  kvStore,
  type AtomicStore,
  type Store,
} from "countersign/stores";

interface Env {
  readonly KEYS: KVNamespace;
  readonly NAMED_KEYS: KVNamespace<"countersign:a">;
  readonly STORE: DurableObjectNamespace;
  readonly DB: D1Database;
  readonly SESSION: D1DatabaseSession;
}

export const stores = async (env: Env): Promise<readonly Store[]> => [
  kvStore(env.KEYS),
  cacheApiStore({ origin: "https://app.example" }),
  cacheApiStore({ origin: "https://app.example", cache: await caches.open("countersign") }),
];
export const atomic = (env: Env): readonly AtomicStore[] => [
  durableObjectStore(env.STORE),
  durableObjectStore(env.STORE, { shards: 16 }),
  d1Store(env.DB),
  d1Store(env.SESSION),
];

/** What the runtime makes of an exported class. */
export const make = (state: DurableObjectState): DurableObject => new CountersignStore(state);

// @ts-expect-error A binding of another kind.
export const wrong = (env: Env): Store => kvStore(env.DB);
// @ts-expect-error KV cannot put if absent.
export const lax = (env: Env): AtomicStore => kvStore(env.KEYS);
// @ts-expect-error The origin is mandatory.
export const nowhere = (): Store => cacheApiStore({});
