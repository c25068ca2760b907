/** A value, or a promise of one: a store may answer at once. */
export type Awaitable<T> = T | Promise<T>;

/** How long a store keeps a value. */
export interface StoreLifetime {
  /** Seconds, a positive integer. The store may forget the value earlier, and answers as if it were absent afterwards. */
  readonly ttl: number;
}

/**
 * A place for documents that several instances share, such as key sets. Keys and values are text; keys are at most 128
 * characters, all of them `A-Z a-z 0-9 : - _ .`. Methods may throw or reject: what a failure means, its user says.
 */
export interface Store {
  /** The value of a key, or `undefined` (or `null`) where there is none or its lifetime has passed. */
  get(key: string): Awaitable<string | null | undefined>;
  /** Writes a value over any other. */
  set(key: string, value: string, lifetime: StoreLifetime): Awaitable<unknown>;
  /** Removes a value, if there is one. */
  delete(key: string): Awaitable<unknown>;
}

/**
 * A store that can also put a value where there is none, in one step: what replay detection and locks need. Of two
 * concurrent calls of `add` for a key exactly one is answered with `true`, wherever they come from.
 */
export interface AtomicStore extends Store {
  /** Writes a value if the key has none. Whether it did. It must not be forgotten before its lifetime has passed. */
  add(key: string, value: string, lifetime: StoreLifetime): Awaitable<boolean>;
}
