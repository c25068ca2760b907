import { deepFreeze } from "../options/own.js";
import type { Core } from "../core/core.js";
import { internalError, tokenMalformed, tokenTooLarge } from "../errors.js";
import type { LiveVerifier } from "../core/instance.js";
import { ACCEPTED, CACHED, NO_SLOT, type Step } from "../core/outcome.js";
import type { JwksDriver } from "../jwks/driver.js";
import type { Signatures, Verdict } from "../engine/signatures.js";
import type { UnverifiedToken } from "../token.js";

/** Takes tokens through the core, step by step. */
export class Verification {
  readonly #core: Core;
  readonly #maxToken: number;
  readonly #cachesVerdicts: boolean;
  readonly #remote: JwksDriver | undefined;

  /** @param cachesVerdicts Whether the core caches verdicts, and their tokens are kept here. */
  constructor(core: Core, maxToken: number, cachesVerdicts: boolean, remote: JwksDriver | undefined) {
    this.#core = core;
    this.#maxToken = maxToken;
    this.#cachesVerdicts = cachesVerdicts;
    this.#remote = remote;
  }

  /** Refuses what need not even be copied. */
  admit(jwt: unknown): asserts jwt is string {
    if (typeof jwt !== "string") throw tokenMalformed("the token is not a string");
    if (jwt.length > this.#maxToken) throw tokenTooLarge(this.#maxToken);
  }

  /**
   * Takes the next step of an attempt.
   *
   * @param mayWait Whether WebCrypto may be asked, and an engine be loaded.
   * @param verdict What it has answered about this very token.
   * @returns The token, or what is to be done first.
   */
  step(
    { verifier, signatures, tokens }: LiveVerifier<Signatures>,
    attempt: number,
    jwt: string,
    now: number,
    expectations: object | undefined,
    mayWait: boolean,
    verdict?: Verdict,
  ): UnverifiedToken | Step {
    const { memory } = this.#core;
    try {
      signatures?.prepare(mayWait, verdict);
      const length = memory.write(jwt);
      const outcome =
        expectations === undefined
          ? verifier.verify(attempt, length, now)
          : verifier.verifyExpecting(attempt, length, now, JSON.stringify(expectations));
      if (outcome === CACHED) return cached(tokens[memory.slot]);
      if (outcome !== ACCEPTED) return memory.step(outcome);
      if (!this.#cachesVerdicts) return memory.token();
      const { slot } = memory;
      if (slot === NO_SLOT) return deepFreeze(memory.token());
      // Should the token not come to be, then there is no other one in its slot.
      tokens[slot] = undefined;
      // Other callers get the same object, so none may change it.
      const shared = deepFreeze(memory.token());
      tokens[slot] = shared;
      return shared;
    } catch (thrown) {
      const error = this.#core.failure(thrown, this.#remote?.cause);
      throw signatures?.failure ?? error;
    }
  }

  /** Does what the step before waits for: see {@link Signatures.answer}. */
  async answer({ generation, signatures }: LiveVerifier<Signatures>): Promise<Verdict | undefined> {
    const verdict = await signatures?.answer();
    if (this.#core.generation !== generation) throw internalError("the core was restarted during this verification");
    return verdict;
  }
}

function cached(token: UnverifiedToken | undefined): UnverifiedToken {
  if (token === undefined) throw new ReferenceError("the slot of a cached verdict has no token");
  return token;
}
