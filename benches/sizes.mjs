// What a program downloads to verify tokens, bundled and minified by esbuild, in bytes: { javascript, wasm }, gzipped.

import { readFileSync } from "node:fs";
import path from "node:path";
import zlib from "node:zlib";

import { build } from "esbuild";

import { folder } from "./hosts.mjs";

const libraries = [
  { name: "countersign", code: `export { createVerifier } from "countersign"`, wasm: "core.wasm" },
  {
    name: "countersign/slim",
    code: `export { createVerifier, init } from "countersign/slim"`,
    wasm: "core.wasm",
  },
  { name: "jose", code: `export { createRemoteJWKSet, jwtVerify } from "jose"` },
  { name: "hono/jwk", code: `export { jwk } from "hono/jwk"` },
  { name: "@tsndr/cloudflare-worker-jwt", code: `export { verify } from "@tsndr/cloudflare-worker-jwt"` },
  { name: "aws-jwt-verify", code: `export { JwtVerifier } from "aws-jwt-verify"` },
  { name: "fast-jwt", code: `export { createVerifier } from "fast-jwt"`, platform: "node" },
  { name: "jsonwebtoken", code: `export { default } from "jsonwebtoken"`, platform: "node" },
];

const gzip = (bytes) => zlib.gzipSync(bytes, { level: 9 }).length;

export async function sizes() {
  const results = {};
  for (const { name, code, wasm, platform = "browser" } of libraries) {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: folder },
      bundle: true,
      minify: true,
      write: false,
      format: "esm",
      target: "es2022",
      platform,
      external: ["node:*", "*.wasm", "*.wasm?module", "*.bytes.js"],
      logLevel: "error",
    });
    const file = wasm && path.join(folder, "node_modules/countersign/dist/wasm", wasm);
    results[name] = { javascript: gzip(outputFiles[0].contents), wasm: file ? gzip(readFileSync(file)) : 0 };
  }
  return results;
}
