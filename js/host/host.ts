import type { HostCrypto } from "../engine/host-engines.js";

/** What differs between hosts. The package's import `#host` names the one object that fits, by the conditions of its host. */
export interface Host extends HostCrypto {
  /** The condition that chose it. */
  readonly name: "browser" | "bun" | "deno" | "edge-light" | "node" | "workerd";
  /**
   * A promise may be awaited by another request than the one that made it, and work may outlive its request. Not so on
   * Workers ("Cannot perform I/O on behalf of a different request").
   */
  readonly sharesPromises: boolean;
}
