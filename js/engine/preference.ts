import type { Algorithm } from "../tables.js";

/**
 * Where signatures are checked. The verdict is the same everywhere.
 * - `"auto"`: by the host where it has the algorithm and is the faster one, else in wasm;
 * - `"wasm"`: always in wasm;
 * - `"host"`: by the host wherever it has the algorithm right, in wasm for the rest.
 */
export type Engine = "auto" | "wasm" | "host";

/**
 * For `engine: "auto"`: the algorithms that the host has, but wasm does faster, and after how many signatures wasm takes over,
 * those of all keys of a process together.
 */
export type WasmPreference = ReadonlyMap<string, number>;

/**
 * After how many signatures the time that wasm saves has paid for its start: instantiation, slow first calls, compiling it a
 * second time, and a key's tables. A process that verifies fewer is served best by the host, one that verifies more loses at
 * most as much again. Measured on Node: ES256 320 to 770, EdDSA 80 to 280, ES384 34, ES512 32, ES256K 63.
 */
const BREAK_EVEN: Readonly<Partial<Record<Algorithm, number>>> = {
  ES256: 400,
  ES384: 40,
  ES512: 40,
  ES256K: 60,
  EdDSA: 120,
};
/** For RSA, which is closest to the host's. */
const LATE = 400;

const preference = (...algorithms: Algorithm[]): WasmPreference =>
  new Map(algorithms.map((name) => [name, BREAK_EVEN[name] ?? LATE]));

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
