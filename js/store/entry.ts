import type { StoreLifetime } from "./types.js";

/** What the keys of these stores begin with, where others write into the same place. */
export const PREFIX = "countersign:";

/** A lifetime in seconds, or a `TypeError`. */
export function secondsOf({ ttl }: StoreLifetime): number {
  if (!Number.isSafeInteger(ttl) || ttl < 1) throw new TypeError("ttl must be a positive integer of seconds");
  return ttl;
}

/** The end of a lifetime, in milliseconds since 1970. */
export const endOf = (lifetime: StoreLifetime): number => Date.now() + secondsOf(lifetime) * 1000;

/** Whether `value` is an object with these methods. */
export function hasMethods(value: unknown, ...names: readonly string[]): boolean {
  if ((typeof value !== "object" && typeof value !== "function") || value === null) return false;
  const methods = value as Readonly<Record<string, unknown>>;
  return names.every((name) => typeof methods[name] === "function");
}
