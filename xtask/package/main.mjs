// Makes the JavaScript of the npm package out of the compiled modules of js/.
//
//   node xtask/package/main.mjs MODULES PKG IMPORT=ARTIFACT[,WITHOUT-SIMD]…
//
// MODULES is what tsc wrote, with the glue of the artifacts in core/; PKG has the wasm files in dist/wasm/.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { bundle } from "./bundle.mjs";
import { copyDeclarations } from "./declarations.mjs";
import { cutGlue } from "./glue.mjs";
import { exportsOf, importsOf } from "./manifest.mjs";
import { wasmModules } from "./wasm.mjs";

const [modules, pkg, ...given] = process.argv.slice(2);
const artifacts = given.map((line) => {
  const [name, files] = line.split("=");
  const [file, withoutSimd] = files.split(",");
  return { name, file, withoutSimd };
});
const dist = path.join(pkg, "dist");

cutGlue(path.join(modules, "core/countersign.js"));
await bundle(modules, dist);
for (const artifact of artifacts) {
  for (const [name, text] of wasmModules(artifact, path.join(dist, "wasm"))) write(path.join("dist/wasm", name), text);
}
copyDeclarations(modules, dist);

const manifest = JSON.parse(readFileSync(path.join(pkg, "package.json"), "utf8"));
Object.assign(manifest, { exports: exportsOf(artifacts), imports: importsOf(artifacts) });
write("package.json", `${JSON.stringify(manifest, null, 2)}\n`);

function write(name, text) {
  const file = path.join(pkg, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
