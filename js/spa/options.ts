import type { Fetch } from "../fetch.js";
import {
  callback,
  flag,
  mandatory,
  oneOf,
  optional,
  readOptions,
  text,
  texts,
  type Reader,
  type Readers,
} from "../options/readers.js";
import { origins } from "../options/origins.js";
import type { BrowserAuthOptions, LoginOptions, StandardSchema } from "./types.js";

const schema: Reader<StandardSchema<never>> = (value, label) => {
  const isOne = (typeof value === "object" && value !== null) || typeof value === "function";
  if (isOne && typeof (value as Partial<StandardSchema<never>>)["~standard"]?.validate === "function") {
    return value as StandardSchema<never>;
  }
  throw new TypeError(`${label} must be a Standard Schema, e.g. z.object({ sub: z.string() })`);
};

const READERS: Readers<BrowserAuthOptions<never>> = {
  issuer: mandatory(text, "https://tenant.example/"),
  clientId: mandatory(text, "my-app"),
  scope: optional(text),
  resources: optional(texts),
  allowedOrigins: optional(origins),
  storage: optional(oneOf("session", "local", "memory")),
  redirectUri: optional(text),
  postLogoutRedirectUri: optional(text),
  user: optional(schema),
  dpop: optional(flag),
  fetch: optional(callback<Fetch>("globalThis.fetch")),
};

/** The options, each read once. */
export const readBrowserOptions = <User>(options: BrowserAuthOptions<User>): BrowserAuthOptions<User> =>
  readOptions("createBrowserAuth", options, READERS as Readers<BrowserAuthOptions<User>>);

const parameters: Reader<Readonly<Record<string, string>>> = (value, label) => {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`${label} must be an object of strings, e.g. { prompt: "login" }`);
  }
  return Object.fromEntries(
    Object.entries(value).map(([name, parameter]) => [name, text(parameter, `${label}, "${name.slice(0, 40)}",`)]),
  );
};

/** What was asked of a sign-in. */
interface ReadLoginOptions {
  readonly returnTo?: string | undefined;
  readonly params?: Readonly<Record<string, string>> | undefined;
}

/** The options of a sign-in. A click handler may hand its event over: it is no option. */
export const readLoginOptions = (options: LoginOptions | undefined): ReadLoginOptions =>
  options === undefined || isEvent(options)
    ? {}
    : readOptions<ReadLoginOptions>("login", options, { returnTo: optional(text), params: optional(parameters) });

/** `<button onclick={auth.login}>` passes one. */
export const isEvent = (value: object): boolean => typeof Event === "function" && value instanceof Event;
