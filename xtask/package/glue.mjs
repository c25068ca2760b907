// The glue of wasm-bindgen without what makes an instance.

import { readFileSync, writeFileSync } from "node:fs";

/** The first function of those that load, compile and instantiate. They are the last of the file. */
const ANCHOR = "async function __wbg_load(";

/** What the functions before the anchor are: `js/core/core.ts` makes the instances and puts them in. */
const EXPORTS = `export { __wbg_get_imports as imports, __wbg_finalize_init as adopt };
export const memory = () => wasm.memory;
`;

/** Cuts the file. Fails where this wasm-bindgen writes something else than what is cut here. */
export function cutGlue(file) {
  const glue = readFileSync(file, "utf8");
  const parts = glue.split(ANCHOR);
  if (parts.length !== 2) throw new Error(`${file} has no single \`${ANCHOR}\`: wasm-bindgen writes other glue`);
  const [kept] = parts;
  for (const name of ["__wbg_get_imports", "__wbg_finalize_init"]) {
    if (!kept.includes(`function ${name}(`)) throw new Error(`${file} has no function ${name}`);
  }
  if (/\binstanceof\b|import\.meta/.test(kept)) throw new Error(`${file} judges objects of its host by their realm`);
  writeFileSync(file, kept + EXPORTS);
}
