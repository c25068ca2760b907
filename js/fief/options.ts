import type { Fetch } from "../fetch.js";
import { callback, guarded, mandatory, optional, readOptions, text, type Reader } from "../options/readers.js";

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
