/** The boundary of `spa.wasm`: what signs users in, and what `wasm/src/spa.rs` exports beside it. */

export * from "./glue-client.js";

/** The state of a response; empty for one that is stray, `undefined` for whatever else. Takes states, a line each. */
export function pageArrival(address: string, redirectUri: string, issuer: string, states: string): string | undefined;
/** The indices of those to remove, as JSON. Takes the times, a line each. */
export function deadSignIns(expireAt: string, now: number): string;
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
/** An index. Takes the resources, a line each. */
export function resourceAt(address: string, resources: string): number | undefined;
/** Seconds. */
export function providerOffset(idToken: string, now: number): number;
