import { isWellFormed, nearest } from "./text.js";

/** Turns what a caller gave into what is asked for, or throws a `TypeError` that says what to write instead. */
export type Reader<T> = (value: unknown, name: string) => T;

/** One reader for each option there is. Those that are mandatory refuse `undefined`. */
export type Readers<T> = { readonly [Name in keyof T]-?: Reader<T[Name]> };

/** The longest list that is read. */
const MAX_LIST = 1000;
/** The longest single string that is read: as many characters as the longest URLs that anyone takes. */
const MAX_TEXT = 16_384;

/**
 * Reads each known option exactly once, and refuses every other.
 *
 * What is read may be anything: whatever a proxy or a getter throws becomes a `TypeError` with the option's name. Only
 * own properties count, so that a polluted `Object.prototype` configures nothing.
 */
export function readOptions<T extends object>(where: string, options: unknown, readers: Readers<T>, open = false): T {
  const names = Object.keys(readers) as (keyof T & string)[];
  if (typeof options !== "object" || options === null) {
    throw new TypeError(`${where} takes an object with the options ${names.map(quote).join(", ")}`);
  }
  if (!open) refuseUnknown(where, options, names);
  const entries = names.map((name) => [name, readOption(where, options, name, readers[name])] as const);
  return Object.assign(Object.create(null) as object, Object.fromEntries(entries)) as T;
}

function refuseUnknown(where: string, options: object, known: readonly string[]): void {
  for (const name of guarded(where, () => Reflect.ownKeys(options))) {
    if (typeof name === "string" && known.includes(name)) continue;
    if (name === "secret") {
      throw new TypeError(`${where} takes no "secret": use createSharedSecretVerifier for HS256, HS384 and HS512`);
    }
    const meant = typeof name === "string" ? nearest(name, known) : undefined;
    const advice =
      meant === undefined ? `the options are ${known.map(quote).join(", ")}` : `did you mean ${quote(meant)}?`;
    throw new TypeError(`${where} has no option ${quote(String(name).slice(0, 40))}: ${advice}`);
  }
}

function readOption<T>(where: string, options: object, name: string, read: Reader<T>): T {
  const label = `${where}: option ${quote(name)}`;
  const value = guarded(label, () =>
    Object.hasOwn(options, name) ? (Reflect.get(options, name) as unknown) : undefined,
  );
  return read(value, label);
}

/** Runs code of the caller's: getters, traps of proxies, `toJSON`. */
export function guarded<T>(label: string, call: () => T): T {
  try {
    return call();
  } catch (cause) {
    throw new TypeError(`${label} cannot be read: reading it throws`, { cause });
  }
}

const quote = (name: string): string => JSON.stringify(name);

/** The same, and where nothing was given says what to write. */
export const mandatory =
  <T>(read: Reader<T>, example: string): Reader<T> =>
  (value, label) => {
    if (value === undefined) throw new TypeError(`${label} is mandatory: write e.g. ${quote(example)}`);
    return read(value, label);
  };

/** The same, or `undefined` where nothing was given. */
export const optional =
  <T>(read: Reader<T>): Reader<T | undefined> =>
  (value, label) =>
    value === undefined ? undefined : read(value, label);

/** A string that is not empty and has no lone surrogates, which UTF-8 cannot hold. */
export const text: Reader<string> = (value, label) => {
  if (typeof value !== "string" || value === "") throw new TypeError(`${label} must be a string that is not empty`);
  if (value.length > MAX_TEXT) throw new TypeError(`${label} is longer than ${MAX_TEXT} characters`);
  if (!isWellFormed(value)) throw new TypeError(`${label} must be well-formed Unicode: it has a lone surrogate`);
  return value;
};

/** An array of strings. */
export const texts = (value: unknown, label: string, kind = "an array of strings"): readonly string[] => {
  const list = guarded(label, () => copyArray(value));
  if (list === undefined) throw new TypeError(`${label} must be ${kind}`);
  if (list.length > MAX_LIST) throw new TypeError(`${label} has more than ${MAX_LIST} entries`);
  return list.map((entry, index) => text(entry, `${label}, entry ${index},`));
};

/** Copies by index, because everything else about an array can be somebody's own code. */
function copyArray(value: unknown): unknown[] | undefined {
  if (!Array.isArray(value)) return undefined;
  const copy: unknown[] = [];
  const length = Math.min(value.length, MAX_LIST + 1);
  for (let index = 0; index < length; index += 1) copy.push(value[index]);
  return copy;
}

/** An array of at least one string. */
export const someTexts = (value: unknown, label: string, kind?: string): readonly [string, ...string[]] => {
  const [first, ...others] = texts(value, label, kind);
  if (first === undefined) throw new TypeError(`${label} must not be empty: leave it out, or name at least one`);
  return [first, ...others];
};

/** One of the given strings. */
export const oneOf =
  <T extends string>(...choices: readonly T[]): Reader<T> =>
  (value, label) => {
    const choice = choices.find((candidate) => candidate === value);
    if (choice === undefined)
      throw new TypeError(
        `${label} must be ${choices
          .map(quote)
          .join(", ")
          .replace(/,([^,]*)$/, " or$1")}`,
      );
    return choice;
  };

/** `true` or `false`. */
export const flag: Reader<boolean> = (value, label) => {
  if (typeof value !== "boolean") throw new TypeError(`${label} must be true or false`);
  return value;
};

/** A number of something, within bounds. */
export const count =
  (unit: string, least: number, most: number = Number.MAX_SAFE_INTEGER): Reader<number> =>
  (value, label) => {
    if (typeof value === "number" && Number.isSafeInteger(value) && value >= least && value <= most) return value;
    const range = most === Number.MAX_SAFE_INTEGER ? `at least ${least}` : `${least} to ${most}`;
    throw new TypeError(`${label} must be a whole number of ${unit}, ${range}`);
  };

/** A function of the caller's. */
export const callback =
  <F>(example: string): Reader<F> =>
  (value, label) => {
    if (typeof value !== "function") throw new TypeError(`${label} must be a function, e.g. ${example}`);
    return value as F;
  };
