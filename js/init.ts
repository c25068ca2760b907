import type { InitSource } from "./core/init-source.js";
import { core } from "./runtime.js";

/**
 * Loads the core now rather than at first use.
 *
 * Only synchronous functions in browsers need it, because they cannot wait.
 *
 * @param source The core, where the one of the package is not to be had: a module, its bytes, a response, or where to
 *   fetch it. Of no effect once the core is loaded.
 * @returns A promise that rejects with a CountersignError `core_unavailable` if the core cannot be fetched or compiled.
 *
 * @example
 * ```ts
 * await init(new URL("countersign/countersign.wasm", import.meta.url));
 * ```
 */
export async function init(source?: InitSource): Promise<void> {
  return core.load(source);
}
