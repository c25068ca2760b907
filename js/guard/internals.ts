import type { Fields, GuardImpl } from "./guard.js";
import type { Guard, GuardRequest } from "./types.js";

const INTERNALS = /* @__PURE__ */ new WeakMap<object, GuardImpl>();

export function register(guard: Guard, impl: GuardImpl): Guard {
  INTERNALS.set(guard, impl);
  return guard;
}

/** What adapters use of a guard, whose public form takes requests of `fetch`. */
export function internalsOf(where: string, guard: unknown): GuardImpl {
  const impl = typeof guard === "object" && guard !== null ? INTERNALS.get(guard) : undefined;
  if (impl === undefined) throw new TypeError(`${where} takes what createGuard returns`);
  return impl;
}

/** The header fields of a request whose host has joined those of one name. */
export function joinedFields({ headers }: GuardRequest): Fields {
  return (name) => {
    const value = headers.get(name);
    return value === null ? [] : [value];
  };
}
