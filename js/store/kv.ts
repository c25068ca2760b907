import { endOf, hasMethods, PREFIX, secondsOf } from "./entry.js";
import type { Store } from "./types.js";

/** The part of Workers' `KVNamespace` that is used. */
export interface KvNamespace {
  getWithMetadata(key: string, type: "text"): Promise<{ readonly value: string | null; readonly metadata: unknown }>;
  put(
    key: string,
    value: string,
    options: { expirationTtl: number; metadata: { expiresAt: number } },
  ): Promise<unknown>;
  delete(key: string): Promise<unknown>;
}

/** The shortest lifetime that Workers KV takes, in seconds. */
const SHORTEST = 60;

/**
 * A store in Workers KV, for documents that may be a minute old: reads are answered from a cache near the Worker, and a
 * write is seen elsewhere within a minute or so.
 *
 * KV takes no lifetime under 60 seconds: a shorter one ends as asked for `get`, and the value is removed later. It takes one
 * write a second for a key, and answers others with 429: then `set` rejects.
 *
 * @throws TypeError for anything but a namespace.
 * @example
 * ```ts
 * import { kvStore } from "countersign/stores";
 *
 * const store = kvStore(env.KEYS);
 * await store.set("jwks:1", "{}", { ttl: 600 });
 * ```
 */
export function kvStore(namespace: KvNamespace): Store {
  if (!hasMethods(namespace, "getWithMetadata", "put", "delete")) {
    throw new TypeError("kvStore takes a KV namespace, the binding of wrangler.jsonc: kvStore(env.KEYS)");
  }
  return {
    async get(key) {
      const { value, metadata } = await namespace.getWithMetadata(PREFIX + key, "text");
      const { expiresAt } = (metadata ?? {}) as { readonly expiresAt?: unknown };
      return value !== null && typeof expiresAt === "number" && expiresAt > Date.now() ? value : undefined;
    },
    async set(key, value, lifetime) {
      await namespace.put(PREFIX + key, value, {
        expirationTtl: Math.max(secondsOf(lifetime), SHORTEST),
        metadata: { expiresAt: endOf(lifetime) },
      });
    },
    delete: (key) => namespace.delete(PREFIX + key),
  };
}
