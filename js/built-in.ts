import { load, module } from "#wasm/engine";
import { withoutPrototype } from "./options/own.js";
import { host } from "./runtime.js";
import { WasmEngine } from "./engine/wasm-engine.js";

/** The package's own engine on this host. `countersign/slim` does without. */
export const builtIn: WasmEngine = /* @__PURE__ */ new WasmEngine(
  /* @__PURE__ */ withoutPrototype({ host: host.name, module, load }),
);
