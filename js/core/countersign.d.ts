/** The boundary of `core.wasm`: what verifies tokens, and what reads them and keys as they are. */

export * from "./glue-verifier.js";

export function decodeUnverified(length: number): void;
export function thumbprint(jwk: string): string;
