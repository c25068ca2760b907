import type { AlgorithmEntry, Core } from "./core.js";
import type { NodeEngine, NodeKey } from "./engine/node-crypto.js";
import type { WebCryptoEngine, WebCryptoKey } from "./engine/webcrypto.js";
import { internalError, isGone, keyInvalid, tokenMalformed, tokenTooLarge } from "./errors.js";
import type { Handle, Held } from "./handle.js";
import type { UnverifiedToken } from "./types.js";

/** The host's engines that a verifier may use. What they do not have is checked on board. */
export interface Engines {
  readonly sync: NodeEngine | undefined;
  readonly async: WebCryptoEngine | undefined;
}

/** The host's verdict on a signature. `undefined`: it cannot tell. */
type Verdict = boolean | undefined;

/** A verification that waits for its signature. The bytes are copies: other tokens pass through the same memory. */
interface Begun {
  readonly pending: number;
  readonly keyId: number;
  readonly algorithm: AlgorithmEntry;
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly signingInput: Uint8Array<ArrayBuffer>;
}

/** What came of a beginning: a token at once, or something to wait for. */
type Beginning =
  { readonly ended: true; readonly token: UnverifiedToken } | { readonly ended: false; readonly begun: Begun };

/** How often a verification starts over because the keys became others under it. */
const MAX_ATTEMPTS = 3;

/** Puts one token through the core and a signature engine. Knows nothing of fetching keys. */
export class Checker {
  readonly #core: Core;
  readonly #handle: Handle;
  readonly #engines: Engines;
  readonly #maxToken: number;

  constructor(core: Core, handle: Handle, engines: Engines, maxToken: number) {
    this.#core = core;
    this.#handle = handle;
    this.#engines = engines;
    this.#maxToken = maxToken;
  }

  /** Refuses what need not even be copied. */
  admit(jwt: unknown): asserts jwt is string {
    if (typeof jwt !== "string") throw tokenMalformed("the token is not a string");
    if (jwt.length > this.#maxToken) throw tokenTooLarge(this.#maxToken);
  }

  checkSync(jwt: string, now: number, expectations: object | undefined): UnverifiedToken {
    const core = this.#core;
    const held = this.#handle.get();
    const { sync } = this.#engines;
    return this.#run(() => {
      const length = core.memory.write(jwt, this.#maxToken);
      if (sync === undefined) {
        held.verifier.verify(length, now, expectations);
      } else {
        const pending = held.verifier.begin(length, expectations);
        this.#settle(held, pending, this.#verdict(sync, held), now);
      }
      return core.memory.token();
    });
  }

  /** A promise only where there is something to wait for. */
  check(jwt: string, now: number, expectations: object | undefined): UnverifiedToken | Promise<UnverifiedToken> {
    const { async } = this.#engines;
    return async === undefined
      ? this.checkSync(jwt, now, expectations)
      : this.#checkAsync(async, jwt, now, expectations);
  }

  async #checkAsync(
    engine: WebCryptoEngine,
    jwt: string,
    now: number,
    expectations: object | undefined,
  ): Promise<UnverifiedToken> {
    for (let attempt = 0; attempt < MAX_ATTEMPTS; attempt += 1) {
      const token = await this.#attempt(engine, jwt, now, expectations);
      if (token !== undefined) return token;
    }
    throw internalError("the keys changed too often during one verification");
  }

  /** `undefined`: what was begun is gone, and another key decides by now. */
  async #attempt(
    engine: WebCryptoEngine,
    jwt: string,
    now: number,
    expectations: object | undefined,
  ): Promise<UnverifiedToken | undefined> {
    const core = this.#core;
    const { sync } = this.#engines;
    const held = this.#handle.get();
    const begin = (): number => held.verifier.begin(core.memory.write(jwt, this.#maxToken), expectations);

    const beginning = this.#run((): Beginning => {
      const pending = begin();
      const algorithm = this.#algorithm();
      if (engine.has(algorithm) && !sync?.has(algorithm)) {
        const begun = {
          pending,
          keyId: core.memory.keyId,
          algorithm,
          signature: core.memory.signature().slice(),
          signingInput: core.memory.signingInput().slice(),
        };
        return { ended: false, begun };
      }
      this.#settle(held, pending, sync && this.#verdict(sync, held), now);
      return { ended: true, token: core.memory.token() };
    });
    if (beginning.ended) return beginning.token;
    const { begun } = beginning;

    const verdict = await this.#awaitVerdict(engine, held, begun);
    if (core.generation !== held.generation) throw internalError("the core was restarted during this verification");
    return this.#run(() => {
      try {
        this.#settle(held, begun.pending, verdict, now);
      } catch (thrown) {
        if (!isGone(thrown)) throw thrown;
        // The core keeps only so many waiting verifications. Under the same key, the verdict holds for the same token.
        const again = begin();
        if (core.memory.keyId !== begun.keyId) {
          held.verifier.discard(again);
          return undefined;
        }
        this.#settle(held, again, verdict, now);
      }
      return core.memory.token();
    });
  }

  #verdict(engine: NodeEngine, { verifier, hostKeys }: Held): Verdict {
    const { memory } = this.#core;
    const algorithm = this.#algorithm();
    if (!engine.has(algorithm)) return undefined;
    const { keyId } = memory;
    let key = hostKeys.get(keyId) as NodeKey | undefined;
    if (key === undefined && !hostKeys.has(keyId)) {
      key = engine.prepare(algorithm, verifier.hostKey(keyId));
      hostKeys.set(keyId, key);
    }
    return key && engine.verify(key, memory.signature(), memory.signingInput());
  }

  async #awaitVerdict(engine: WebCryptoEngine, { verifier, hostKeys }: Held, begun: Begun): Promise<Verdict> {
    const { keyId, algorithm, signature, signingInput } = begun;
    let key = hostKeys.get(keyId) as WebCryptoKey | undefined;
    if (key === undefined && !hostKeys.has(keyId)) {
      const jwk = this.#run(() => verifier.hostKey(keyId));
      // Its outcome is kept, not its promise: on Workers, a promise belongs to one request.
      key = await engine.prepare(algorithm, jwk);
      hostKeys.set(keyId, key);
    }
    return key && engine.verify(key, signature, signingInput);
  }

  /** Ends a pending verification, by the host's verdict or, where it has none, by the arithmetic on board. */
  #settle({ verifier }: Held, pending: number, verdict: Verdict, now: number): void {
    if (verdict !== undefined) {
      verifier.finish(pending, verdict, now);
    } else if (this.#core.hasEngine) {
      verifier.verifyPending(pending, now);
    } else {
      verifier.discard(pending);
      throw keyInvalid("this host does not take the key, and the slim build has no arithmetic of its own");
    }
  }

  #algorithm(): AlgorithmEntry {
    const entry = this.#core.algorithms[this.#core.memory.algorithm];
    if (entry === undefined) throw internalError("the core named an algorithm that it does not have");
    return entry;
  }

  #run<T>(call: () => T): T {
    try {
      return call();
    } catch (thrown) {
      throw this.#core.failure(thrown);
    }
  }
}
