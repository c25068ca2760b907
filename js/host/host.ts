import type { CoreSource } from "../core/glue.js";
import type { HostCrypto } from "../engine/host-engines.js";

/** What differs between hosts. Each entry point fills in one of these. */
export interface Host extends CoreSource, HostCrypto {
  /**
   * A promise may be awaited by another request than the one that made it, and work may outlive its request. Not so on
   * Workers ("Cannot perform I/O on behalf of a different request").
   */
  readonly sharesPromises: boolean;
}
