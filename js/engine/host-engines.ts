import type { Engines } from "./signatures.js";
import { NodeEngine, type NodeCrypto } from "./node-crypto.js";
import type { WasmPreference, Engine } from "./preference.js";
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
  #found: Omit<Engines, "preferWasmAfter"> | undefined;

  constructor(host: HostCrypto) {
    this.#host = host;
  }

  /** What a verifier with this option may use. `undefined`: all arithmetic is done in wasm. */
  for(engine: Engine): Engines | undefined {
    if (engine === "wasm") return undefined;
    this.#found ??= this.#find();
    return { ...this.#found, preferWasmAfter: engine === "auto" ? this.#host.preferWasmAfter : undefined };
  }

  #find(): Omit<Engines, "preferWasmAfter"> {
    const native = this.#host.nodeCrypto?.();
    // Absent in browsers outside secure contexts.
    const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
    return { sync: native && new NodeEngine(native), async: subtle && new WebCryptoEngine(subtle) };
  }
}
