import type { WasmSource } from "./source.js";

/** The package's import `#wasm/guard`, which `cargo xtask build` writes for each kind of host. */
export const module: WasmSource["module"];
export const load: WasmSource["load"];
