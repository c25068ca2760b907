/**
 * For `engine: "auto"`: algorithms that the host has, but the arithmetic on board does faster, and after how many
 * signatures of a key that is so. Before, the host checks them: wasm starts slow, and a key's tables come with its use.
 */
export type Choice = ReadonlyMap<string, number>;

/** About as many as the host verifies while V8 compiles the arithmetic for the second time, and a key gets its tables. */
const SETTLED = 20;

const choice = (...algorithms: string[]): Choice => new Map(algorithms.map((name) => [name, SETTLED]));

/**
 * By host, where `cargo xtask bench` found wasm to take less than nine tenths of the host's time for a token of 800 bytes.
 * What is not here is the host's. Algorithms of one kind (RS256 and RS512; ES384 and ES512) go by the one that is measured.
 */
export const onBoardAfter: Readonly<Record<"node" | "deno" | "bun" | "workerd" | "browser", Choice>> = {
  node: /* @__PURE__ */ choice("ES256", "ES384", "ES512", "ES256K", "EdDSA"),
  // Its node:crypto is written in Rust, portably, but for Ed25519.
  deno: /* @__PURE__ */ choice(
    ...["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"],
    ...["ES256", "ES384", "ES512", "ES256K"],
  ),
  bun: /* @__PURE__ */ choice("ES384", "ES512", "EdDSA"),
  workerd: /* @__PURE__ */ choice("ES384", "ES512", "EdDSA"),
  browser: /* @__PURE__ */ choice("ES256", "ES384", "ES512", "EdDSA"),
};
