import type { ReadGuardOptions } from "../guard/options.js";
import { guarded, text, type Reader } from "../options/readers.js";

/** The members of an object of strings. */
export const readScopes: Reader<Readonly<Record<string, string>>> = (value, label) => {
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new TypeError(`${label} must be an object, e.g. { "notes:read": "Read notes" }`);
  }
  const entries = guarded(label, () => Object.entries(value as Record<string, unknown>));
  const meaning = (given: unknown, name: string): string => (given === "" ? "" : text(given, name));
  return table(entries.map(([name, given]) => [name, meaning(given, `${label}, member ${JSON.stringify(name)},`)]));
};

/** What the guard knows of scopes: their names, and what they imply. */
export function scopesOf(
  options: ReadGuardOptions,
  own: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const { metadata = "{}", implies = [] } = options.core;
  const { scopes_supported: supported } = JSON.parse(metadata) as { scopes_supported?: unknown };
  const published = Array.isArray(supported) ? supported.filter((scope) => typeof scope === "string") : [];
  return table([
    ...published.map((scope) => [scope, ""] as const),
    ...implies.flat().map((scope) => [scope, ""] as const),
    ...implies.map(([scope = "", ...implied]) => [scope, `Includes ${implied.join(", ")}`] as const),
    ...Object.entries(own),
  ]);
}

/** An object that has no other members, not even for `__proto__`. It is a plain one to whoever compares or prints it. */
function table(entries: readonly (readonly [name: string, meaning: string])[]): Record<string, string> {
  return Object.fromEntries(entries);
}
