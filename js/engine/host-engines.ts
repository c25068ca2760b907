import type { Host } from "../host/host.js";
import type { Engines } from "./signatures.js";
import type { Engine } from "../verifier/types.js";
import { NodeEngine } from "./node-crypto.js";
import { WebCryptoEngine } from "./webcrypto.js";

/** The engines of one host, shared by its verifiers, so that each proves itself once. */
export class HostEngines {
  readonly #host: Host;
  #found: Omit<Engines, "onBoardAfter"> | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** What a verifier with this option may use. `undefined`: all arithmetic is done in wasm. */
  for(engine: Engine): Engines | undefined {
    if (engine === "wasm") return undefined;
    this.#found ??= this.#find();
    return { ...this.#found, onBoardAfter: engine === "auto" ? this.#host.onBoardAfter : undefined };
  }

  #find(): Omit<Engines, "onBoardAfter"> {
    const native = this.#host.native?.();
    // Absent in browsers outside secure contexts.
    const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
    return { sync: native && new NodeEngine(native), async: subtle && new WebCryptoEngine(subtle) };
  }
}
