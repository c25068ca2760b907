// ISSUER=https://tenant.example/ CLIENT_ID=notes RESOURCE=https://notes.example node serve.mjs [plain|react|vue|svelte]
//
// The page, under a strict Content-Security-Policy, and an API that takes access tokens.
import { existsSync } from "node:fs";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { createGuard } from "countersign/guard";
import { guardedListener } from "countersign/node";

const { ISSUER, CLIENT_ID, RESOURCE, PORT = "8083" } = process.env;
const [app = "plain"] = process.argv.slice(2);
const end = (why) => {
  console.error(why);
  process.exit(2);
};
for (const name of ["ISSUER", "CLIENT_ID", "RESOURCE"]) {
  if (!process.env[name]) end(`${name} is not set: README.md says what it is`);
}
if (!URL.canParse(ISSUER)) end("ISSUER is the address of a provider, e.g. https://tenant.example/");
const folder = fileURLToPath(new URL(".", import.meta.url));
const script = app === "plain" ? "src/plain.js" : `dist/${app}.js`;
if (!existsSync(path.join(folder, script))) end(`${script} is not there: npm run build makes react, vue and svelte`);
const packageFolder = path.join(path.dirname(fileURLToPath(import.meta.resolve("countersign"))));
const types = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".js": "text/javascript",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
};
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'", // 'wasm-unsafe-eval' compiles WebAssembly and nothing else.
  "style-src 'self'",
  "img-src 'self'",
  `connect-src 'self' ${new URL(ISSUER).origin}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join("; ");

const guard = createGuard({ issuer: ISSUER, resource: RESOURCE });
const notes = new Map();
const api = guardedListener(guard, async (request, response, { subject }) => {
  const own = notes.get(subject) ?? ["Buy milk", "Call grandmother"];
  if (request.method === "POST") {
    let text = "";
    for await (const chunk of request) text = `${text}${chunk}`.slice(0, 200);
    own.push(text);
    notes.set(subject, own);
  }
  response.writeHead(200, { "content-type": "application/json", "cache-control": "no-store" }).end(JSON.stringify(own));
});

const config = `export const issuer = ${JSON.stringify(ISSUER)};
export const clientId = ${JSON.stringify(CLIENT_ID)};
export const resource = ${JSON.stringify(RESOURCE)};
`;

/** The file of an address. Whatever has no ending is a place of the application. */
function fileOf(pathname) {
  const ending = path.extname(pathname);
  if (ending === "") return path.join(folder, "public/index.html");
  if (pathname.startsWith("/countersign/")) return path.join(packageFolder, pathname.slice("/countersign/".length));
  if (pathname === "/app.js") return path.join(folder, script);
  return path.join(folder, ending === ".js" ? "src" : "public", path.basename(pathname));
}

const server = createServer(async (request, response) => {
  if (!URL.canParse(request.url, "http://localhost")) return response.writeHead(400).end();
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/api/notes") return api(request, response);
  const send = (type, body) =>
    response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(body);
  if (pathname === "/config.js") return send(types[".js"], config);
  const file = path.normalize(fileOf(pathname));
  if (!file.startsWith(folder) && !file.startsWith(packageFolder)) return response.writeHead(404).end();
  try {
    return send(types[path.extname(file)] ?? "application/octet-stream", await readFile(file));
  } catch {
    return response.writeHead(404).end();
  }
});

server.listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
