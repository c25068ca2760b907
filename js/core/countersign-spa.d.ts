/** The boundary of `spa.wasm`: what signs users in, and what `wasm/src/spa.rs` exports beside it. */

export * from "./glue-client.js";

/** Takes `{ address, redirectUri, issuer, states }`, answers `{ kind, state? }`. */
export function pageArrival(options: string): string;
/** The indices of those to remove. */
export function deadSignIns(expireAt: Float64Array, now: number): Uint32Array;
/** "use", "refresh", "refresh-early", "missing" or "end". `undefined`: the record is no session. */
export function pageStep(
  record: string,
  issuer: string,
  clientId: string,
  resource: string,
  now: number,
): string | undefined;
/** When it ends by itself, if it does. */
export function pageSessionEnd(record: string, issuer: string, clientId: string): number | undefined;
/** "use", "fail", "refused" or "end". */
export function afterFailure(code: string, answer: string | null | undefined, usable: boolean): string;
/** Takes `{ list }`, answers an index. */
export function resourceAt(address: string, resources: string): number | undefined;
/** Seconds. */
export function providerOffset(idToken: string, now: number): number;
