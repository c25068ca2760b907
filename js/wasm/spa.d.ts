import type { WasmSource } from "./source.js";

/** The package's import `#wasm/spa`, which `cargo xtask build` writes for each kind of host. */
export const module: WasmSource["module"];
export const load: WasmSource["load"];
