import { secondsOf } from "./entry.js";
import type { AtomicStore, StoreLifetime } from "./types.js";

/** Options of {@link memoryStore}. */
export interface MemoryStoreOptions {
  /** The number of values that are kept at most: a positive integer. Default: 10,000. */
  readonly maxEntries?: number;
  /** The time in milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}

interface Entry {
  readonly value: string;
  /** Milliseconds */
  readonly expiresAt: number;
  /** Whether it may be forgotten before that. */
  readonly evictable: boolean;
}

/**
 * A store in the memory of this process or isolate, for programs that run once, and for tests. Others do not see it: where
 * several instances answer, replay detection and locks need a store that they share.
 *
 * When it is full, the oldest values of `set` are evicted; values of `add` never are, and the call throws instead.
 *
 * @throws TypeError for options that are none.
 * @example
 * ```ts
 * import { memoryStore } from "countersign/stores";
 *
 * const store = memoryStore({ maxEntries: 1_000 });
 * store.add("jti:1", "", { ttl: 60 }); // true
 * store.add("jti:1", "", { ttl: 60 }); // false
 * ```
 */
export function memoryStore({ maxEntries = 10_000, now = Date.now }: MemoryStoreOptions = {}): AtomicStore {
  if (!Number.isSafeInteger(maxEntries) || maxEntries < 1) {
    throw new TypeError("maxEntries must be a positive integer: memoryStore({ maxEntries: 10_000 })");
  }
  if (typeof now !== "function") throw new TypeError("now must be a function that returns milliseconds");
  const entries = new Map<string, Entry>();

  const live = (key: string): Entry | undefined => {
    const entry = entries.get(key);
    if (entry === undefined || entry.expiresAt > now()) return entry;
    entries.delete(key);
    return undefined;
  };
  const makeRoom = (): void => {
    if (entries.size < maxEntries) return;
    const at = now();
    for (const [key, { expiresAt }] of entries) if (expiresAt <= at) entries.delete(key);
    if (entries.size < maxEntries) return;
    for (const [key, { evictable }] of entries) {
      if (evictable) return void entries.delete(key);
    }
    throw new Error(`the store has ${String(maxEntries)} values that must not be forgotten yet; raise maxEntries`);
  };
  const put = (key: string, value: string, lifetime: StoreLifetime, evictable: boolean): void => {
    const expiresAt = now() + secondsOf(lifetime) * 1000;
    // Written anew, so that the order is that of the writes.
    if (!entries.delete(key)) makeRoom();
    entries.set(key, { value, expiresAt, evictable });
  };

  return {
    get: (key) => live(key)?.value,
    set: (key, value, lifetime) => {
      put(key, value, lifetime, true);
    },
    delete: (key) => {
      entries.delete(key);
    },
    add: (key, value, lifetime) => {
      if (live(key) !== undefined) return false;
      put(key, value, lifetime, false);
      return true;
    },
  };
}
