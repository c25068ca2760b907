/**
 * `countersign/spa`: sign-in for pages without a server of their own.
 *
 * The page asks for the wasm core when it has been painted, or at once where its address holds a response to a sign-in.
 *
 * @module
 */

import { createAuth } from "./auth.js";
import { readBrowserOptions } from "./options.js";
import type { IdTokenClaims } from "../client/client-types.js";
import type { BrowserAuth, BrowserAuthOptions } from "./types.js";

export { CountersignError } from "../errors.js";
export type { ErrorCode, ErrorDetails } from "../errors.js";
export type { IdTokenClaims } from "../client/client-types.js";
export type * from "./types.js";

/**
 * Signs users in on a page: authorization code flow with PKCE, without a frame and without a callback page.
 *
 * Await it before the router starts: a response in the address is taken out of it, whatever page it is on. Whether a user is
 * signed in is then decided, and changes only when the page is left.
 *
 * @throws TypeError for options that are missing, unknown or impossible, and outside pages.
 * @throws CountersignError `core_unavailable` if the address holds a response, and the core cannot be loaded to read it.
 *
 * @example
 * ```ts
 * const auth = await createBrowserAuth({ issuer: "https://tenant.example/", clientId: "my-app" });
 * if (auth.user) greet(auth.user.name);
 * else button.onclick = () => auth.login();
 * ```
 */
export const createBrowserAuth = async <User = IdTokenClaims>(
  options: BrowserAuthOptions<User>,
): Promise<BrowserAuth<User>> => createAuth(readBrowserOptions(options));
