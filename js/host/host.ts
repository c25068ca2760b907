import type { InitSource } from "../fetch.js";
import type { Choice } from "../engine/preference.js";
import type { NodeCrypto } from "../engine/node-crypto.js";

/** The wasm-bindgen glue of one artifact: one instance at a time lives behind it. */
export type Glue = typeof import("../core/countersign.js");

/** What differs between hosts. Each entry point fills in one of these. */
export interface Host {
  readonly glue: Glue;
  /** The core, where it can be had at once. */
  readonly module?: () => WebAssembly.Module;
  /** Where the core can be fetched from. With neither, the user has to call `init(source)`. */
  readonly source?: () => InitSource;
  /** `node:crypto`, where there is one. Asked for when a verifier is made. */
  readonly native?: () => NodeCrypto | undefined;
  /** Where the arithmetic on board is faster than the host's. */
  readonly onBoardAfter?: Choice;
  /**
   * A promise may be awaited by another request than the one that made it, and work may outlive its request. Not so on
   * Workers ("Cannot perform I/O on behalf of a different request").
   */
  readonly sharesPromises: boolean;
}
