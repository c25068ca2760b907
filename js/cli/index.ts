/**
 * `countersign/node-cli`: sign-in for programs in a terminal, on Node. The browser comes back to loopback
 * (RFC 8252), or the user enters a code anywhere (RFC 8628); the tokens are in a file that several processes share.
 *
 * @module
 */

export { createCliAuth } from "./auth.js";
export { CliAuthError } from "./error.js";
export type { CliAuthErrorCode } from "./error.js";
export type { CliAuth, CliAuthOptions, CliClient, DevicePrompt, LoginParams, Tokens } from "./types.js";
