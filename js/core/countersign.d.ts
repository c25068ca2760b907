/**
 * The boundary between JavaScript and the Rust core, as `src/wasm/` exports it through wasm-bindgen.
 *
 * The generated glue lands beside the compiled files as `core/countersign.js`, cut behind what makes an instance: that is
 * done here, since the glue asks by `instanceof`, and modules come from other realms too. Times are whole seconds. What has
 * parts is JSON. An export throws `{ code, status, message, claim?, expected?, actual? }` for a refusal and
 * `{ config: message }` for a mistake in the configuration, as JSON; whatever else it throws is a trap.
 */

/** What an instance imports. */
export function imports(): WebAssembly.Imports;
/** Puts an instance, and the module to make others of, behind these functions. */
export function adopt(instance: WebAssembly.Instance, module: WebAssembly.Module): void;
/** The memory of the present instance. */
export function memory(): WebAssembly.Memory;

/** Gives this instance up: the next call to any export runs on a fresh one. */
export function abandon(): void;

/** The input buffer, with room for `length` bytes. It moves only when it grows. */
export function input(length: number): number;
/** Two u32 at a constant place; `memory.ts` names them. */
export function frame(): number;
/** The table of algorithms, as JSON: `AlgorithmEntry[]`. */
export function algorithms(): string;
/** `{ jwk, message, good, bad }`: the JWK as text, bytes in base64url. `undefined`: no host is asked about the algorithm. */
export function knownAnswer(algorithm: string): string | undefined;
/** Whether signature arithmetic is part of this build. */
export function hasEngine(): boolean;

export function decodeUnverified(length: number): void;
export function thumbprint(jwk: string): string;
/** A `PkcePair`. */
export function createPkcePair(): string;
/** Takes the options, answers an `AuthorizationRequest`. */
export function createAuthorizationRequest(options: string, now: number): string;
/** Takes the transaction, answers `{ code }`. */
export function parseAuthorizationResponse(response: string, transaction: string, now: number): string;
/** Takes the options, answers a `TokenRequest` whose headers are pairs. */
export function createTokenRequest(options: string): string;
export function parseTokenResponse(status: number, body: string, options: string): string;

/** What to download, and within which limits: what `need`, `missed` and `next` answer. */
export interface Fetch {
  readonly id: number;
  readonly url: string;
  readonly maxBytes: number;
  /** Seconds, from the call to the last byte of the body. */
  readonly timeout: number;
}

export class Discovery {
  /** `options`: `{ metadataUri?, allowInsecureHosts? }` */
  constructor(issuer: string, options: string);
  next(): string | undefined;
  response(id: number, status: number, body: Uint8Array): void;
  failure(id: number, reason: string): void;
  metadata(): string;
  free(): void;
}

/** Where the core asks about signatures. */
export interface Signatures {
  /** 0: it does not hold, 1: it does, 2: the built-in engine has to tell, 3: not yet. `hostKey` and `knownAnswer` may be called. */
  ask(keyId: number, algorithm: number, signature: number, signatureLength: number, signedLength: number): number;
}

export class Verifier {
  constructor(options: string, secret: Uint8Array | undefined, signatures: Signatures | undefined);
  /** A `KeyReport`. */
  keys(): string;

  need(now: number): string | undefined;
  /** Until when `need` wants nothing from now on, as long as nothing else is called. */
  calm(now: number): number;
  missed(now: number): string | undefined;
  response(id: number, status: number, body: Uint8Array, now: number): boolean;
  failure(id: number, reason: string, now: number): void;

  /**
   * Verifies the token in the input buffer. 0: a signature waits, and the next call for the token comes with the verdict;
   * 1: the frame says where the token is; 2 and more: so much less is the slot that `keep` gave it.
   */
  verify(length: number, now: number): number;
  verifyExpecting(length: number, now: number, expectations: string): number;
  /** Keeps the verdict on the token that the frame tells of. The answer is its slot, for a token to stay in. */
  keep(): number | undefined;
  /** The canonical public JWK. */
  hostKey(keyId: number): string | undefined;
  free(): void;
}

/** The token of a request's header fields, by the kind of the source; see `guard/sources.ts`. */
export function credentials(kind: number, name: string, values: string[]): string | undefined;
/** Takes a requirement and that around it, answers that of both: `{ optional, scope, anyScope, permissions, acr?, maxAge? }`. */
export function mergeRequirements(outer: string | undefined, inner: string): string;
export function isPreflight(method: string, hasOrigin: boolean, hasRequestMethod: boolean): boolean;

export class Guard {
  constructor(options: string);
  authorize(claims: string, requirement: string, now: number): void;
  /** `{ scopes, permissions, clientId? }` */
  grants(claims: string): string;
  /** Takes `{ method, upgrade, secFetchSite?, origin?, csrfHeader? }`. */
  checkContext(context: string): void;
  /** `{ status, headers, body }` */
  refusal(code: string, status: number, requirement: string): string;
  /** `{ status, headers, body }` */
  metadataResponse(method: string, path: string): string | undefined;
  free(): void;
}
