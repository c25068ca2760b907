/**
 * `countersign/web`: sign-in and sessions for web applications, at the edge and on servers.
 *
 * @module
 */

import { readWebAuthOptions } from "./options.js";
import { rules } from "./runtime.js";
import type { WebAuth, WebAuthOptions } from "./types.js";
import { WebAuthImpl } from "./web-auth.js";

export { createClient } from "../client/index.js";
export { CountersignError } from "../errors.js";
export type { ErrorCode, SessionErrorCode } from "../errors.js";
export type { Client, ClientOptions, Tokens } from "../client/client-types.js";
export type * from "./types.js";

/**
 * Makes sign-in for a web application: its routes below `basePath` (`login`, `callback`, `logout`, `me`, and
 * `backchannel-logout` with a store), and the session of each request.
 *
 * Register `origin + basePath + "/callback"` as the redirect URI, and `origin + returnTo` as the place to come back to after a
 * sign-out.
 *
 * @throws TypeError for options that are missing, unknown or impossible. The message says what to write instead.
 *
 * @example A Worker
 * ```ts
 * const auth = createWebAuth({
 *   origin: "https://app.example",
 *   client: createClient({ issuer: "https://tenant.example/", clientId: "app" }),
 *   secrets: [env.COOKIE_SECRET],
 * });
 *
 * export default {
 *   fetch: auth.mount((request, session) =>
 *     session ? new Response(`Hello, ${session.user.name}`) : auth.signIn(request),
 *   ),
 * };
 * ```
 */
export function createWebAuth(options: WebAuthOptions): WebAuth {
  return new WebAuthImpl(rules, readWebAuthOptions(options));
}
