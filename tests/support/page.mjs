// A page for a browser under a strict Content-Security-Policy: one bundle, and the wasm files that it refers to.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";

import { atEnd } from "./processes.mjs";

const types = {
  ".html": "text/html; charset=utf-8",
  ".mjs": "text/javascript",
  ".js": "text/javascript",
  ".wasm": "application/wasm",
};
const policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'";

/** Bundles `entry` into `folder` and serves that on a free port of 127.0.0.1. */
export async function servePage(entry, folder) {
  const { build } = await import("esbuild");
  const bundle = { bundle: true, format: "esm", target: "esnext", conditions: ["browser"], logLevel: "error" };
  await build({
    ...bundle,
    splitting: true,
    entryPoints: { page: entry },
    outdir: folder,
    plugins: [keepFiles(folder)],
  });
  writeFileSync(
    path.join(folder, "index.html"),
    '<!doctype html><title>-</title><script type="module" src="page.js"></script>\n',
  );

  const server = createServer(async (request, response) => {
    const name = request.url === "/" ? "index.html" : path.basename(request.url);
    try {
      const body = await readFile(path.join(folder, name));
      const type = types[path.extname(name)] ?? "application/octet-stream";
      response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(body);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return { url: `http://127.0.0.1:${server.address().port}/` };
}

/** Does what most bundlers do and esbuild does not: puts files that scripts refer to into the output, under new names. */
export const keepFiles = (folder) => ({
  name: "files",
  setup({ onLoad }) {
    onLoad({ filter: /\.fetched\.js$/ }, ({ path: script }) => {
      const contents = readFileSync(script, "utf8").replace(/new URL\("\.\/([^"]+)\.wasm"/g, (_, name) => {
        mkdirSync(folder, { recursive: true });
        copyFileSync(path.join(path.dirname(script), `${name}.wasm`), path.join(folder, `kept-${name}.wasm`));
        return `new URL("./kept-${name}.wasm"`;
      });
      return { contents };
    });
  },
});
