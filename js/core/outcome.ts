import type { Fetch } from "./countersign.js";

// What a call into the core leads to, by the numbers of `wasm/src/verifier.rs`.

/** WebCrypto is to be asked what the signature waits for. Then comes the next step. */
export const ENGINE = 0;
/** The token is accepted. The frame says where it is, and its slot. */
export const ACCEPTED = 1;
/** The token in the slot that the frame names is accepted. */
export const CACHED = 2;
/** A request is to be made, and waited for. Then comes the next step. */
export const FETCH = 3;
/** Nothing is left to do. */
export const DONE = 5;
/** The response is not used. */
export const REFUSED = 6;
/** There are no keys, and this verification cannot wait for them. */
export const NOT_LOADED = 7;

// How an attempt begins, before the core says how it goes on.

/** Requests are made, and waited for. */
export const AWAITED = 0;
/** Requests are made, and nobody waits for them. */
export const IN_BACKGROUND = 1;
/** No requests are made. */
export const OFFLINE = 2;

/** An accepted token that was not cached has this instead of a slot. */
export const NO_SLOT = 0xffff_ffff;

/** What is to be done before an attempt goes on. */
export class Step {
  readonly outcome: number;
  /** The attempt, to go on with. */
  readonly attempt: number;
  /** Milliseconds to wait at most. */
  readonly wait: number;
  /** The number of the request that is waited for. */
  readonly awaited: number;
  /** The request to make. `undefined`: it is under way. */
  readonly request: Fetch | undefined;

  constructor(outcome: number, attempt: number, wait: number, awaited: number, request: Fetch | undefined) {
    this.outcome = outcome;
    this.attempt = attempt;
    this.wait = wait;
    this.awaited = awaited;
    this.request = request;
  }
}
