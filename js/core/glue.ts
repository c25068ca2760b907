import type { InitSource } from "./init-source.js";

/** The wasm-bindgen glue of one artifact: one instance at a time lives behind it. */
export type Glue = typeof import("./countersign.js");

/** Where the core comes from. */
export interface CoreSource {
  readonly glue: Glue;
  /** The core, where it can be had at once. */
  readonly module?: () => WebAssembly.Module;
  /** Where the core can be fetched from. With neither, the user has to call `init(source)`. */
  readonly source?: () => InitSource;
}
