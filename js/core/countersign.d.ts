/**
 * The boundary between JavaScript and the Rust core, as `wasm/src/` exports it through wasm-bindgen.
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
/** Five u32 at a constant place; `memory.ts` names them. */
export function frame(): number;
/** The table of algorithms, as JSON: `AlgorithmEntry[]`. */
export function algorithms(): string;
/** `{ jwk, message, good, bad }`: the JWK as text, bytes in base64url. `undefined`: no host is asked about the algorithm. */
export function knownAnswer(algorithm: string): string | undefined;

export function decodeUnverified(length: number): void;
export function thumbprint(jwk: string): string;

/** What to download, and within which limits: what `next` answers, and the frame has after `FETCH`. */
export interface Fetch {
  readonly id: number;
  readonly url: string;
  readonly maxBytes: number;
  /** Seconds, from the call to the last byte of the body. */
  readonly timeout: number;
  /** The entity tag of the keys that there are. */
  readonly ifNoneMatch?: string;
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
  /** 0: it does not hold, 1: it does, 2: no engine can tell, 3: not yet. `hostKey`, `engineKey` and `knownAnswer` may be called. */
  ask(keyId: number, algorithm: number, signature: number, signatureLength: number, signedLength: number): number;
}

export class Verifier {
  constructor(options: string, secret: Uint8Array | undefined, signatures: Signatures | undefined);
  /** A `KeyReport`. */
  keys(): string;

  /** A step of loading fresh keys: an outcome of `outcome.ts`. */
  load(attempt: number, now: number): number;
  /**
   * `FETCH` for the request that follows, `DONE`, or `REFUSED`, with the error's code in the frame. `fields`: `Cache-Control`,
   * `Age` and `ETag`, a line each.
   */
  response(id: number, status: number, body: Uint8Array, fields: string, now: number): number;
  failure(id: number, reason: string, now: number): void;
  /** A request was waited for so long, and has not ended. */
  pending(id: number, milliseconds: number): void;
  /** A response that another instance took at that time. Whether its keys are in use now. */
  stored(url: string, status: number, body: Uint8Array, fields: string, at: number, now: number): boolean;
  /** Whether there are keys that may be used now. */
  ready(now: number): boolean;

  /** A step of verifying the token in the input buffer: an outcome of `outcome.ts`, with the rest in the frame. */
  verify(attempt: number, length: number, now: number): number;
  verifyExpecting(attempt: number, length: number, now: number, expectations: string): number;
  /** The canonical public JWK. */
  hostKey(keyId: number): string | undefined;
  /** The public key as `WasmEngine` takes it. */
  engineKey(keyId: number): Uint8Array | undefined;
  free(): void;
}

/**
 * Publishes the token among a request's header fields of one name, which are in the input buffer, a line each, by the kind of
 * the source; see `guard/sources.ts`. False: there is none.
 */
export function credentials(kind: number, name: string, length: number): boolean;
export function isPreflight(method: string, hasOrigin: boolean, hasRequestMethod: boolean): boolean;

export class Guard {
  constructor(options: string, nonceSecret: Uint8Array | undefined);
  /** Takes `{ optional?, scope?, anyScope?, permissions?, acr?, maxAge? }`, and the number of the requirement around it. */
  require(json: string, outer: number | undefined): number;
  release(requirement: number): void;
  isOptional(requirement: number): boolean;
  /** Takes the claims in the input buffer. The thumbprints are those of the key of a proof that holds, and of the client certificate. */
  authorize(
    length: number,
    requirement: number,
    now: number,
    key: string | undefined,
    certificate: string | undefined,
  ): void;
  /** What an engine has to be asked about the proof, a line for each field: `{ algorithm, jwk, engineKey, signature, signedLength }`. */
  beginProof(lines: string): string;
  /** `{ thumbprint, replayKey, nextNonce? }` */
  finishProof(lines: string, valid: boolean, method: string, url: string, token: string, now: number): string;
  replayLifetime(): number;
  /** `{ scopes, permissions, clientId? }` */
  grants(claims: string): string;
  /** Takes `{ method, upgrade, secFetchSite?, origin?, csrfHeader? }`. */
  checkContext(context: string): void;
  /** `{ status, headers, body }` */
  refusal(code: string, status: number, requirement: number, now: number): string;
  /** `{ status, headers, body }` */
  metadataResponse(method: string, path: string): string | undefined;
  free(): void;
}
