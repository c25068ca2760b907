/** The boundary of `core.wasm`: what verifies tokens, and what reads them and keys as they are. */

export * from "./glue-options.js";

/** @param forAny The token may be as large, and padded, as any verifier takes. */
export function decodeUnverified(length: number, forAny: boolean): void;
export function thumbprint(jwk: string): string;
