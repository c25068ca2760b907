import type { SignatureEngine, WasmEngine, WasmKey } from "../engine/wasm-engine.js";
import { part } from "./part.js";

/** The engine in wasm, whose script comes with it: WebCrypto has the algorithms that most providers sign with. */
export class LateEngine implements SignatureEngine {
  #engine: WasmEngine | undefined;

  get isReady(): boolean {
    return this.#engine?.isReady === true;
  }

  async load(): Promise<void> {
    const { engine } = await part(import("./page-engine.js"));
    await engine.load();
    this.#engine = engine;
  }

  prepare(algorithm: number, bytes: Uint8Array): WasmKey | undefined {
    return this.#engine?.prepare(algorithm, bytes);
  }

  release(key: WasmKey): void {
    this.#engine?.release(key);
  }

  has(key: WasmKey | undefined): key is WasmKey {
    return this.#engine?.has(key) === true;
  }

  verify(key: WasmKey, algorithm: number, signature: Uint8Array, message: Uint8Array): boolean | undefined {
    return this.#engine?.verify(key, algorithm, signature, message);
  }
}
