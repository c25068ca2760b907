/**
 * For `engine: "auto"`: algorithms that the host has, but the arithmetic on board does faster, and after how many
 * signatures of a key that is so. Before, the host checks them: wasm starts slow, and a key's tables come with its use.
 */
export type Choice = ReadonlyMap<string, number>;

/** By host, as `benches/run.mjs` measures it. What is not here is the host's. */
export const onBoardAfter: Readonly<Record<"node" | "deno" | "bun" | "workerd" | "browser", Choice>> = {
  node: new Map(),
  deno: new Map(),
  bun: new Map(),
  workerd: new Map(),
  browser: new Map(),
};
