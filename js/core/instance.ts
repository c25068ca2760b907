import { misconfigured } from "../errors.js";
import type { UnverifiedToken } from "../token.js";
import type { Core } from "./core.js";
import type { Signatures, Verifier as CoreVerifier } from "./glue-verifier.js";

/** What answers a verifier's questions about signatures, and is told whose they are. */
export interface SignatureAnswers extends Signatures {
  verifier: CoreVerifier;
}

/** A verifier inside the core and what belongs to it outside. Valid for one generation of the core. */
export interface LiveVerifier<S extends SignatureAnswers> {
  readonly generation: number;
  readonly verifier: CoreVerifier;
  /** `undefined`: the core verifies, with a shared secret. */
  readonly signatures: S | undefined;
  /** Tokens by their slots in the core's verdict cache. */
  readonly tokens: (UnverifiedToken | undefined)[];
}

/** Owns a verifier inside the core, and creates it again after a restart of the core. */
export class CoreInstance<S extends SignatureAnswers> {
  readonly #core: Core;
  readonly #options: string;
  readonly #secret: Uint8Array | undefined;
  readonly #signatures: (() => S) | undefined;
  #live: LiveVerifier<S> | undefined;
  /** Gives a new verifier the documents of the one before it. */
  restore: ((verifier: CoreVerifier) => void) | undefined;

  constructor(core: Core, options: object, secret: Uint8Array | undefined, signatures: (() => S) | undefined) {
    this.#core = core;
    this.#options = JSON.stringify(options);
    this.#secret = secret;
    this.#signatures = signatures;
    // A mistake that only the core can see is reported here, if the core is loaded.
    if (core.isReady) this.get();
  }

  /** @throws TypeError, CountersignError, as the core refuses the options. */
  get(): LiveVerifier<S> {
    const { generation } = this.#core;
    const before = this.#live;
    if (before?.generation === generation) return before;
    const live = this.#make(generation);
    this.#live = live;
    if (before !== undefined) this.restore?.(live.verifier);
    return live;
  }

  #make(generation: number): LiveVerifier<S> {
    const signatures = this.#signatures?.();
    try {
      const verifier = this.#core.run((glue) => new glue.Verifier(this.#options, this.#secret, signatures));
      if (signatures !== undefined) signatures.verifier = verifier;
      return { generation, verifier, signatures, tokens: [] };
    } catch (error) {
      throw misconfigured(error as Error);
    }
  }
}
