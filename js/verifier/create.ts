import type { WasmEngine } from "../engine/wasm-engine.js";
import { core, engines, host } from "../runtime.js";
import { readVerifierOptions } from "./options.js";
import type { IdTokenVerifier, VerifierOptions } from "./types.js";
import { VerifierImpl } from "./verifier.js";

/** Makes a verifier with the engine in wasm, or without one. */
export function create(options: VerifierOptions, wasm: WasmEngine | undefined): IdTokenVerifier {
  const read = readVerifierOptions(options);
  const verifier = new VerifierImpl(host, core, read, engines.for(read.engine, wasm));
  return Object.freeze({
    ...(read.issuers !== undefined && { issuers: read.issuers }),
    verify: verifier.verify.bind(verifier),
    verifySync: verifier.verifySync.bind(verifier),
    loadKeys: verifier.loadKeys.bind(verifier),
  }) as IdTokenVerifier;
}
