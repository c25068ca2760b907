/**
 * `countersign/slim`: the same functions on the host's cryptography alone. What reaches this reaches no engine in wasm.
 *
 * @module
 */

import type { InitSource } from "./core/init-source.js";
import { core } from "./runtime.js";
import { create } from "./verifier/create.js";
import type { createVerifier as CreateVerifier } from "./verifier/index.js";
import type { VerifierOptions } from "./verifier/option-types.js";

export { CountersignError } from "./errors.js";
export { createSharedSecretVerifier } from "./verifier/shared-secret.js";
export { decodeUnverified, thumbprint } from "./verifier/decode.js";
export { discover } from "./jwks/index.js";

/** Makes a verifier for the tokens of one issuer. */
export const createVerifier: typeof CreateVerifier = (options: VerifierOptions) => create(core, options, undefined);

/** Loads the core now rather than at first use. */
export const init = async (source?: InitSource): Promise<void> => core.load(source);
