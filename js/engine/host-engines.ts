import type { Engines, HostTurns } from "./signatures.js";
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
  /** Counted for all verifiers together: what wasm costs at its start, it costs a process once. */
  #turns: Engines["hostTurns"];

  constructor(host: HostCrypto) {
    this.#host = host;
  }

  /** What a verifier with this option may use, beside the engine in wasm if there is to be one. */
  for(engine: Engine, wasm: WasmEngine | undefined): Engines {
    if (engine === "wasm") return { sync: undefined, async: undefined, wasm, hostTurns: undefined };
    this.#found ??= this.#find();
    return { ...this.#found, wasm, hostTurns: engine === "auto" ? this.#hostTurns() : undefined };
  }

  #hostTurns(): Engines["hostTurns"] {
    const counts = [...(this.#host.preferWasmAfter ?? [])];
    return (this.#turns ??= new Map(counts.map(([name, left]): [string, HostTurns] => [name, { left }])));
  }

  #find(): Pick<Engines, "sync" | "async"> {
    const native = this.#host.nodeCrypto?.();
    // Absent in browsers outside secure contexts.
    const subtle = globalThis.crypto?.subtle as SubtleCrypto | undefined;
    return { sync: native && new NodeEngine(native), async: subtle && new WebCryptoEngine(subtle) };
  }
}
