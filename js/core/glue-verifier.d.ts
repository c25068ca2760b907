/** The boundary of the artifacts that verify tokens. */

export * from "./glue-instance.js";

/** The input buffer, with room for `length` bytes. It moves only when it grows. */
export function input(length: number): number;
/** Five u32 at a constant place; `memory.ts` names them. */
export function frame(): number;
/** `{ jwk, message, good, bad }`: the JWK as text, bytes in base64url. `undefined`: no host is asked about the algorithm. */
export function knownAnswer(algorithm: string): string | undefined;

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
  /** What makes one is the artifact's to say. */
  constructor(...given: never[]);
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

  /** A step of verifying the token in the input buffer: an outcome of `outcome.ts`, with the rest in the frame. */
  verify(attempt: number, length: number, now: number): number;
  verifyExpecting(attempt: number, length: number, now: number, expectations: string): number;
  /** The canonical public JWK. */
  hostKey(keyId: number): string | undefined;
  /** The public key as `WasmEngine` takes it. */
  engineKey(keyId: number): Uint8Array | undefined;
  free(): void;
}
