/**
 * What the issuer says of the user who makes a request (userinfo, OpenID Connect Core §5.3).
 *
 * @module
 */

import type { Auth } from "../guard/types.js";
import { mandatory, optional, callback, count, readOptions, someTexts, text, texts } from "../options/readers.js";
import { isSafe } from "../guard/endpoint.js";
import { Users } from "./users.js";
import type { CurrentUser, CurrentUserOptions } from "./types.js";

export type * from "./types.js";

/**
 * Asks the issuer for the user behind a token, and keeps the answers: they are those of a user of an issuer, whichever token
 * was asked with. As the option `user` of a guard it is asked before handlers run, and the answer is `auth.user`.
 *
 * Tokens that are bound to a key of their client cannot be used so: the issuer wants the client's proof.
 *
 * @throws TypeError for options that are missing, unknown or impossible.
 *
 * @example
 * ```ts
 * const issuer = "https://tenant.example/";
 * const user = currentUser({ issuer });
 * const guard = createGuard({ issuer, resource: "https://api.example", user });
 *
 * export default { fetch: guard.protect((request, auth) => Response.json({ hello: auth.user?.name })) };
 * ```
 */
export function currentUser(options: CurrentUserOptions): CurrentUser {
  const {
    issuerAliases = [],
    cache,
    ...read
  } = readOptions("currentUser", options, {
    issuer: mandatory(text, "https://tenant.example/"),
    issuerAliases: optional(texts),
    endpoint: optional(text),
    clients: optional(someTexts),
    cache: optional((value: unknown, label: string) => readOptions(label, value, CACHE)),
    metadataUri: optional(text),
    allowInsecureHosts: optional(someTexts),
    fetch: optional(callback("globalThis.fetch")),
    now: optional(callback("Date.now")),
    jwksUri: optional(text),
    jwks: (value: unknown) => value,
    algorithms: (value: unknown) => value,
  });
  if (read.endpoint !== undefined && !isSafe(read.endpoint, read.allowInsecureHosts)) {
    throw new TypeError('currentUser: option "endpoint" must be a URL with https');
  }
  const { ttl = 60, maxEntries = 1000 } = cache ?? {};
  const users = new Users({ ...read, issuers: [read.issuer, ...issuerAliases], ttl, maxEntries } as never);
  return async (auth: Auth, { refresh = false } = {}) => users.userOf(auth, refresh);
}

const CACHE = {
  ttl: optional(count("seconds", 1, 3600)),
  maxEntries: optional(count("answers", 1, 1_000_000)),
};
