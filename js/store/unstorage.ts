import { endOf, hasMethods, secondsOf } from "./entry.js";
import type { Store } from "./types.js";

/** The part of unstorage's `Storage` that is used. */
export interface UnstorageLike {
  getItem(key: string): Promise<unknown>;
  setItem(key: string, value: never, options: { ttl: number }): Promise<unknown>;
  removeItem(key: string): Promise<unknown>;
}

/** What is stored: not every driver forgets a value in time, and some take two keys for the same. */
interface Entry {
  readonly key: string;
  readonly value: string;
  /** Milliseconds since 1970. */
  readonly expiresAt: number;
}

/**
 * A store in any of unstorage's drivers, which have no way of putting a value only where there is none. Those that know
 * lifetimes get them; elsewhere a value that has expired lies there until it is written or deleted.
 *
 * @throws TypeError for anything but a storage.
 * @example
 * ```ts
 * import { unstorageStore } from "countersign/stores";
 * import { createStorage, prefixStorage } from "unstorage";
 *
 * const store = unstorageStore(prefixStorage(createStorage(), "countersign"));
 * await store.set("jwks:1", "{}", { ttl: 600 });
 * ```
 */
export function unstorageStore(storage: UnstorageLike): Store {
  if (!hasMethods(storage, "getItem", "setItem", "removeItem")) {
    throw new TypeError(
      "unstorageStore takes what createStorage of unstorage returns: unstorageStore(createStorage())",
    );
  }
  return {
    async get(key) {
      const entry = (await storage.getItem(nameOf(key))) as Partial<Entry> | null;
      return entry?.key === key && Number(entry.expiresAt) > Date.now() ? entry.value : undefined;
    },
    async set(key, value, lifetime) {
      const entry: Entry = { key, value, expiresAt: endOf(lifetime) };
      await storage.setItem(nameOf(key), entry as never, { ttl: secondsOf(lifetime) });
    },
    delete: (key) => storage.removeItem(nameOf(key)),
  };
}

/** unstorage takes `:` for a separator of folders, and `..` for a way out of them. */
const nameOf = (key: string): string => key.replace(/[:.]/g, (character) => (character === ":" ? "%3A" : "%2E"));
