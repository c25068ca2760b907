// Swagger UI, whose button "Authorize" signs in at the issuer by authorization code with PKCE.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { Hono } from "hono";
import { absolutePath } from "swagger-ui-dist";

const TYPES = { ".html": "text/html; charset=utf-8", ".css": "text/css", ".js": "text/javascript" };
const FILES = {
  "": new URL("docs/index.html", import.meta.url),
  "start.js": new URL("docs/start.js", import.meta.url),
  ...Object.fromEntries(
    ["swagger-ui.css", "swagger-ui-bundle.js", "oauth2-redirect.html", "oauth2-redirect.js"].map((name) => [
      name,
      path.join(absolutePath(), name),
    ]),
  ),
};

export function documentation({ clientId, issuer }) {
  const policy = [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self' 'unsafe-inline'", // Swagger UI sets styles on elements.
    "img-src 'self' data:",
    `connect-src 'self' ${new URL(issuer).origin}`, // The code is exchanged at the token endpoint.
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");

  const docs = new Hono();
  docs.get("/docs/client.json", (c) => c.json({ clientId }));
  docs.get("/docs/*", async (c) => {
    const name = c.req.path.slice("/docs/".length);
    if (!Object.hasOwn(FILES, name)) return c.notFound();
    const body = await readFile(FILES[name]);
    return c.body(body, 200, {
      "content-type": TYPES[path.extname(name) || ".html"],
      "content-security-policy": policy,
      "x-content-type-options": "nosniff",
    });
  });
  return docs;
}
