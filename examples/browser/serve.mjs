// ISSUER=https://tenant.example/ node serve.mjs      serves public/ with a strict Content-Security-Policy.
import { createServer } from "node:http";
import { readdir, readFile } from "node:fs/promises";

const { ISSUER = "https://tenant.example/", PORT = "8081" } = process.env;
const policy = [
  "default-src 'none'",
  "script-src 'self' 'wasm-unsafe-eval'", // 'wasm-unsafe-eval' compiles WebAssembly and nothing else.
  "style-src 'self'",
  `connect-src 'self' ${new URL(ISSUER).origin}`, // The issuer's keys are fetched from the page.
  "base-uri 'none'",
  "form-action 'none'",
].join("; ");

const files = {
  "/": ["index.html", "text/html; charset=utf-8"],
  "/style.css": ["style.css", "text/css"],
};
const scripts = await readdir(new URL("public/dist", import.meta.url));
for (const name of scripts) files[`/dist/${name}`] = [`dist/${name}`, "text/javascript"];

const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://localhost");
  if (pathname === "/issuer") return response.writeHead(200, { "content-type": "text/plain" }).end(ISSUER);
  if (!Object.hasOwn(files, pathname)) return response.writeHead(404).end();
  const [name, type] = files[pathname];
  const body = await readFile(new URL(`public/${name}`, import.meta.url));
  response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(body);
});

server.listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
