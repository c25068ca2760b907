import { parseBare } from "../options/own.js";
import { type KnownAnswer, readKnownAnswer } from "../engine/known-answer.js";
import { coreUnavailable, fromCore, internalError } from "../errors.js";
import type { InitSource } from "../fetch.js";
import type { Glue, Host } from "../host/host.js";
import { Memory } from "./memory.js";

/** How `node:crypto` is told about an algorithm. */
export interface NodeParameters {
  readonly hash: string | null;
  readonly padding?: "pss";
  readonly saltLength?: number;
  readonly dsaEncoding?: "ieee-p1363";
}

/** How WebCrypto is told about an algorithm. */
export interface WebCryptoParameters {
  readonly import: { readonly name: string };
  readonly verify: { readonly name: string };
}

/** One line of the core's table of algorithms, without a prototype: most rows lack most parameters. */
export interface AlgorithmEntry {
  readonly name: string;
  readonly node: NodeParameters | null;
  readonly webcrypto: WebCryptoParameters | null;
}

/**
 * The wasm instance and its life: made at first use, given up when it traps, made anew for the next call.
 *
 * What belongs to an instance is only good for one {@link generation}; see `Handle`.
 */
export class Core {
  readonly #host: Host;
  /** The glue has an instance, if perhaps one to be given up. */
  #loaded = false;
  #memory: Memory | undefined;
  #algorithms: readonly AlgorithmEntry[] | undefined;
  #hasEngine: boolean | undefined;
  #loading: Promise<unknown> | undefined;
  #generation = 0;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Counts the instances that were given up. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether the core can be called at this moment, without waiting for it. */
  get isReady(): boolean {
    return this.#loaded || this.#host.module !== undefined;
  }

  /** The exports of a living instance. */
  get glue(): Glue {
    this.#memory ??= this.#instantiate();
    return this.#host.glue;
  }

  /** The memory of a living instance. */
  get memory(): Memory {
    return (this.#memory ??= this.#instantiate());
  }

  /** The one table of algorithms. */
  get algorithms(): readonly AlgorithmEntry[] {
    return (this.#algorithms ??= parseBare(this.run((glue) => glue.algorithms())) as AlgorithmEntry[]);
  }

  /** What a host's engine has to answer rightly before it is believed. */
  knownAnswer(algorithm: string): KnownAnswer | undefined {
    const json = this.run((glue) => glue.knownAnswer(algorithm));
    return json === undefined ? undefined : readKnownAnswer(json);
  }

  /** Whether signature arithmetic is on board. */
  get hasEngine(): boolean {
    return (this.#hasEngine ??= this.run((glue) => glue.hasEngine()));
  }

  /** Fetches and compiles the core where that takes time, and instantiates it now rather than at first use. */
  async load(given?: InitSource): Promise<void> {
    if (!this.#loaded && (given !== undefined || this.#host.module === undefined)) await this.#fetch(given);
    this.#memory ??= this.#instantiate();
  }

  /** Calls into the core and makes a proper error of whatever it throws. */
  run<T>(call: (glue: Glue) => T): T {
    const { glue } = this;
    try {
      return call(glue);
    } catch (thrown) {
      throw this.failure(thrown);
    }
  }

  /** Makes an error of what an export threw. A trap leaves the instance in no known state: it is given up. */
  failure(thrown: unknown, cause?: unknown): Error {
    const error = fromCore(thrown, cause);
    if (error !== undefined) return error;
    this.#memory = undefined;
    this.#generation += 1;
    return internalError("the core failed and is being restarted: there is no verdict", thrown);
  }

  async #fetch(given: InitSource | undefined): Promise<void> {
    if (this.#loading === undefined) {
      if (given === undefined ? this.#host.source === undefined : !isSource(given)) throw new TypeError(NEEDS_SOURCE);
      this.#loading = this.#start(given);
    }
    try {
      await this.#loading;
      this.#loaded = true;
    } catch (error) {
      throw coreUnavailable(error);
    } finally {
      this.#loading = undefined;
    }
  }

  async #start(given: InitSource | undefined): Promise<unknown> {
    return this.#host.glue.default({ module_or_path: given ?? this.#host.source?.() });
  }

  #instantiate(): Memory {
    const { glue, module, source } = this.#host;
    if (!this.isReady) throw new TypeError(source === undefined ? NEEDS_SOURCE : NEEDS_INIT);
    try {
      if (!this.#loaded) glue.initSync(module && { module: module() });
      this.#loaded = true;
    } catch (error) {
      throw coreUnavailable(error);
    }
    try {
      if (this.#generation > 0) {
        // The first call after `abandon` makes the fresh instance.
        glue.abandon();
        glue.hasEngine();
      }
      return new Memory(glue, glue.initSync(undefined).memory);
    } catch (error) {
      throw internalError("the wasm core could not be instantiated: see `cause`", error);
    }
  }
}

const isSource = (given: unknown): boolean =>
  typeof given === "string" || (typeof given === "object" && given !== null);

const NEEDS_INIT = "the wasm core is not loaded yet: `await init()` once before the first synchronous call";
const NEEDS_SOURCE =
  "there is no wasm core yet: `await init(source)` first, with countersign-slim.wasm as a module, as bytes or as a URL";
