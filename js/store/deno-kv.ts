import { endOf, hasMethods, secondsOf } from "./entry.js";
import type { AtomicStore } from "./types.js";

/** The part of `Deno.Kv` that is used. */
export interface DenoKv {
  get(key: string[]): Promise<{ readonly value: unknown; readonly versionstamp: string | null }>;
  set(key: string[], value: unknown, options: { expireIn: number }): Promise<unknown>;
  delete(key: string[]): Promise<unknown>;
  atomic(): DenoKvOperation;
}

/** The part of `Deno.AtomicOperation` that is used. */
export interface DenoKvOperation {
  check(condition: { key: string[]; versionstamp: string | null }): this;
  set(key: string[], value: unknown, options: { expireIn: number }): this;
  commit(): Promise<{ readonly ok: boolean }>;
}

/** Deno removes a value some time after its lifetime: this is when it ends. Milliseconds since 1970. */
interface Entry {
  readonly value: string;
  readonly expiresAt: number;
}

/** How often a value is tried to be added. */
const MAX_TRIES = 8;

/**
 * A store in Deno KV, whose values are at most 64 KiB. Keys begin with `"countersign"`.
 *
 * @throws TypeError for anything but a `Deno.Kv`.
 * @example
 * ```ts
 * import { denoKvStore } from "countersign/stores";
 *
 * const store = denoKvStore(await Deno.openKv());
 * await store.add("jti:1", "", { ttl: 60 }); // true
 * ```
 */
export function denoKvStore(kv: DenoKv): AtomicStore {
  if (!hasMethods(kv, "get", "set", "delete", "atomic")) {
    throw new TypeError("denoKvStore takes a Deno.Kv: denoKvStore(await Deno.openKv())");
  }
  const keyOf = (key: string): string[] => ["countersign", key];
  const isLive = (entry: unknown): entry is Entry =>
    typeof entry === "object" && entry !== null && Number((entry as Partial<Entry>).expiresAt) > Date.now();
  return {
    async get(key) {
      const { value } = await kv.get(keyOf(key));
      return isLive(value) ? value.value : undefined;
    },
    set: (key, value, lifetime) =>
      kv.set(keyOf(key), { value, expiresAt: endOf(lifetime) }, { expireIn: secondsOf(lifetime) * 1000 }),
    delete: (key) => kv.delete(keyOf(key)),
    async add(key, value, lifetime) {
      const entry = { value, expiresAt: endOf(lifetime) };
      const options = { expireIn: secondsOf(lifetime) * 1000 };
      // Where the check fails, another call has added a value, or Deno has removed one that had expired.
      for (let tries = 0; tries < MAX_TRIES; tries += 1) {
        const found = await kv.get(keyOf(key));
        if (isLive(found.value)) return false;
        const { ok } = await kv
          .atomic()
          .check({ key: keyOf(key), versionstamp: found.versionstamp })
          .set(keyOf(key), entry, options)
          .commit();
        if (ok) return true;
      }
      throw new Error("Deno KV has not let a value be added: others write the same key all the time");
    },
  };
}
