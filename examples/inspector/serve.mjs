// node serve.mjs      serves the page, and the package for it, each under a strict Content-Security-Policy.
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";

const { PORT = "8083" } = process.env;
const here = fileURLToPath(new URL(".", import.meta.url));
const packaged = path.dirname(fileURLToPath(import.meta.resolve("countersign/browser")));

const TYPES = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};

/** The page itself talks to nobody but this server, and takes no text for HTML or a script. */
const PAGE = [
  "default-src 'none'",
  "script-src 'self'",
  "worker-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types inspector",
];
/** The worker, which has the token, talks to the issuer and to where the issuer has its keys, and to nobody else. */
const worker = (origins) => [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'", // Compiles WebAssembly and nothing else.
  `connect-src ${["'self'", ...origins].join(" ")}`,
];

const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url, "http://localhost");
  const answer = (status, type, body, policy = PAGE) =>
    response
      .writeHead(status, {
        "content-type": type,
        "content-security-policy": policy.join("; "),
        "x-content-type-options": "nosniff",
        "referrer-policy": "no-referrer",
        "cache-control": "no-cache",
      })
      .end(body);
  try {
    const name = pathname === "/" ? "index.html" : path.posix.normalize(pathname).slice(1);
    const [root, file] = name.startsWith("countersign/")
      ? [packaged, name.slice("countersign/".length)]
      : [path.join(here, "public"), name];
    const type = TYPES[path.extname(file)];
    if (type === undefined || file.includes("..")) return answer(404, "text/plain", "no such file");
    const policy = name === "worker.js" ? worker(searchParams.getAll("connect").map(originOf)) : PAGE;
    answer(200, type, await readFile(path.join(root, file)), policy);
  } catch {
    answer(404, "text/plain", "no such file");
  }
});

/** An origin that keys may come from. Whatever else is asked for would be a policy of somebody else's. */
function originOf(text) {
  const { protocol, hostname, origin } = new URL(text);
  const isLocal = ["localhost", "127.0.0.1"].includes(hostname);
  if (protocol === "https:" || (protocol === "http:" && isLocal)) return origin;
  throw new Error("no origin for keys");
}

server.listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
