// A core that cannot be had: a file that is not there, or another one, and a host without WebAssembly.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { cpSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { folder, installed } from "./support/package.mjs";
import { makeKey } from "./support/tokens.mjs";

const jwk = JSON.stringify(makeKey("ES256").jwk);

/** What each way into the core comes to, on a copy of the package, in a process of its own. */
async function outcomes(prelude, entry, dist = path.join(installed, "dist")) {
  const url = pathToFileURL(path.join(dist, "entry", `${entry}.js`)).href;
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

/** A copy of the package, for files to be taken out of it. */
function copy(name) {
  const dist = path.join(folder, name);
  rmSync(dist, { recursive: true, force: true });
  cpSync(path.join(installed, "dist"), dist, { recursive: true });
  return { dist, wasm: path.join(dist, "core/countersign.wasm") };
}

function areUnavailable(told, message, cause) {
  for (const error of told) {
    assert.equal(error.code, "core_unavailable", JSON.stringify(error));
    assert.equal(error.status, 500);
    assert.match(error.message, message);
    assert.match(error.cause, cause);
  }
}

test("the file is not there", async () => {
  const { dist, wasm } = copy("no-file");
  rmSync(wasm);
  areUnavailable(await outcomes("", "node", dist), /`await init\(source\)`/, /ENOENT/);
});

test("the file is another one", async () => {
  const { dist, wasm } = copy("other-file");
  writeFileSync(wasm, "<!doctype html>");
  areUnavailable(await outcomes("", "node", dist), /`await init\(source\)`/, /CompileError/);
});

for (const entry of ["node", "bun", "deno"]) {
  test(`${entry}: the host has no WebAssembly`, async () => {
    areUnavailable(
      await outcomes("delete globalThis.WebAssembly", entry),
      /has no WebAssembly/,
      /WebAssembly is not defined/,
    );
  });
}

for (const entry of ["browser", "slim"]) {
  test(`${entry}: the host has no WebAssembly`, async () => {
    const prelude = "delete globalThis.WebAssembly";
    const [init, verify, sync] = await outcomes(prelude, entry);
    if (entry === "slim") assert.deepEqual([init.code, verify.code, sync.code], Array(3).fill("TypeError"));
    else areUnavailable([init, verify], /has no WebAssembly/, /WebAssembly is not defined/);
    assert.match(sync.message, /await init\(/, "a synchronous call says what to do first");
  });
}

test("WebAssembly that may not be compiled", async () => {
  const forbid = `WebAssembly.Module = class { constructor() { throw new WebAssembly.CompileError("blocked by CSP"); } }`;
  areUnavailable(await outcomes(forbid, "node"), /'wasm-unsafe-eval'/, /blocked by CSP/);
});
