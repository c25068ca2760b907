// The names: what the package exports, what the core exports, and what the types say of both.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { importPackage, root, target } from "../support/package.mjs";
import { copyFor, countersign, folder, wasmFile } from "./support/package.mjs";

const read = (file) => readFileSync(path.join(root, file), "utf8");
/** The glue of the artifacts, as `cargo xtask build` cut it before it was bundled. */
const glue = await import(pathToFileURL(path.join(target, "xtask/js/core/countersign.js")).href);
const quoted = (text) => [...text.matchAll(/"([^"]+)"/g)].map(([, name]) => name);

test("both entry points export the names of js/index.ts, and one class of errors", async () => {
  const lists = [...read("js/index.ts").matchAll(/^export \{([^}]+)\}/gm)];
  const expected = lists.flatMap(([, names]) => names.match(/\w+/g)).sort();
  assert.ok(expected.length > 10);
  assert.deepEqual(Object.keys(countersign).sort(), expected);
  const slim = await importPackage(folder, "countersign/slim");
  assert.deepEqual(Object.keys(slim).sort(), expected);
  assert.equal(slim.CountersignError, countersign.CountersignError);
});

test("the cores export what js/core/countersign.d.ts says", async () => {
  const declarations = read("js/core/countersign.d.ts");
  const functions = [...declarations.matchAll(/^export (?:function|class) (\w+)/gm)].map(([, name]) => name);
  assert.deepEqual(Object.keys(glue).sort(), functions.sort());
  for (const name of ["Verifier", "Discovery"]) {
    const [, body] = new RegExp(`^export class ${name} \\{\n([^]*?)^\\}`, "m").exec(declarations);
    const methods = [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, method]) => method).sort();
    const own = Object.getOwnPropertyNames(glue[name].prototype).filter((method) => !method.startsWith("__"));
    assert.deepEqual(own.sort(), methods, name);
  }
  for (const artifact of ["countersign", "countersign-scalar", "countersign-slim"]) {
    const module = new WebAssembly.Module(wasmFile(artifact));
    glue.adopt(new WebAssembly.Instance(module, glue.imports()), module);
    assert.equal(JSON.parse(glue.createPkcePair()).codeVerifier.length, 43, artifact);
  }
});

test("the types name the algorithms of the core's table", async () => {
  const module = new WebAssembly.Module(wasmFile("countersign"));
  glue.adopt(new WebAssembly.Instance(module, glue.imports()), module);
  const table = JSON.parse(glue.algorithms()).map(({ name }) => name);
  const types = /export type Algorithm =([^;]+);[^]*?export type SharedSecretAlgorithm =([^;]+);/.exec(
    read("js/token.ts"),
  );
  const named = new Set([...quoted(types[1]), ...quoted(types[2])]);
  for (const name of table) assert.ok(named.has(name), `${name} is in the table only`);
  // One algorithm with two names (RFC 9864).
  for (const name of named)
    assert.ok(table.includes(name) || name === "Ed25519" || name === "EdDSA", `${name} is in the types only`);
});

test("the types name the error codes of the core, with their status", () => {
  const codes = [...read("src/error/code.rs").matchAll(/=> "([a-z_]+)", (\d{3});/g)].map(([, code]) => code);
  assert.ok(codes.length > 20);
  const source = read("js/errors.ts");
  const unions = [...source.matchAll(/^export type \w+ErrorCode =([^;]+);/gm)].flatMap(([, union]) => quoted(union));
  assert.deepEqual([...unions, "engine_unavailable", "core_unavailable", "internal_error"].sort(), codes.sort());
});

const tsc = path.join(root, "node_modules/typescript/bin/tsc");
for (const config of readdirSync(path.join(root, "js/type-tests")).filter((name) => name.endsWith(".json"))) {
  test(`types: ${config}`, async () => {
    const compile = promisify(execFile)(process.execPath, [tsc, "--project", path.join(root, "js/type-tests", config)]);
    await compile.catch(({ stdout }) => assert.fail(stdout));
  });
}

test("nothing happens at module scope", async () => {
  const copies = ["browser", "deno", "bun"].map((name) => path.join(copyFor(name), "dist/index.js"));
  const watched = `
    const loud = (name) => () => { throw new Error(name + " at module scope"); };
    globalThis.fetch = loud("fetch"); Math.random = loud("Math.random"); Date.now = loud("Date.now");
    globalThis.setTimeout = loud("setTimeout"); crypto.getRandomValues = loud("getRandomValues");
    WebAssembly.Module = loud("compile"); WebAssembly.Instance = loud("instantiate");
    await import("countersign"); await import("countersign/slim");
    for (const file of ${JSON.stringify(copies)}) await import(file);`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", watched], { cwd: folder });
});
