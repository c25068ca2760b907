// What a page loads that signs users in: the script, minified, and the wasm core, beside other libraries.
//
//   node tests/spa/sizes.mjs [FOLDER]     with npm's auth0-spa-js, oidc-client-ts and oidc-spa in FOLDER/node_modules

import { readFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";
import { build } from "esbuild";

import { installPackage, target } from "../support/package.mjs";

const PEERS = {
  "auth0-spa-js": `import { createAuth0Client } from "@auth0/auth0-spa-js"; globalThis.it = createAuth0Client;`,
  "oidc-client-ts": `import { UserManager } from "oidc-client-ts"; globalThis.it = UserManager;`,
  "oidc-spa": `import { createOidc } from "oidc-spa/core"; globalThis.it = createOidc;`,
};
const OURS = `import { createBrowserAuth } from "countersign/spa"; globalThis.it = createBrowserAuth;`;

/** A program's script, minified, without what it loads later. */
async function script(contents, folder) {
  const { outputFiles, metafile } = await build({
    stdin: { contents, resolveDir: folder },
    bundle: true,
    minify: true,
    splitting: true,
    outdir: "/",
    write: false,
    metafile: true,
    format: "esm",
    target: "es2022",
    conditions: ["browser"],
    logLevel: "silent",
  });
  const isAtOnce = new Set();
  const follow = (name) => {
    if (isAtOnce.has(name)) return;
    isAtOnce.add(name);
    for (const { path: to, kind } of metafile.outputs[name].imports) if (kind === "import-statement") follow(to);
  };
  follow(Object.keys(metafile.outputs).find((name) => metafile.outputs[name].entryPoint === "<stdin>"));
  const names = [...isAtOnce].map((name) => path.basename(name));
  return Buffer.concat(
    outputFiles.filter(({ path: file }) => names.includes(path.basename(file))).map(({ contents }) => contents),
  );
}

const compressed = (bytes) => brotliCompressSync(bytes).length;

/** Bytes after Brotli: ours apart, and those of the peers that are installed. */
export async function firstLoad(peers) {
  const folder = path.join(target, "spa-tests");
  const installed = await installPackage(folder);
  const sizes = {
    script: compressed(await script(OURS, folder)),
    wasm: compressed(readFileSync(path.join(installed, "dist/wasm/spa.wasm"))),
  };
  for (const [name, contents] of Object.entries(peers === undefined ? {} : PEERS)) {
    sizes[name] = compressed(await script(contents, peers));
  }
  return sizes;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const { script: own, wasm, ...others } = await firstLoad(process.argv[2]);
  console.log(`countersign/spa: ${own} + ${wasm} = ${own + wasm} bytes after Brotli`);
  for (const [name, size] of Object.entries(others)) console.log(`${name}: ${size}`);
}
