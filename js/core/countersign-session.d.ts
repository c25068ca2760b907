/** The boundary of `session.wasm`, which leaves to a client what a client can do. */

export * from "./glue-instance.js";

/** The rules of sign-in for a web application: `wasm/src/session/mod.rs`. */
export class WebSignIn {
  constructor(options: string);
  /** The header fields that matter, as JSON. */
  static requestFields(): string;
  /** Begins an operation on a request, which is JSON as what it takes is. */
  begin(operation: string, request: string, params: string, now: number, random: Uint8Array): WebExchange;
  free(): void;
}

/** An operation under way. */
export class WebExchange {
  /** Takes the answer of the task before, answers a `Task` or an `Outcome`. */
  step(answer?: string): string;
  free(): void;
}
