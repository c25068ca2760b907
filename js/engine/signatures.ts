import type { AlgorithmEntry } from "../core/algorithms.js";
import type { Core } from "../core/core.js";
import { NEEDS_INIT } from "../core/wasm-instance.js";
import type { Verifier as CoreVerifier } from "../core/glue-verifier.js";
import type { KnownAnswers } from "../core/known-answer.js";
import type { SignatureEngine, WasmKey } from "./wasm-engine.js";
import type { NodeEngine, NodeKey } from "./node-crypto.js";
import { MAX_LIMITS } from "../tables.js";
import type { WebCryptoEngine, WebCryptoKey } from "./webcrypto.js";

/** How many signatures of an algorithm the host still checks, before wasm does. */
export interface HostTurns {
  left: number;
}

/** The engines that a verifier may use. What those of the host do not have is checked in wasm. */
export interface Engines {
  readonly sync: NodeEngine | undefined;
  readonly async: WebCryptoEngine | undefined;
  /** `undefined` in `countersign/slim`. */
  readonly wasm: SignatureEngine | undefined;
  /** Of what the host has, but wasm does faster, by the name of the algorithm. */
  readonly hostTurns: ReadonlyMap<string, HostTurns> | undefined;
}

/** Answers to the core, in its numbers. */
const NO = 0;
const YES = 1;
/** No engine can tell. Of a host's engine: the one in wasm has to. */
const UNABLE = 2;
const LATER = 3;
/** The engine in wasm has failed, or is not loaded: see {@link Signatures.failure}. */
const FAILED = 4;

/** Of what the host does as fast. Never counted down to nothing. */
const ALWAYS: Readonly<HostTurns> = { left: Infinity };
/** Of what it has not. */
const NEVER: Readonly<HostTurns> = { left: 0 };

/** Of keys that are gone, the host's are dropped too when there are more than a key set may have. */
const MAX_KEYS = MAX_LIMITS.keys;

/** A key, and who checks its signatures. */
interface KnownKey {
  readonly id: number;
  readonly algorithm: AlgorithmEntry | undefined;
  native: NodeKey | undefined;
  /** For WebCrypto: the JWK until it was imported, then what came of it. */
  web: string | WebCryptoKey | undefined;
  /** In the engine in wasm. */
  wasm: WasmKey | undefined;
  /** Shared by the keys of an algorithm. */
  readonly hostTurns: HostTurns;
}

/** A signature that waits for WebCrypto. The bytes are copies: other tokens pass through the same memory. */
interface Question {
  readonly key: KnownKey;
  readonly signature: Uint8Array<ArrayBuffer>;
  readonly signingInput: Uint8Array<ArrayBuffer>;
}

/** The answer to a question. It is valid for the same token under the same key. */
export interface Verdict {
  readonly keyId: number;
  readonly answer: number;
}

/** What the core asks about signatures while it verifies, answered by the engines. Good for one generation of it. */
export class Signatures {
  readonly #core: Core;
  readonly #engines: Engines;
  readonly #algorithms: readonly AlgorithmEntry[];
  readonly #keys = new Map<number, KnownKey>();
  #verifier: CoreVerifier | undefined;
  #question: Question | undefined;
  #verdict: Verdict | undefined;
  #needsWasm = false;
  #failure: Error | undefined;
  #mayWait = false;
  readonly #knownAnswers: KnownAnswers = (algorithm) => this.#core.knownAnswer(algorithm);

  constructor(core: Core, engines: Engines) {
    this.#core = core;
    this.#engines = engines.wasm === undefined ? { ...engines, hostTurns: undefined } : engines;
    this.#algorithms = core.algorithms;
  }

  /** The verifier that asks. */
  set verifier(verifier: CoreVerifier) {
    this.#verifier = verifier;
  }

  /**
   * Before a verification.
   *
   * @param mayWait Whether WebCrypto may be asked, and the engine in wasm be loaded.
   * @param verdict What WebCrypto has answered about this very token.
   */
  prepare(mayWait: boolean, verdict: Verdict | undefined): void {
    this.#mayWait = mayWait;
    this.#verdict = verdict;
    this.#question = undefined;
    this.#needsWasm = false;
    this.#failure = undefined;
  }

  /** Why the last verification has no verdict, where that is not for the core to say. */
  get failure(): Error | undefined {
    return this.#failure;
  }

  /** For the core, from within a verification: so it must not throw. */
  ask(keyId: number, algorithm: number, signature: number, signatureLength: number, signedLength: number): number {
    const verdict = this.#verdict?.keyId === keyId ? this.#verdict.answer : undefined;
    if (verdict !== undefined && verdict !== UNABLE) return verdict;
    const key = this.#keys.get(keyId) ?? this.#addKey(keyId, algorithm);
    if (verdict === undefined && this.#isForHost(key.hostTurns)) {
      const answer = this.#askHost(key, signature, signatureLength, signedLength);
      if (answer !== UNABLE) return answer;
    }
    return this.#askWasm(key, algorithm, signature, signatureLength, signedLength);
  }

  /** Does what the last verification waits for: asks WebCrypto, or loads the engine in wasm. */
  async answer(): Promise<Verdict | undefined> {
    const { async: engine, wasm } = this.#engines;
    const question = this.#question;
    let verdict: Verdict | undefined;
    if (question !== undefined && engine !== undefined) {
      const { key, signature, signingInput } = question;
      // The outcome is kept, not its promise: on Workers, a promise belongs to one request.
      if (key.algorithm !== undefined && typeof key.web === "string") {
        const prepared = await engine.prepare(key.algorithm, key.web, this.#knownAnswers);
        if (prepared !== null) key.web = prepared;
      }
      const { web } = key;
      const isValid = typeof web === "object" ? await engine.verify(web, signature, signingInput) : undefined;
      verdict = { keyId: key.id, answer: answer(isValid) };
    }
    if (this.#needsWasm || verdict?.answer === UNABLE) await wasm?.load();
    return verdict;
  }

  /** Also where wasm would be faster, but is not there: nothing is fetched for the sake of speed. */
  #isForHost({ left }: HostTurns): boolean {
    return left > 0 || this.#engines.wasm?.isReady !== true;
  }

  #askHost(key: KnownKey, signature: number, signatureLength: number, signedLength: number): number {
    const { memory } = this.#core;
    if (key.native !== undefined && this.#engines.sync !== undefined) {
      key.hostTurns.left -= 1;
      // A copy: workerd before March 2026 takes no signature of ECDSA out of wasm memory, which cannot be detached.
      const bytes = memory.bytes(signature, signatureLength).slice();
      return answer(this.#engines.sync.verify(key.native, bytes, memory.signed(signedLength)));
    }
    if (key.web === undefined || !this.#mayWait) return UNABLE;
    key.hostTurns.left -= 1;
    this.#question = {
      key,
      signature: memory.bytes(signature, signatureLength).slice(),
      signingInput: memory.signed(signedLength).slice(),
    };
    return LATER;
  }

  #askWasm(key: KnownKey, algorithm: number, signature: number, signatureLength: number, signedLength: number): number {
    const { wasm } = this.#engines;
    if (wasm === undefined) return UNABLE;
    if (!wasm.isReady) {
      this.#needsWasm = this.#mayWait;
      if (this.#mayWait) return LATER;
      this.#failure = new TypeError(NEEDS_INIT);
      return FAILED;
    }
    try {
      if (!wasm.has(key.wasm)) {
        const bytes = this.#verifier?.engineKey(key.id);
        key.wasm = bytes && wasm.prepare(algorithm, bytes);
      }
      if (key.wasm === undefined) return UNABLE;
      // Views over the core's memory, which nothing below makes grow.
      const { memory } = this.#core;
      const bytes = memory.bytes(signature, signatureLength);
      return answer(wasm.verify(key.wasm, algorithm, bytes, memory.signed(signedLength)));
    } catch (error) {
      this.#failure = error as Error;
      return FAILED;
    }
  }

  #dropKeys(): void {
    for (const { wasm } of this.#keys.values()) if (wasm !== undefined) this.#engines.wasm?.release(wasm);
    this.#keys.clear();
  }

  #addKey(id: number, index: number): KnownKey {
    const { sync, async, hostTurns: turns } = this.#engines;
    const algorithm = this.#algorithms[index];
    const hostTurns = algorithm === undefined ? NEVER : (turns?.get(algorithm.name) ?? ALWAYS);
    const key: KnownKey = { id, algorithm, native: undefined, web: undefined, wasm: undefined, hostTurns };
    if (algorithm !== undefined && this.#isForHost(hostTurns)) {
      const native = algorithm.node === null ? undefined : sync;
      const web = algorithm.webcrypto === null ? undefined : async;
      const jwk = (native ?? web) && this.#verifier?.hostKey(id);
      if (jwk !== undefined) key.native = native?.prepare(algorithm, jwk, this.#knownAnswers);
      if (key.native === undefined && web !== undefined) key.web = jwk;
    }
    if (this.#keys.size >= MAX_KEYS) this.#dropKeys();
    this.#keys.set(id, key);
    return key;
  }
}

function answer(isValid: boolean | undefined): number {
  if (isValid === undefined) return UNABLE;
  return isValid ? YES : NO;
}
