import { load, module } from "#wasm/engine";
import type { Core } from "./core/core.js";
import type { InitSource } from "./core/init-source.js";
import { WasmEngine } from "./engine/wasm-engine.js";
import { host } from "./engines.js";
import { withoutPrototype } from "./options/own.js";

/** The package's own engine on this host. `countersign/slim` does without. */
export const builtIn: WasmEngine = /* @__PURE__ */ new WasmEngine(
  /* @__PURE__ */ withoutPrototype({ host: host.name, module, load }),
);

/** Loads a core, and the engine with it. */
export async function loadBoth(core: Core, source?: InitSource, engine?: InitSource): Promise<void> {
  const loading = [core.load(source), builtIn.load(engine)];
  // Both to their end: another call must not join what is about to fail.
  await Promise.allSettled(loading);
  await Promise.all(loading);
}
