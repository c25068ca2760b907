// Weighs what users download: `kind name raw gzip brotli`, a line per wasm artifact, and per host the bundled JavaScript,
// without what that imports when it is needed.
//   node xtask/scripts/weigh.mjs PKG

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

import { build } from "esbuild";

const pkg = process.argv[2];
const { BROTLI_PARAM_SIZE_HINT } = zlib.constants;

/** The module of an artifact, where it is part of what is bundled, without the artifact. */
const withoutBytes = {
  name: "without bytes",
  setup({ onLoad }) {
    onLoad({ filter: /\.bytes\.js$/ }, ({ path: file }) => ({
      contents: readFileSync(file, "utf8").replace(/"[\w+/=]{1000,}"/, '""'),
    }));
  },
};

const wasm = path.join(pkg, "dist/wasm");
for (const name of readdirSync(wasm).filter((file) => file.endsWith(".wasm"))) {
  weigh("wasm", name, readFileSync(path.join(wasm, name)));
}
const { imports } = JSON.parse(readFileSync(path.join(pkg, "package.json"), "utf8"));
const hosts = Object.keys(imports["#host"]).filter((condition) => condition !== "default");
for (const host of hosts) await weighEntry(host, "index.js", host);
await weighEntry("slim", "slim/index.js", "browser");
await weighEntry("guard", "guard/index.js", "workerd");
await weighEntry("client", "client/index.js", "browser");
await weighEntry("spa", "spa/index.js", "browser");
await weighEntry("web", "web/index.js", "workerd");

async function weighEntry(name, entry, condition) {
  const { outputFiles, metafile } = await build({
    entryPoints: [path.join(pkg, "dist", entry)],
    bundle: true,
    minify: true,
    splitting: true,
    outdir: "/",
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    platform: "neutral",
    conditions: [condition],
    // The host's modules, and the artifacts that are weighed by themselves.
    external: ["node:*", "*.wasm", "*.wasm?module", "*.bytes.js"],
    plugins: [withoutBytes],
    logLevel: "error",
  });
  const byName = new Map(outputFiles.map(({ path: file, contents }) => [path.basename(file), contents]));
  weigh(
    "js",
    name,
    Buffer.concat([...atOnce(metafile, path.join(pkg, "dist", entry))].map((file) => byName.get(path.basename(file)))),
  );
}

/** The file of an entry point, and those that it imports at once. What is imported later has an entry point too. */
function atOnce({ outputs }, entry) {
  const found = new Set();
  const follow = (name) => {
    if (found.has(name)) return;
    found.add(name);
    for (const { path: to, kind, external } of outputs[name].imports) {
      if (kind === "import-statement" && !external) follow(to);
    }
  };
  follow(Object.keys(outputs).find((name) => path.resolve(outputs[name].entryPoint ?? "") === path.resolve(entry)));
  return found;
}

function weigh(kind, name, bytes) {
  const gzip = zlib.gzipSync(bytes, { level: 9 }).length;
  const brotli = zlib.brotliCompressSync(bytes, { params: { [BROTLI_PARAM_SIZE_HINT]: bytes.length } }).length;
  console.log([kind, name, bytes.length, gzip, brotli].join(" "));
}
