import type { Fetch } from "../fetch.js";
import {
  callback,
  count,
  guarded,
  mandatory,
  oneOf,
  optional,
  readOptions,
  text,
  texts,
  type Reader,
} from "../options/readers.js";
import type { FiefAuthOptions } from "./types.js";

/** Options that were read. */
export interface ReadFiefOptions {
  readonly baseUrl: string;
  readonly issuer: string;
  readonly clientId: string;
  readonly clientSecret: string | undefined;
  readonly decryptionKeys: readonly object[] | undefined;
  readonly fetch: Fetch | undefined;
}

const address: Reader<string> = (value, label) => {
  const url = text(value, label);
  if (!/^https?:\/\/[^/]/.test(url) || !URL.canParse(url) || url.endsWith("/")) {
    throw new TypeError(`${label} must be an address without a slash at its end, e.g. "https://auth.example"`);
  }
  return url;
};

/** Fief's keys are RSA, for RSA-OAEP-256 and A256CBC-HS512. */
const encryptionKey: Reader<object> = (value, label) => {
  const key = typeof value === "string" ? guarded(label, () => JSON.parse(value) as unknown) : value;
  if (typeof key !== "object" || key === null) throw new TypeError(`${label} must be a JWK, or its JSON`);
  return { alg: "RSA-OAEP-256", enc: "A256CBC-HS512", key };
};

const OPTIONS = {
  baseUrl: mandatory(address, "https://auth.example"),
  clientId: mandatory(text, "my-client"),
  clientSecret: optional(text),
  encryptionKey: optional(encryptionKey),
  issuer: optional(text),
  fetch: optional(callback<Fetch>("globalThis.fetch")),
};

type Read<R> = { [Name in keyof R]: R[Name] extends Reader<infer T> ? T : never };

export function readFiefOptions(options: unknown): ReadFiefOptions {
  const { encryptionKey: key, issuer, ...read } = readOptions<Read<typeof OPTIONS>>("createFief", options, OPTIONS);
  return { ...read, issuer: issuer ?? read.baseUrl, decryptionKeys: key && [key] };
}

const AUTH_OPTIONS = {
  scope: optional(texts),
  lang: optional(text),
  screen: optional(oneOf("login", "register")),
  loginHint: optional(text),
  acrValues: optional(text),
  prompt: optional(oneOf("none", "login", "consent")),
  maxAge: optional(count("seconds", 0)),
};

/** What is asked of a sign-in. A name that there is not would ask for less. */
export const readAuthOptions = (options: FiefAuthOptions): FiefAuthOptions =>
  readOptions("authUrl", options, AUTH_OPTIONS) as FiefAuthOptions;
