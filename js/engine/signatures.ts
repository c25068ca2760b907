import type { AlgorithmEntry } from "../core/algorithms.js";
import type { Core } from "../core/core.js";
import type { Verifier as CoreVerifier } from "../core/countersign.js";
import type { WasmPreference } from "./preference.js";
import type { KnownAnswers } from "../core/known-answer.js";
import type { NodeEngine, NodeKey } from "./node-crypto.js";
import { MAX_LIMITS } from "../tables.js";
import type { WebCryptoEngine, WebCryptoKey } from "./webcrypto.js";

/** The host's engines that a verifier may use. What they do not have is checked in wasm. */
export interface Engines {
  readonly sync: NodeEngine | undefined;
  readonly async: WebCryptoEngine | undefined;
  /** What they have, but wasm does faster. */
  readonly preferWasmAfter: WasmPreference | undefined;
}

/** Answers to the core, in its numbers. */
const NO = 0;
const YES = 1;
/** The engine in wasm has to tell. */
const UNABLE = 2;
const LATER = 3;

/** Of keys that are gone, the host's are dropped too when there are more than a key set may have. */
const MAX_KEYS = MAX_LIMITS.keys;

/** A key, and who checks its signatures. */
interface KnownKey {
  readonly id: number;
  readonly algorithm: AlgorithmEntry | undefined;
  native: NodeKey | undefined;
  /** For WebCrypto: the JWK until it was imported, then what came of it. */
  web: string | WebCryptoKey | undefined;
  /** How many more signatures the host checks, before wasm does. */
  hostUsesLeft: number;
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

/** What the core asks about signatures while it verifies, answered by the host's engines. Good for one generation of it. */
export class Signatures {
  readonly #core: Core;
  readonly #engines: Engines;
  readonly #algorithms: readonly AlgorithmEntry[];
  readonly #keys = new Map<number, KnownKey>();
  #verifier: CoreVerifier | undefined;
  #question: Question | undefined;
  #verdict: Verdict | undefined;
  #mayWait = false;
  readonly #knownAnswers: KnownAnswers = (algorithm) => this.#core.knownAnswer(algorithm);

  constructor(core: Core, engines: Engines) {
    this.#core = core;
    this.#engines = core.hasEngine ? engines : { ...engines, preferWasmAfter: undefined };
    this.#algorithms = core.algorithms;
  }

  /** The verifier that asks. */
  set verifier(verifier: CoreVerifier) {
    this.#verifier = verifier;
  }

  /**
   * Before a verification.
   *
   * @param mayWait Whether WebCrypto may be asked.
   * @param verdict What it has answered about this very token.
   */
  prepare(mayWait: boolean, verdict: Verdict | undefined): void {
    this.#mayWait = mayWait;
    this.#verdict = verdict;
    this.#question = undefined;
  }

  /** For the core, from within a verification: so it must not throw. */
  ask(keyId: number, algorithm: number, signature: number, signatureLength: number, signedLength: number): number {
    if (this.#verdict?.keyId === keyId) return this.#verdict.answer;
    const key = this.#keys.get(keyId) ?? this.#addKey(keyId, algorithm);
    if (key.hostUsesLeft === 0) return UNABLE;
    const { memory } = this.#core;
    if (key.native !== undefined && this.#engines.sync !== undefined) {
      key.hostUsesLeft -= 1;
      // A copy: workerd before March 2026 takes no signature of ECDSA out of wasm memory, which cannot be detached.
      const bytes = memory.bytes(signature, signatureLength).slice();
      return answer(this.#engines.sync.verify(key.native, bytes, memory.signed(signedLength)));
    }
    if (key.web === undefined || !this.#mayWait) return UNABLE;
    key.hostUsesLeft -= 1;
    this.#question = {
      key,
      signature: memory.bytes(signature, signatureLength).slice(),
      signingInput: memory.signed(signedLength).slice(),
    };
    return LATER;
  }

  /** Asks WebCrypto what the last verification waits for. */
  async answer(): Promise<Verdict | undefined> {
    const engine = this.#engines.async;
    const question = this.#question;
    if (question === undefined || engine === undefined) return undefined;
    const { key, signature, signingInput } = question;
    // The outcome is kept, not its promise: on Workers, a promise belongs to one request.
    if (key.algorithm !== undefined && typeof key.web === "string") {
      const prepared = await engine.prepare(key.algorithm, key.web, this.#knownAnswers);
      if (prepared !== null) key.web = prepared;
    }
    const { web } = key;
    const isValid = typeof web === "object" ? await engine.verify(web, signature, signingInput) : undefined;
    return { keyId: key.id, answer: answer(isValid) };
  }

  #addKey(id: number, index: number): KnownKey {
    const { sync, async, preferWasmAfter } = this.#engines;
    const algorithm = this.#algorithms[index];
    const hostUsesLeft = algorithm === undefined ? 0 : (preferWasmAfter?.get(algorithm.name) ?? Infinity);
    const key: KnownKey = { id, algorithm, native: undefined, web: undefined, hostUsesLeft };
    if (algorithm !== undefined && hostUsesLeft > 0) {
      const native = algorithm.node === null ? undefined : sync;
      const web = algorithm.webcrypto === null ? undefined : async;
      const jwk = (native ?? web) && this.#verifier?.hostKey(id);
      if (jwk !== undefined) key.native = native?.prepare(algorithm, jwk, this.#knownAnswers);
      if (key.native === undefined && web !== undefined) key.web = jwk;
    }
    if (this.#keys.size >= MAX_KEYS) this.#keys.clear();
    this.#keys.set(id, key);
    return key;
  }
}

function answer(isValid: boolean | undefined): number {
  if (isValid === undefined) return UNABLE;
  return isValid ? YES : NO;
}
