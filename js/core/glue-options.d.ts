/** The boundary of the artifacts whose verifiers are made by an application's options, and tell it of their keys. */

import { Verifier as AnyVerifier, type Signatures } from "./glue-verifier.js";

export * from "./glue-verifier.js";

export class Verifier extends AnyVerifier {
  constructor(options: string, secret: Uint8Array | undefined, signatures: Signatures | undefined);
  /** A `KeyReport`. */
  keys(): string;
  /** A step of loading fresh keys: an outcome of `outcome.ts`. */
  load(attempt: number, now: number): number;
  /** Whether there are keys that may be used now. */
  ready(now: number): boolean;
}
