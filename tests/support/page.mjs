// A page for a browser under a strict Content-Security-Policy: one bundle, and the wasm files of the packed package.

import { cpSync, readdirSync, writeFileSync } from "node:fs";
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
  await build({ ...bundle, entryPoints: [entry], outfile: path.join(folder, "page.js") });
  copyWasm(path.join(path.dirname(entry), "node_modules", "countersign"), folder);
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

/** esbuild leaves `new URL("….wasm", import.meta.url)` as it is: the files must lie beside the bundle. */
function copyWasm(installed, folder) {
  for (const name of readdirSync(installed, { recursive: true })) {
    if (name.endsWith(".wasm")) cpSync(path.join(installed, name), path.join(folder, path.basename(name)));
  }
}
