import { compile, instantiate } from "#wasm/compile";
import { coreUnavailable, fromCore, internalError } from "../errors.js";
import type { GlueSource, InstanceGlue } from "./glue.js";
import type { InitSource } from "./init-source.js";

/**
 * The instance of an artifact: created at first use, dropped when it traps, and created again for the next call.
 *
 * What belongs to an instance is only good for one {@link generation}.
 */
export class WasmInstance<G extends InstanceGlue> {
  readonly #source: GlueSource<G>;
  /** The glue has an instance, perhaps one that has trapped. */
  #loaded = false;
  /** It has one that has not. */
  #alive = false;
  #loading: Promise<void> | undefined;
  #generation = 0;

  constructor(source: GlueSource<G>) {
    this.#source = source;
  }

  /** Counts the instances that were dropped. */
  get generation(): number {
    return this.#generation;
  }

  /** Whether the core can be called at this moment, without waiting for it. */
  get isReady(): boolean {
    return this.#loaded || this.#source.module !== undefined;
  }

  /** The exports of a living instance. */
  get glue(): G {
    if (!this.#alive) this.#instantiate();
    return this.#source.glue;
  }

  /** Fetches and compiles the core where that takes time, and instantiates it now rather than at first use. */
  async load(given?: InitSource): Promise<void> {
    if (!this.#loaded && (given !== undefined || this.#source.module === undefined)) await this.#fetch(given);
    if (!this.#alive) this.#instantiate();
  }

  /** Calls into the core and converts whatever it throws into an error. */
  run<T>(call: (glue: G) => T): T {
    const { glue } = this;
    try {
      return call(glue);
    } catch (thrown) {
      throw this.failure(thrown);
    }
  }

  /** Converts what an export threw into an error. After a trap the state of the instance is unknown: it is dropped. */
  failure(thrown: unknown, cause?: unknown): Error {
    const error = fromCore(thrown, cause);
    if (error !== undefined) return error;
    this.#alive = false;
    this.#generation += 1;
    return internalError("the core failed and is being restarted: there is no verdict", thrown);
  }

  async #fetch(given: InitSource | undefined): Promise<void> {
    if (this.#loading === undefined) {
      if (given !== undefined && !isSource(given)) throw new TypeError(NO_SOURCE);
      this.#loading = this.#start(given);
    }
    try {
      await this.#loading;
      this.#loaded = true;
    } catch (error) {
      throw coreUnavailable(error, this.#source.host);
    } finally {
      this.#loading = undefined;
    }
  }

  async #start(given: InitSource | undefined): Promise<void> {
    const { glue, load } = this.#source;
    const module = given === undefined ? await load?.() : await compile(given);
    if (module === undefined) throw new ReferenceError("WebAssembly is not defined");
    const instance = await instantiate(module, glue.imports());
    // A synchronous call may have been quicker.
    if (!this.#loaded) glue.adopt(instance, module);
  }

  #instantiate(): void {
    const { glue, module, host } = this.#source;
    if (!this.isReady) throw new TypeError(NEEDS_INIT);
    try {
      if (!this.#loaded && module !== undefined) {
        const compiled = module();
        glue.adopt(new WebAssembly.Instance(compiled, glue.imports()), compiled);
      }
      this.#loaded = true;
    } catch (error) {
      throw coreUnavailable(error, host);
    }
    if (this.#generation > 0) {
      try {
        glue.abandon();
        // It makes the fresh instance. Another call could have arguments, which would go to the memory of the one before.
        glue.resume();
      } catch (error) {
        throw internalError("the wasm core could not be instantiated: see `cause`", error);
      }
    }
    this.#alive = true;
  }
}

const isSource = (given: unknown): boolean =>
  typeof given === "string" || (typeof given === "object" && given !== null);

/** What to do before a synchronous call where wasm has to be fetched. */
export const NEEDS_INIT =
  "the wasm core is not loaded yet: `await init()` of the same entry point once before the first synchronous call";
const NO_SOURCE =
  "`await init(source)` takes the wasm core as a module, as bytes, as a response or as a URL; without a source it takes the package's own";
