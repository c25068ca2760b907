import {
  count,
  flag,
  guarded,
  optional,
  readOptions,
  someTexts,
  text,
  texts,
  type Reader,
} from "../options/readers.js";
import type { Transaction } from "./types.js";

/** Pairs, because the names are the caller's. */
export const parameters: Reader<readonly (readonly [string, string])[]> = (value, label) => {
  const entries = guarded(label, () =>
    typeof value === "object" && value !== null ? Object.entries(value) : undefined,
  );
  if (entries === undefined) throw new TypeError(`${label} must be an object of strings, e.g. { prompt: "login" }`);
  return entries.flatMap(([name, parameter]) => {
    const part = `${label}, "${name.slice(0, 40)}",`;
    const values = typeof parameter === "object" ? someTexts(parameter, part) : [text(parameter, part)];
    return values.map((one) => [name, one] as const);
  });
};

export const readTransaction: Reader<Transaction> = (value) =>
  readOptions<Transaction>(
    "the transaction of the sign-in",
    value,
    {
      issuer: text,
      clientId: text,
      redirectUri: text,
      tokenEndpoint: text,
      state: text,
      nonce: optional(text),
      codeVerifier: text,
      requireIssuer: flag,
      expiresAt: count("seconds", 0),
      maxAge: optional(count("seconds", 0)),
      resource: optional(texts),
    },
    true,
  );
