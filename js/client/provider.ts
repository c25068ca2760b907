import { guarded, oneOf, optional, readOptions, someTexts, text, type Reader } from "../options/readers.js";
import type { ProviderData, ProviderQuirks, ProviderUser } from "./provider-types.js";

const set: Reader<true | undefined> = (value, label) => {
  if (value !== undefined && value !== true) throw new TypeError(`${label} must be true, or left out`);
  return value;
};

const quirks: Reader<ProviderQuirks> = (value, label) =>
  readOptions<{ [Name in keyof Required<ProviderQuirks>]: unknown }>(label, value, {
    commaScopes: set,
    commaScopesInAnswers: set,
    formAnswers: set,
    missingTokenTypeIsBearer: set,
    bearerNames: optional(someTexts),
    errors: optional(oneOf("object", "message")),
    noNonce: set,
  }) as ProviderQuirks;

const user: Reader<ProviderUser> = (value, label) =>
  readOptions<{ [Name in keyof Required<ProviderUser>]: unknown }>(label, value, {
    url: optional(text),
    id: someTexts,
    clientIdHeader: optional(oneOf("client-id")),
  }) as ProviderUser;

/** Names and values that are the provider's. */
const params: Reader<Readonly<Record<string, string>>> = (value, label) => {
  const entries = guarded(label, () =>
    typeof value === "object" && value !== null ? Object.entries(value) : undefined,
  );
  if (entries === undefined) throw new TypeError(`${label} must be an object of strings`);
  return Object.fromEntries(entries.map(([name, one]) => [name, text(one, `${label}, "${name.slice(0, 40)}",`)]));
};

/** The option `provider`, which a preset has made. */
export const readProvider: Reader<ProviderData> = (value, label) =>
  readOptions<{ [Name in keyof Required<ProviderData>]: unknown }>(label, value, {
    name: text,
    quirks: optional(quirks),
    responseMode: optional(oneOf("form_post")),
    params: optional(params),
    user: optional(user),
  }) as ProviderData;
