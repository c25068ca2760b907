import type { Core } from "../core/core.js";
import type { WasmEngine } from "../engine/wasm-engine.js";
import { engines, host } from "../engines.js";
import { readSharedSecretOptions, readVerifierOptions } from "./options.js";
import type { SharedSecretVerifierOptions, VerifierOptions } from "./option-types.js";
import type { IdTokenVerifier, SharedSecretIdTokenVerifier } from "./types.js";
import { VerifierImpl } from "./verifier.js";

const IMPLEMENTATIONS = /* @__PURE__ */ new WeakMap<object, VerifierImpl>();

/** What is behind a verifier. `undefined`: it is none of {@link create}. */
export const implementationOf = (verifier: object): VerifierImpl | undefined => IMPLEMENTATIONS.get(verifier);

/** Makes a verifier in a core, with the engine in wasm or without one. */
export function create(core: Core, options: VerifierOptions, wasm: WasmEngine | undefined): IdTokenVerifier {
  const read = readVerifierOptions(options);
  const verifier = new VerifierImpl(host, core, read, engines.for(read.engine, wasm));
  const made = Object.freeze({
    ...(read.issuers !== undefined && { issuers: read.issuers }),
    verify: verifier.verify.bind(verifier),
    verifySync: verifier.verifySync.bind(verifier),
    loadKeys: verifier.loadKeys.bind(verifier),
    ready: verifier.ready.bind(verifier),
    exportKeys: verifier.exportKeys.bind(verifier),
    importKeys: verifier.importKeys.bind(verifier),
  }) as IdTokenVerifier;
  IMPLEMENTATIONS.set(made, verifier);
  return made;
}

/** Makes a verifier with a shared secret in a core. */
export function createWithSecret(core: Core, options: SharedSecretVerifierOptions): SharedSecretIdTokenVerifier {
  const verifier = new VerifierImpl(host, core, readSharedSecretOptions(options), undefined);
  return Object.freeze({
    verify: verifier.verify.bind(verifier),
    verifySync: verifier.verifySync.bind(verifier),
  }) as SharedSecretIdTokenVerifier;
}
