import type { InitSource } from "./core/init-source.js";
import { loadBoth } from "./built-in.js";
import { core } from "./runtime.js";

/**
 * Loads the core now rather than at first use, and the engine for signatures with it.
 *
 * Only synchronous functions in browsers need it, because they cannot wait.
 *
 * @param source The core, where the one of the package is not to be had: a module, its bytes, a response, or where to
 *   fetch it. Of no effect once the core is loaded.
 * @param engine The engine, likewise.
 * @returns A promise that rejects with a CountersignError `core_unavailable` if the core cannot be fetched or compiled.
 *
 * @example
 * ```ts
 * await init(new URL("countersign/core.wasm", import.meta.url), new URL("countersign/engine.wasm", import.meta.url));
 * ```
 */
export async function init(source?: InitSource, engine?: InitSource): Promise<void> {
  return loadBoth(core, source, engine);
}
