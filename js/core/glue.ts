import type { WasmSource } from "../wasm/source.js";

/** The wasm-bindgen glue of one artifact: one instance at a time lives behind it. */
export type Glue = typeof import("./countersign.js");

/** Where the core comes from. */
export interface CoreSource extends WasmSource {
  readonly glue: Glue;
  /** The host's name, for messages. */
  readonly host: string;
}
