import { deepFreeze } from "../options/own.js";
import type { Core } from "../core/core.js";
import { internalError, tokenMalformed, tokenTooLarge } from "../errors.js";
import type { CoreInstance, LiveVerifier } from "../core/instance.js";
import type { Signatures, Verdict } from "../engine/signatures.js";
import type { UnverifiedToken } from "../token.js";

/** What came of a verification, in the core's numbers: nothing yet, a token, or the slot of a cached one. */
const WAITING = 0;
const CACHED = 2;

/** How often a verification asks WebCrypto, because the key became another one meanwhile. */
const MAX_QUESTIONS = 3;

/** Verifies one token in the core. Knows nothing of fetching keys. */
export class Verification {
  readonly #core: Core;
  readonly #instance: CoreInstance<Signatures>;
  readonly #maxToken: number;
  readonly #cachesVerdicts: boolean;

  /** @param cachesVerdicts Whether the core caches verdicts, and their tokens are kept here. */
  constructor(core: Core, instance: CoreInstance<Signatures>, maxToken: number, cachesVerdicts: boolean) {
    this.#core = core;
    this.#instance = instance;
    this.#maxToken = maxToken;
    this.#cachesVerdicts = cachesVerdicts;
  }

  /** Refuses what need not even be copied. */
  admit(jwt: unknown): asserts jwt is string {
    if (typeof jwt !== "string") throw tokenMalformed("the token is not a string");
    if (jwt.length > this.#maxToken) throw tokenTooLarge(this.#maxToken);
  }

  checkSync(jwt: string, now: number, expectations: object | undefined): UnverifiedToken {
    const token = this.#verify(this.#instance.get(), jwt, now, expectations, false);
    if (token === undefined) throw internalError("the core waits where nothing is to be waited for");
    return token;
  }

  /** A promise only where there is something to wait for. */
  check(jwt: string, now: number, expectations: object | undefined): UnverifiedToken | Promise<UnverifiedToken> {
    const live = this.#instance.get();
    return this.#verify(live, jwt, now, expectations, true) ?? this.#wait(live, jwt, now, expectations);
  }

  async #wait(
    live: LiveVerifier<Signatures>,
    jwt: string,
    now: number,
    expectations: object | undefined,
  ): Promise<UnverifiedToken> {
    for (let questions = 0; questions < MAX_QUESTIONS; questions += 1) {
      const verdict = await live.signatures?.answer();
      if (this.#core.generation !== live.generation)
        throw internalError("the core was restarted during this verification");
      const token = this.#verify(live, jwt, now, expectations, true, verdict);
      if (token !== undefined) return token;
    }
    throw internalError("the keys changed too often during one verification");
  }

  /** `undefined`: the signature waits for WebCrypto. */
  #verify(
    { verifier, signatures, tokens }: LiveVerifier<Signatures>,
    jwt: string,
    now: number,
    expectations: object | undefined,
    mayWait: boolean,
    verdict?: Verdict,
  ): UnverifiedToken | undefined {
    const { memory } = this.#core;
    try {
      signatures?.prepare(mayWait, verdict);
      const length = memory.write(jwt);
      const outcome =
        expectations === undefined
          ? verifier.verify(length, now)
          : verifier.verifyExpecting(length, now, JSON.stringify(expectations));
      if (outcome === WAITING) return undefined;
      if (outcome >= CACHED) return tokens[outcome - CACHED];
      const token = memory.token();
      if (!this.#cachesVerdicts) return token;
      // Other callers get the same object, so none may change it.
      const shared = deepFreeze(token);
      const slot = verifier.keep();
      if (slot !== undefined) tokens[slot] = shared;
      return shared;
    } catch (thrown) {
      throw this.#core.failure(thrown);
    }
  }
}
