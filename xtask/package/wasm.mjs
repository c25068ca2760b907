// The modules of one artifact: how it is come by, in the form that each kind of host and its bundlers understand.

import { readFileSync } from "node:fs";
import path from "node:path";

/** Name and text of each module of the artifact that the package imports as `#wasm/name`. */
export function wasmModules({ name, file, withoutSimd }, folder) {
  const base64 = readFileSync(path.join(folder, `${file}.wasm`)).toString("base64");
  return [
    // Bundlers follow it everywhere, to servers, too, where they lose a file that is read. Pages take the bytes alone. For Node,
    // Deno and Bun it is the artifact itself, since another file would cost each of their starts as much as the rest of this
    // one. By `globalThis`, because bundlers for pages add a `Buffer` where they see one.
    [
      `${name}.bytes.js`,
      `const base64 = "${base64}";
export { base64 as default };
export const module = () => new WebAssembly.Module(globalThis.Buffer.from(base64, "base64"));
export const load = undefined;
`,
    ],
    [`${name}.static.js`, imported(`./${file}.wasm`)],
    [`${name}.edge-light.js`, imported(`./${file}.wasm?module`)],
    [`${name}.fetched.js`, fetchedModule(name, file, withoutSimd)],
  ];
}

/** The host, or its bundler, compiles it beforehand. */
const imported = (specifier) => `import wasm from "${specifier}";
export const module = () => wasm;
export const load = undefined;
`;

/** By this name webpack calls the chunk, as others do by the file's: service workers can leave it out of what they store. */
export const bytesOf = (name) => `/* webpackChunkName: "${name}.bytes" */`;

/** Each path is spelled out in one expression, because that is what bundlers find. */
function fetchedModule(name, file, withoutSimd) {
  const artifact = (called, more = "") => `fetched({
    name: "${called}",
    script: "${name}.fetched.js",
    at: () => import.meta.url,
    file: () => new URL("./${called}.wasm", import.meta.url),${more}
  })`;
  const usual = artifact(file, `\n    bytes: () => import(${bytesOf(name)} "./${name}.bytes.js"),`);
  // The other has no module with its bytes: it would double what bundlers put into one file, for browsers before 2023.
  const load = withoutSimd ? `hasSimd() ? ${usual} : ${artifact(withoutSimd)}` : usual;
  return `import { fetched } from "./fetched.js";
${withoutSimd ? 'import { hasSimd } from "./simd.js";\n' : ""}export const module = undefined;
export const load = () => ${load};
`;
}
