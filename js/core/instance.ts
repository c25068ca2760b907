import { misconfigured } from "../errors.js";
import type { UnverifiedToken } from "../token.js";
import type { Core } from "./core.js";
import type { OptionsGlue } from "./glue.js";
import type { Verifier as OptionsVerifier } from "./glue-options.js";
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

/** Makes a verifier inside the core, in the instance that lives now. */
export type MakeVerifier = (signatures: SignatureAnswers | undefined) => CoreVerifier;

/** What {@link byOptions} makes. */
export type VerifierByOptions = CoreVerifier & Pick<OptionsVerifier, "keys" | "load" | "ready">;

/** Makes one by options, which were read. */
export function byOptions(core: Core, options: object, secret: Uint8Array | undefined): MakeVerifier {
  const json = JSON.stringify(options);
  return (signatures) => core.run((glue) => new (glue as OptionsGlue).Verifier(json, secret, signatures));
}

/** Owns a verifier inside the core, and creates it again after a restart of the core. */
export class CoreInstance<S extends SignatureAnswers> {
  readonly #core: Core;
  readonly #makeVerifier: MakeVerifier;
  readonly #signatures: (() => S) | undefined;
  #live: LiveVerifier<S> | undefined;
  /** Gives a new verifier the documents of the one before it. */
  restore: ((verifier: CoreVerifier) => void) | undefined;

  constructor(core: Core, makeVerifier: MakeVerifier, signatures: (() => S) | undefined) {
    this.#core = core;
    this.#makeVerifier = makeVerifier;
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
      const verifier = this.#makeVerifier(signatures);
      if (signatures !== undefined) signatures.verifier = verifier;
      return { generation, verifier, signatures, tokens: [] };
    } catch (error) {
      throw misconfigured(error as Error);
    }
  }
}
