/** The boundary of `auth.wasm`: that of `core.wasm`, and what `wasm/src/client.rs` exports beside it. */

export * from "./countersign.js";

/** A `PkcePair`. */
export function createPkcePair(): string;
/** Takes the options, answers an `AuthorizationRequest`. */
export function createAuthorizationRequest(options: string, now: number): string;
/** Takes the transaction, answers `{ code }`. */
export function parseAuthorizationResponse(response: string, transaction: string, now: number): string;
/** Takes the options, answers a `TokenRequest` whose headers are pairs. */
export function createTokenRequest(options: string): string;
export function parseTokenResponse(status: number, body: string, options: string): string;

// What `wasm/src/spa.rs` exports.

/** Takes `{ address, redirectUri, issuer, states }`, answers `{ kind, state? }`. */
export function pageArrival(options: string): string;
/** The indices of those to remove. */
export function deadSignIns(expireAt: Float64Array, now: number): Uint32Array;
/** "use", "refresh", "refresh-early" or "end". `undefined`: the record is no session. */
export function pageStep(record: string, issuer: string, clientId: string, now: number): string | undefined;
/** When it ends by itself, if it does. */
export function pageSessionEnd(record: string, issuer: string, clientId: string): number | undefined;
/** "use", "fail" or "end". */
export function afterFailure(code: string, answer: string | null | undefined, usable: boolean): string;
/** Seconds. */
export function providerOffset(tokenResponse: string, now: number): number;
