/**
 * The boundary between JavaScript and the Rust core: what every artifact with glue exports, as `wasm/src/` does through
 * wasm-bindgen.
 *
 * The generated glue lands beside the compiled files under the artifact's name, e.g. `core/countersign.js`, cut behind what
 * makes an instance: that is done here, since the glue asks by `instanceof`, and modules come from other realms too. Times
 * are whole seconds. What has parts is JSON. An export throws `{ code, status, message, claim?, expected?, actual? }` for a
 * refusal and `{ config: message }` for a mistake in the configuration, as JSON; whatever else it throws is a trap.
 */

/** What an instance imports. */
export function imports(): WebAssembly.Imports;
/** Puts an instance, and the module to make others of, behind these functions. */
export function adopt(instance: WebAssembly.Instance, module: WebAssembly.Module): void;
/** The memory of the present instance. */
export function memory(): WebAssembly.Memory;

/** Gives this instance up: the next call to any export runs on a fresh one. */
export function abandon(): void;
/** Does nothing: the call that makes a fresh instance. */
export function resume(): void;
