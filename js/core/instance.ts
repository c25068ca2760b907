import type { Verifier as CoreVerifier } from "./countersign.js";
import type { Core } from "./core.js";
import { misconfigured } from "../errors.js";
import { Signatures, type Engines } from "../engine/signatures.js";
import type { UnverifiedToken } from "../verifier/types.js";

/** A verifier inside the core, with what belongs to it outside. Good for one generation of the core. */
export interface Held {
  readonly generation: number;
  readonly verifier: CoreVerifier;
  /** `undefined`: all arithmetic is done on board. */
  readonly signatures: Signatures | undefined;
  /** Tokens by the slots of the core's verdicts. */
  readonly kept: UnverifiedToken[];
}

/** Holds a verifier inside the core, and makes it again when the core was restarted. */
export class Handle {
  readonly #core: Core;
  readonly #options: string;
  readonly #secret: Uint8Array | undefined;
  readonly #engines: Engines | undefined;
  #held: Held | undefined;
  /** Gives a new verifier what the one before it had learned. */
  restore: ((verifier: CoreVerifier) => void) | undefined;

  constructor(core: Core, options: object, secret: Uint8Array | undefined, engines: Engines | undefined) {
    this.#core = core;
    this.#options = JSON.stringify(options);
    this.#secret = secret;
    this.#engines = engines;
    // A mistake that only the core can see is reported here, where the core is at hand.
    if (core.isReady) this.get();
  }

  /** @throws TypeError, CountersignError, as the core refuses the options. */
  get(): Held {
    const { generation } = this.#core;
    const before = this.#held;
    if (before?.generation === generation) return before;
    const held = this.#make(generation);
    this.#held = held;
    if (before !== undefined) this.restore?.(held.verifier);
    return held;
  }

  #make(generation: number): Held {
    const signatures = this.#engines && new Signatures(this.#core, this.#engines);
    try {
      const verifier = this.#core.run((glue) => new glue.Verifier(this.#options, this.#secret, signatures));
      if (signatures !== undefined) signatures.verifier = verifier;
      return { generation, verifier, signatures, kept: [] };
    } catch (error) {
      throw misconfigured(error as Error);
    }
  }
}
