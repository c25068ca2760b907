/**
 * For `engine: "auto"`: algorithms that the host has, but the arithmetic on board does faster, and after how many
 * signatures of a key that is so. Before, the host checks them: wasm starts slow, and a key's tables come with its use.
 */
export type Choice = ReadonlyMap<string, number>;

/** As many as cost less by the host than wasm costs to start: about 20 ms until V8 has compiled it twice. */
const SETTLED = 20;

/** By host, as `benches/run.mjs` measures it. What is not here is the host's. */
export const onBoardAfter: Readonly<Record<"node" | "deno" | "bun" | "workerd" | "browser", Choice>> = {
  // OpenSSL has assembly for P-256 and RSA; the others take it 2 to 7 times as long as the tables of a key here.
  node: new Map([
    ["ES384", SETTLED],
    ["ES512", SETTLED],
    ["ES256K", SETTLED],
    ["EdDSA", SETTLED],
  ]),
  deno: new Map(),
  bun: new Map(),
  workerd: new Map([["ES384", SETTLED]]),
  browser: new Map([["ES384", SETTLED]]),
};
