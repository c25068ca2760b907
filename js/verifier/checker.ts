import { frozen } from "../options/own.js";
import type { Core } from "../core/core.js";
import { internalError, tokenMalformed, tokenTooLarge } from "../errors.js";
import type { Handle, Held } from "../core/instance.js";
import type { Verdict } from "../engine/signatures.js";
import type { UnverifiedToken } from "./types.js";

/** What came of a verification, in the core's numbers: nothing yet, a token, or the slot of one that is kept. */
const WAITING = 0;
const KEPT = 2;

/** How often a verification asks WebCrypto, because the key became another one meanwhile. */
const MAX_QUESTIONS = 3;

/** Puts one token through the core. Knows nothing of fetching keys. */
export class Checker {
  readonly #core: Core;
  readonly #handle: Handle;
  readonly #maxToken: number;
  readonly #keeps: boolean;

  /** @param keeps Whether the core keeps verdicts, and the tokens are to be kept with them. */
  constructor(core: Core, handle: Handle, maxToken: number, keeps: boolean) {
    this.#core = core;
    this.#handle = handle;
    this.#maxToken = maxToken;
    this.#keeps = keeps;
  }

  /** Refuses what need not even be copied. */
  admit(jwt: unknown): asserts jwt is string {
    if (typeof jwt !== "string") throw tokenMalformed("the token is not a string");
    if (jwt.length > this.#maxToken) throw tokenTooLarge(this.#maxToken);
  }

  checkSync(jwt: string, now: number, expectations: object | undefined): UnverifiedToken {
    const token = this.#verify(this.#handle.get(), jwt, now, expectations, false);
    if (token === undefined) throw internalError("the core waits where nothing is to be waited for");
    return token;
  }

  /** A promise only where there is something to wait for. */
  check(jwt: string, now: number, expectations: object | undefined): UnverifiedToken | Promise<UnverifiedToken> {
    const held = this.#handle.get();
    return this.#verify(held, jwt, now, expectations, true) ?? this.#wait(held, jwt, now, expectations);
  }

  async #wait(held: Held, jwt: string, now: number, expectations: object | undefined): Promise<UnverifiedToken> {
    for (let questions = 0; questions < MAX_QUESTIONS; questions += 1) {
      const verdict = await held.signatures?.answer();
      if (this.#core.generation !== held.generation)
        throw internalError("the core was restarted during this verification");
      const token = this.#verify(held, jwt, now, expectations, true, verdict);
      if (token !== undefined) return token;
    }
    throw internalError("the keys changed too often during one verification");
  }

  /** `undefined`: the signature waits for WebCrypto. */
  #verify(
    { verifier, signatures, kept }: Held,
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
      if (outcome >= KEPT) return kept[outcome - KEPT];
      const token = memory.token();
      if (!this.#keeps) return token;
      // Others get the same object: nobody may change what they see.
      const shared = frozen(token);
      const slot = verifier.keep();
      if (slot !== undefined) kept[slot] = shared;
      return shared;
    } catch (thrown) {
      throw this.#core.failure(thrown);
    }
  }
}
