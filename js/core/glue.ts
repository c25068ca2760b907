import type { WasmSource } from "../wasm/source.js";

/** The wasm-bindgen glue of one artifact: one instance at a time lives behind it. */
export type Glue = typeof import("./countersign.js");

/** The glue of the artifact with sign-in. */
export type AuthGlue = typeof import("./countersign-auth.js");

/** Where the core comes from. */
export interface CoreSource<G extends Glue> extends WasmSource {
  readonly glue: G;
  /** The host's name, for messages. */
  readonly host: string;
}
