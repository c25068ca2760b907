/** The boundary of `auth.wasm`: that of `core.wasm`, and what `wasm/src/client.rs` and `wasm/src/decryption.rs` export beside it. */

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
/** Takes `{ decryptionKeys }`: a list for each, `[type, value, alg, kid, ...enc]`. */
export function checkDecryptionKeys(options: string): void;
/** Takes `{ decryptionKeys, answers }`, answers what WebCrypto has to do next, or `{ text }`. */
export function decryptionStep(token: string, options: string): string;
