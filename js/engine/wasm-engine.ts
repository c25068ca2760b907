import { compile, instantiate } from "#wasm/compile";
import { coreUnavailable, internalError } from "../errors.js";
import type { InitSource } from "../core/init-source.js";
import type { WasmSource } from "../wasm/source.js";

/** The functions of the artifact, as `wasm/engine/` has them. */
interface Exports {
  readonly memory: WebAssembly.Memory;
  /** The address of the input buffer, with room for so many bytes. It moves only when it grows. */
  input(length: number): number;
  /** Prepares the key in the input buffer. Answers its number, or -1. */
  prepare(algorithm: number, length: number): number;
  release(key: number): void;
  /** Verifies the signature at the beginning of the input buffer over what follows: 0, 1, or 2 for a key that is not there. */
  verify(key: number, algorithm: number, signatureLength: number, messageLength: number): number;
}

/** Where the engine comes from. */
export interface EngineSource extends WasmSource {
  /** The host's name, for messages. */
  readonly host: string;
}

/** A key in the engine. Valid for one generation of it. */
export interface WasmKey {
  readonly generation: number;
  readonly number: number;
}

/** What is asked of an engine in wasm. */
export type SignatureEngine = Pick<WasmEngine, "isReady" | "load" | "prepare" | "release" | "has" | "verify">;

/** Bytes for ordinary tokens with their signatures. */
const ROOM = 4096;
const VALID = 1;
const INVALID = 0;

/**
 * The signature arithmetic in wasm: an instance beside the core's, made when it is first used. It is dropped when it traps, and
 * made again for the next signature; its keys with it.
 */
export class WasmEngine {
  readonly #source: EngineSource;
  /** Not on Workers before May 2025. */
  readonly #unused: FinalizationRegistry<WasmKey> | undefined;
  #compiled: WebAssembly.Module | undefined;
  #loading: Promise<void> | undefined;
  #exports: Exports | undefined;
  #generation = 0;
  #input = 0;
  #capacity = 0;
  /** A view over the memory, which a growth of it detaches. */
  #bytes = new Uint8Array();

  constructor(source: EngineSource) {
    this.#source = source;
    if (typeof FinalizationRegistry === "undefined") return;
    this.#unused = new FinalizationRegistry((key) => {
      this.#release(key);
    });
  }

  /** Whether it can be asked at this moment, without waiting for it. */
  get isReady(): boolean {
    return this.#exports !== undefined || this.#compiled !== undefined || this.#source.module !== undefined;
  }

  /** Fetches and compiles it, where that takes time. */
  async load(given?: InitSource): Promise<void> {
    if (this.#exports !== undefined || (given === undefined && this.isReady)) return;
    this.#loading ??= this.#start(given);
    try {
      await this.#loading;
    } catch (error) {
      throw coreUnavailable(error, this.#source.host);
    } finally {
      this.#loading = undefined;
    }
  }

  /**
   * Prepares a key that the core has judged.
   *
   * @param algorithm Its place in the table of algorithms.
   * @returns `undefined` where the bytes are no key of the algorithm.
   */
  prepare(algorithm: number, bytes: Uint8Array): WasmKey | undefined {
    return this.#call((exports) => {
      this.#write(exports, bytes, EMPTY);
      const number = exports.prepare(algorithm, bytes.length);
      if (number < 0) return undefined;
      const key: WasmKey = { generation: this.#generation, number };
      this.#unused?.register(key, { ...key }, key);
      return key;
    });
  }

  /** Drops a key that nobody will ask about. */
  release(key: WasmKey): void {
    this.#unused?.unregister(key);
    this.#release(key);
  }

  /** Whether a key is still there. */
  has(key: WasmKey | undefined): key is WasmKey {
    return key?.generation === this.#generation;
  }

  /** Whether a signature is valid. `undefined`: the key is not there. */
  verify(key: WasmKey, algorithm: number, signature: Uint8Array, message: Uint8Array): boolean | undefined {
    return this.#call((exports) => {
      this.#write(exports, signature, message);
      const answer = exports.verify(key.number, algorithm, signature.length, message.length);
      return answer === VALID ? true : answer === INVALID ? false : undefined;
    });
  }

  async #start(given: InitSource | undefined): Promise<void> {
    const module = given === undefined ? await this.#source.load?.() : await compile(given);
    if (module === undefined) throw new ReferenceError("WebAssembly is not defined");
    const instance = await instantiate(module, {});
    this.#compiled = module;
    this.#exports ??= instance.exports as unknown as Exports;
  }

  /** After a trap the state of the instance is unknown: it is dropped. */
  #call<T>(call: (exports: Exports) => T): T {
    const exports = (this.#exports ??= this.#instantiate());
    try {
      return call(exports);
    } catch (error) {
      this.#exports = undefined;
      this.#generation += 1;
      this.#capacity = 0;
      this.#bytes = EMPTY;
      throw internalError("the engine failed and is being restarted: there is no verdict", error);
    }
  }

  #instantiate(): Exports {
    try {
      this.#compiled ??= this.#source.module?.();
      if (this.#compiled === undefined) throw new ReferenceError("WebAssembly is not defined");
      return new WebAssembly.Instance(this.#compiled).exports as unknown as Exports;
    } catch (error) {
      throw coreUnavailable(error, this.#source.host);
    }
  }

  #write(exports: Exports, first: Uint8Array, second: Uint8Array): void {
    const length = first.length + second.length;
    if (length > this.#capacity) {
      this.#capacity = Math.max(length, ROOM);
      this.#input = exports.input(this.#capacity);
    }
    // A view over a detached buffer is empty.
    if (this.#bytes.length === 0) this.#bytes = new Uint8Array(exports.memory.buffer);
    this.#bytes.set(first, this.#input);
    this.#bytes.set(second, this.#input + first.length);
  }

  #release({ generation, number }: WasmKey): void {
    if (generation === this.#generation)
      this.#call((exports) => {
        exports.release(number);
      });
  }
}

const EMPTY = new Uint8Array();
