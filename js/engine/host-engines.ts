import type { Engines } from "./signatures.js";
import { NodeEngine, type NodeCrypto } from "./node-crypto.js";
import type { WasmPreference, Engine } from "./preference.js";
import type { WasmEngine } from "./wasm-engine.js";
import { WebCryptoEngine } from "./webcrypto.js";

/** What a host has to check signatures with, beside WebCrypto. */
export interface HostCrypto {
  /** `node:crypto`, where there is one. Asked for when a verifier is created. */
  readonly nodeCrypto?: () => NodeCrypto | undefined;
  /** Where the arithmetic in wasm is faster than the host's. */
  readonly preferWasmAfter?: WasmPreference;
}

/** The engines of one host, shared by its verifiers, so that each proves itself once. */
export class HostEngines {
  readonly #host: HostCrypto;
  #found: Pick<Engines, "sync" | "async"> | undefined;

  constructor(host: HostCrypto) {
    this.#host = host;
  }

  /** What a verifier with this option may use, beside the engine in wasm if there is to be one. */
  for(engine: Engine, wasm: WasmEngine | undefined): Engines {
    if (engine === "wasm") return { sync: undefined, async: undefined, wasm, preferWasmAfter: undefined };
    this.#found ??= this.#find();
    return { ...this.#found, wasm, preferWasmAfter: engine === "auto" ? this.#host.preferWasmAfter : undefined };
  }

  #find(): Pick<Engines, "sync" | "async"> {
    const native = this.#host.nodeCrypto?.();
    // Absent in browsers outside secure contexts.
    const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
    return { sync: native && new NodeEngine(native), async: subtle && new WebCryptoEngine(subtle) };
  }
}
