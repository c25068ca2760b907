import { load, module } from "#wasm/engine";
import { WasmEngine } from "../engine/wasm-engine.js";
import { withoutPrototype } from "../options/own.js";

/** The engine in wasm, on a page. */
export const engine: WasmEngine = /* @__PURE__ */ new WasmEngine(
  /* @__PURE__ */ withoutPrototype({ host: "browser", module, load }),
);
