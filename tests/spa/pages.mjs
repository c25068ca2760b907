// Pages that sign users in, served under a strict policy, without a bundler.

import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import path from "node:path";

import { atEnd } from "../support/processes.mjs";

const types = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html; charset=utf-8" };

const WITH_WASM = "'self' 'wasm-unsafe-eval'";

const html = `<!doctype html><html lang="en"><meta charset="utf-8"><title>-</title><link rel="icon" href="data:,">
<script src="/before.js"></script><p>painted</p><script type="module" src="/page.js"></script></html>`;

/** What a browser does that is told to store nothing. */
const blocking = `for (const name of ["sessionStorage", "localStorage", "indexedDB"]) {
  Object.defineProperty(globalThis, name, {
    get() {
      throw new DOMException("blocked", "SecurityError");
    },
  });
}
`;

/** A service worker that puts itself between: it answers GET from its cache, whoever is asked, and fills it. */
const worker = `addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return event.respondWith(fetch(event.request));
  const { origin, pathname } = new URL(event.request.url);
  // As such workers do, it gives every place of the application the same page.
  const isPage = event.request.mode === "navigate" && origin === location.origin;
  const key = isPage ? origin + "/" : event.request.url;
  event.respondWith(
    caches.open("pages").then(async (cache) => {
      const stored = await cache.match(key);
      if (stored !== undefined) return stored;
      const response = await fetch(event.request);
      if (response.ok && response.type !== "opaque") await cache.put(key, response.clone());
      return response;
    }),
  );
});
`;

/** What a page does: the sign-in, before anything reads the address. */
const script = (options) => `import { createBrowserAuth } from "/countersign/spa-browser.js";
try {
  globalThis.auth = await createBrowserAuth(${JSON.stringify(options)});
} catch (error) {
  globalThis.failure = error;
}
document.documentElement.dataset.ready = "";
`;

/** Serves a page at every path without a dot. `isBlocked`: it has no storage. */
export async function servePages(dist, issuer, options, { isBlocked = false, scripts = WITH_WASM } = {}) {
  const policy = `default-src 'none'; script-src ${scripts}; worker-src 'self'; connect-src 'self' ${issuer}; img-src data:`;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const headers = { "content-security-policy": policy };
    const answer = (type, body) => response.writeHead(200, { ...headers, "content-type": type }).end(body);
    if (pathname === "/page.js") return answer(types[".js"], script({ issuer, clientId: "page", ...options }));
    if (pathname === "/before.js") return answer(types[".js"], isBlocked ? blocking : "");
    if (pathname === "/worker.js") return answer(types[".js"], worker);
    if (!path.basename(pathname).includes(".")) return answer(types[".html"], html);
    const name = pathname.replace(/^\/countersign\//, "");
    try {
      return answer(types[path.extname(name)] ?? "text/plain", await readFile(path.join(dist, path.normalize(name))));
    } catch {
      return response.writeHead(404).end();
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  atEnd(() => {
    server.close();
    server.closeAllConnections();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}
