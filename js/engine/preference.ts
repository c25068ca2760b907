import type { Algorithm } from "../tables.js";

/**
 * Where signatures are checked. The verdict is the same everywhere.
 * - `"auto"`: by the host where it has the algorithm and is the faster one, else in wasm;
 * - `"wasm"`: always in wasm;
 * - `"host"`: by the host wherever it has the algorithm right, in wasm for the rest.
 */
export type Engine = "auto" | "wasm" | "host";

/**
 * For `engine: "auto"`: algorithms that the host has, but wasm does faster, and after how many signatures of a key that is
 * so. Until then the host checks them: wasm starts slowly, and the tables of a key are built with its use.
 */
export type WasmPreference = ReadonlyMap<string, number>;

/** About as many as the host verifies while V8 compiles the arithmetic for the second time, and a key gets its tables. */
const WARM_UP_SIGNATURES = 20;

const preference = (...algorithms: Algorithm[]): WasmPreference =>
  new Map(algorithms.map((name) => [name, WARM_UP_SIGNATURES]));

/**
 * By host, where `cargo xtask bench` found wasm to take less than nine tenths of the host's time for a token of 800 bytes.
 * What is not here is the host's. Algorithms of one kind (RS256 and RS512; ES384 and ES512) go by the one that is measured.
 */
export const preferWasmAfter: Readonly<Record<"node" | "deno" | "bun" | "workerd" | "browser", WasmPreference>> = {
  node: /* @__PURE__ */ preference("ES256", "ES384", "ES512", "ES256K", "EdDSA"),
  // Its node:crypto is written in Rust, portably, but for Ed25519.
  deno: /* @__PURE__ */ preference(
    ...(["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"] as const),
    ...(["ES256", "ES384", "ES512", "ES256K"] as const),
  ),
  bun: /* @__PURE__ */ preference("ES384", "ES512", "EdDSA"),
  workerd: /* @__PURE__ */ preference("ES384", "ES512", "EdDSA"),
  browser: /* @__PURE__ */ preference("ES256", "ES384", "ES512", "EdDSA"),
};
