import type { Verifier as CoreVerifier } from "./core/countersign.js";
import type { Core } from "./core.js";
import { misconfigured } from "./errors.js";

/** A verifier inside the core, with what the host made of its keys. Good for one generation of the core. */
export interface Held {
  readonly generation: number;
  readonly verifier: CoreVerifier;
  /** Keys as the host's engine holds them, by the core's key ID. `undefined`: the host does not take this key. */
  readonly hostKeys: Map<number, unknown>;
}

/** Holds a verifier inside the core, and makes it again when the core was restarted. */
export class Handle {
  readonly #core: Core;
  readonly #options: object;
  readonly #secret: Uint8Array | undefined;
  #held: Held | undefined;
  /** Gives a new verifier what the one before it had learned. */
  restore: ((verifier: CoreVerifier) => void) | undefined;

  constructor(core: Core, options: object, secret?: Uint8Array) {
    this.#core = core;
    this.#options = options;
    this.#secret = secret;
    // A mistake that only the core can see is reported here, where the core is at hand.
    if (core.isReady) this.get();
  }

  /** @throws TypeError, CountersignError, as the core refuses the options. */
  get(): Held {
    const { generation } = this.#core;
    const before = this.#held;
    if (before?.generation === generation) return before;
    const verifier = this.#make();
    const held = { generation, verifier, hostKeys: new Map<number, unknown>() };
    this.#held = held;
    if (before !== undefined) this.restore?.(verifier);
    return held;
  }

  #make(): CoreVerifier {
    try {
      return this.#core.run((glue) => new glue.Verifier(this.#options, this.#secret));
    } catch (error) {
      throw misconfigured(error as Error);
    }
  }
}
