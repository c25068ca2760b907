// Weighs what users download: `kind name raw gzip brotli`, a line per wasm artifact and per entry point's bundled JavaScript.
//   node xtask/scripts/weigh.mjs PKG

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

import { build } from "esbuild";

const dist = path.join(process.argv[2], "dist");
const { BROTLI_PARAM_SIZE_HINT } = zlib.constants;

for (const name of files("core", ".wasm")) {
  weigh("wasm", name, readFileSync(path.join(dist, "core", name)));
}
for (const name of files("entry", ".js")) {
  const { outputFiles } = await build({
    entryPoints: [path.join(dist, "entry", name)],
    bundle: true,
    minify: true,
    write: false,
    format: "esm",
    target: "es2022",
    // The host's modules, and the artifacts that are weighed by themselves.
    external: ["node:*", "*.wasm", "*.wasm?module"],
    logLevel: "error",
  });
  weigh("js", path.basename(name, ".js"), outputFiles[0].contents);
}

function files(folder, extension) {
  return readdirSync(path.join(dist, folder))
    .filter((name) => name.endsWith(extension))
    .sort();
}

function weigh(kind, name, bytes) {
  const gzip = zlib.gzipSync(bytes, { level: 9 }).length;
  const brotli = zlib.brotliCompressSync(bytes, { params: { [BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
  console.log([kind, name, bytes.length, gzip, brotli].join(" "));
}
