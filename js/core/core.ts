import { internalError } from "../errors.js";
import { parseWithoutPrototypes } from "../options/own.js";
import { ALGORITHM_TABLE } from "../tables.js";
import type { AlgorithmEntry } from "./algorithms.js";
import type { VerifierGlue } from "./glue.js";
import { type KnownAnswer, readKnownAnswer } from "./known-answer.js";
import { Memory } from "./memory.js";
import { WasmInstance } from "./wasm-instance.js";

/** The instance of an artifact that verifies tokens; see `CoreInstance` for what belongs to one. */
export class Core<G extends VerifierGlue = VerifierGlue> extends WasmInstance<G> {
  #memory: Memory | undefined;
  #generationOfMemory: number | undefined;
  #algorithms: readonly AlgorithmEntry[] | undefined;

  /** The memory of a living instance. */
  get memory(): Memory {
    const { glue, generation } = this;
    if (this.#memory !== undefined && this.#generationOfMemory === generation) return this.#memory;
    try {
      this.#memory = new Memory(glue, glue.memory());
      this.#generationOfMemory = generation;
      return this.#memory;
    } catch (error) {
      throw internalError("the wasm core could not be instantiated: see `cause`", error);
    }
  }

  /** The one table of algorithms. */
  get algorithms(): readonly AlgorithmEntry[] {
    return (this.#algorithms ??= parseWithoutPrototypes(ALGORITHM_TABLE) as AlgorithmEntry[]);
  }

  /** The known answer that a host's engine has to give before it is used. */
  knownAnswer(algorithm: string): KnownAnswer | undefined {
    const json = this.run((glue) => glue.knownAnswer(algorithm));
    return json === undefined ? undefined : readKnownAnswer(json);
  }
}
