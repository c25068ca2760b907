// Makes the JavaScript of the npm package out of the compiled modules of js/.
//
//   node xtask/package/main.mjs MODULES PKG "name=NAME file=FILE [withoutSimd=FILE] [glue=GLUE]"…
//
// MODULES is what tsc wrote, with the glue of the artifacts in core/; PKG has the wasm files in dist/wasm/. What the
// package's JavaScript imports as `#wasm/NAME` is said of each artifact, as wasm-pack.toml has it.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { bundle } from "./bundle.mjs";
import { commonJsFiles } from "./commonjs.mjs";
import { copyDeclarations } from "./declarations.mjs";
import { cutGlue } from "./glue.mjs";
import { ADAPTERS, fields, stubs } from "./manifest.mjs";
import { checkReach } from "./reach.mjs";
import { wasmModules } from "./wasm.mjs";

const [modules, pkg, ...given] = process.argv.slice(2);
const artifacts = given.map((line) => Object.fromEntries(line.split(" ").map((word) => word.split("="))));
const dist = path.join(pkg, "dist");

for (const { glue } of artifacts) if (glue !== undefined) cutGlue(path.join(modules, `core/${glue}.js`));
await bundle(modules, dist, artifacts);
for (const artifact of artifacts) {
  for (const [name, text] of wasmModules(artifact, path.join(dist, "wasm"))) write(`dist/wasm/${name}`, text);
}
for (const [name, text] of commonJsFiles(artifacts)) write(`dist/cjs/${name}`, text);
write(
  "dist/react-native.js",
  'throw new TypeError("countersign needs WebAssembly, which React Native does not have: verify tokens on a server");\n',
);
copyDeclarations(modules, dist);

const manifest = JSON.parse(readFileSync(path.join(pkg, "package.json"), "utf8"));
const { files, ...others } = fields(artifacts);
write("package.json", json({ ...manifest, ...others, files: [...manifest.files, ...files] }));
for (const [name, stub] of stubs()) write(name, json(stub));

checkReach(pkg, [
  ["index.js", ["core", "engine"]],
  ["guard/index.js", ["engine", "guard"]],
  ["user/index.js", ["engine", "guard"]],
  // Neither reaches the other's core: bundlers for Workers ship what is reached, used or not.
  ["client/index.js", ["auth", "engine"]],
  ["web/index.js", ["auth", "engine", "session"]],
  ["spa/index.js", ["engine", "spa"]],
  ["presets/index.js", []],
  ["presets/providers/index.js", []],
  ["checks/index.js", []],
  ["node-cli/index.js", []],
  ["presets/fief/index.js", ["auth", "engine", "guard"]],
  ["stores/index.js", []],
  ["testing/index.js", []],
  ["slim/index.js", ["core"]],
  // What they need of the core is in the guard that they are given.
  ["openapi/index.js", []],
  ...ADAPTERS.map((name) => [`${name}/index.js`, []]),
]);

function write(name, text) {
  const file = path.join(pkg, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}
