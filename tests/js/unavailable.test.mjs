// A core that cannot be had: bytes that are others, and a host without WebAssembly.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { copyFor } from "./support/package.mjs";
import { makeKey } from "./support/tokens.mjs";

const jwk = JSON.stringify(makeKey("ES256").jwk);

/** What each way into the core comes to, on a copy of the package, in a process of its own. */
async function outcomes(prelude, copy, entry = "index.js") {
  const url = pathToFileURL(path.join(copy, "dist", entry)).href;
  const script = `${prelude};
    const { createVerifier, init, thumbprint, CountersignError } = await import(${JSON.stringify(url)});
    const told = [];
    const options = { issuer: "https://tenant.example/", audience: "api" };
    for (const call of [() => init(), () => createVerifier(options).verify("a.b.c"), () => thumbprint(${JSON.stringify(jwk)})]) {
      try { await call(); told.push({ code: "ok" }); } catch (error) {
        told.push({ code: error instanceof CountersignError ? error.code : error.name, status: error.status, message: error.message, cause: String(error.cause) });
      }
    }
    console.log(JSON.stringify(told));`;
  const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", script]);
  return JSON.parse(stdout);
}

function areUnavailable(told, message, cause) {
  for (const error of told) {
    assert.equal(error.code, "core_unavailable", JSON.stringify(error));
    assert.equal(error.status, 500);
    assert.match(error.message, message);
    assert.match(error.cause, cause);
  }
}

for (const entry of ["index-node.js", "index.js"]) {
  test(`the bytes are others: ${entry}`, async () => {
    const copy = copyFor("node", "other-bytes");
    const file = path.join(copy, "dist/wasm/core.bytes.js");
    writeFileSync(file, readFileSync(file, "utf8").replace(/"[\w+/=]{1000,}"/, `"${btoa("<!doctype html>")}"`));
    areUnavailable(await outcomes("", copy, entry), /for the host "node".*`await init\(source\)`/, /CompileError/);
  });
}

for (const host of ["node", "bun", "deno"]) {
  for (const entry of [...(host === "node" ? ["index-node.js"] : []), "index.js", "slim/index.js"]) {
    test(`${host}, ${entry}: the host has no WebAssembly`, async () => {
      const told = await outcomes("delete globalThis.WebAssembly", copyFor(host, "no-wasm"), entry);
      areUnavailable(told, /has no WebAssembly/, /WebAssembly is not defined/);
    });
  }
}

test("browser: the host has no WebAssembly", async () => {
  const [init, verify, sync] = await outcomes("delete globalThis.WebAssembly", copyFor("browser", "no-wasm"));
  areUnavailable([init, verify], /has no WebAssembly/, /WebAssembly is not defined/);
  assert.match(sync.message, /await init\(/, "a synchronous call says what to do first");
});

test("WebAssembly that may not be compiled", async () => {
  const forbid = `WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError("blocked by CSP"); } }`;
  areUnavailable(await outcomes(forbid, copyFor("node", "forbidden")), /'wasm-unsafe-eval'/, /blocked by CSP/);
});
