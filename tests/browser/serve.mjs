// The files of the package, a page to use them on, and a key set.

import { createServer } from "node:http";
import { readFileSync } from "node:fs";
import { readFile } from "node:fs/promises";
import path from "node:path";

const types = { ".js": "text/javascript", ".wasm": "application/wasm" };
const html = "<!doctype html><title>-</title>";

/** The page's import map: the package's names, and those that it has for itself, as browsers have them. */
function importMap(folder) {
  const { exports, imports } = JSON.parse(readFileSync(path.join(folder, "../package.json"), "utf8"));
  const address = (file) => file.replace("./dist", "");
  const own = Object.entries(imports).map(([name, targets]) => [name, address(targets.browser ?? targets.default)]);
  const names = { countersign: "/index.js", "countersign/slim": address(exports["./slim"].default) };
  return `<script type="importmap">${JSON.stringify({ imports: { ...names, ...Object.fromEntries(own) } })}</script>`;
}

/**
 * Serves `folder` on a free port of 127.0.0.1. `wasm` and `bytes` say what is where the wasm files and the modules with
 * their bytes should be: "there", "missing", or a "page". `keys` and `cacheControl` of what is answered make the key set at /jwks; `requests` are those that came.
 */
export async function servePackage(folder, { policy, wasm = "there", bytes = "there" }) {
  const site = { keys: [], cacheControl: undefined, wasm, requests: [] };
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://host");
    site.requests.push({ url: pathname, method: request.method, headers: request.headers });
    const answer = (status, type, body, more = {}) =>
      response.writeHead(status, { "content-type": type, ...more }).end(body);
    if (pathname === "/") {
      const page = folder && !policy ? html + importMap(folder) : html;
      return answer(200, "text/html", page, policy && { "content-security-policy": policy });
    }
    if (pathname === "/jwks") {
      const cache = site.cacheControl && { "cache-control": site.cacheControl };
      return answer(200, "application/json", JSON.stringify({ keys: site.keys }), {
        "access-control-allow-origin": "*",
        ...cache,
      });
    }
    if (pathname.endsWith(".wasm") && site.wasm !== "there") {
      return site.wasm === "page" ? answer(200, "text/html", html) : answer(404, "text/html", html);
    }
    if (pathname.endsWith(".bytes.js") && bytes !== "there") {
      return bytes === "page" ? answer(200, "text/html", html) : answer(404, "text/html", html);
    }
    try {
      return answer(200, types[path.extname(pathname)], await readFile(path.join(folder, pathname)));
    } catch {
      return answer(404, "text/plain", "no such file");
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  site.origin = `http://127.0.0.1:${server.address().port}`;
  site.count = (url) => site.requests.filter((request) => request.url === url).length;
  site.close = () => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(resolve));
  };
  return site;
}
