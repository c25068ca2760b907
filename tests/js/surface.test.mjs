// The names: what the package exports, what the core exports, and what the types say of both.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { promisify } from "node:util";
import { root, importPackage } from "../support/package.mjs";
import { countersign, folder, installed, part } from "./support/package.mjs";

const read = (file) => readFileSync(path.join(root, file), "utf8");
const quoted = (text) => [...text.matchAll(/"([^"]+)"/g)].map(([, name]) => name);

test("every entry point exports the same names, and the types declare exactly those", async () => {
  const declared = [...read("js/index.ts").matchAll(/^export declare function (\w+)/gm)].map(([, name]) => name);
  const expected = [...new Set([...declared, "CountersignError"])].sort();
  assert.deepEqual(Object.keys(countersign).sort(), expected);
  assert.deepEqual(Object.keys(await importPackage(folder, "countersign/slim")).sort(), expected);
  for (const file of readdirSync(path.join(root, "js/entry")).filter(
    (name) => !name.endsWith(".d.ts") && name !== "bun.ts",
  )) {
    const exported = [...read(`js/entry/${file}`).matchAll(/^export (?:const |\{ )(\w+)/gm)].map(([, name]) => name);
    assert.deepEqual(exported.sort(), expected, file);
  }
});

test("both cores export what js/core/countersign.d.ts says", async () => {
  const declarations = read("js/core/countersign.d.ts");
  const functions = [...declarations.matchAll(/^export (?:function|class) (\w+)/gm)].map(([, name]) => name);
  for (const artifact of ["countersign", "countersign-slim"]) {
    const glue = await part(`core/${artifact}.js`, "surface");
    for (const name of functions) assert.equal(typeof glue[name], "function", `${artifact}: ${name}`);
    assert.equal(typeof glue.default, "function");
    const more = Object.keys(glue).filter((name) => name !== "default" && !functions.includes(name));
    assert.deepEqual(more, [], `${artifact} exports more`);
    for (const name of ["Verifier", "Discovery"]) {
      const [, body] = new RegExp(`^export class ${name} \\{\n([^]*?)^\\}`, "m").exec(declarations);
      const methods = [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, method]) => method).sort();
      const own = Object.getOwnPropertyNames(glue[name].prototype).filter((method) => !method.startsWith("__"));
      assert.deepEqual(own.sort(), methods, `${artifact}: ${name}`);
    }
  }
});

test("the types name the algorithms of the core's table", async () => {
  const { bind } = await part("bind.js");
  const glue = await part("core/countersign.js", "table");
  const module = new WebAssembly.Module(readFileSync(path.join(installed, "dist/core/countersign.wasm")));
  bind({ glue, module: () => module, sharesPromises: true }).createPkcePair();
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
  assert.deepEqual([...unions, "core_unavailable", "internal_error"].sort(), codes.sort());
});

const tsc = path.join(root, "node_modules/typescript/bin/tsc");
for (const config of readdirSync(path.join(root, "js/type-tests")).filter((name) => name.endsWith(".json"))) {
  test(`types: ${config}`, async () => {
    const compile = promisify(execFile)(process.execPath, [tsc, "--project", path.join(root, "js/type-tests", config)]);
    await compile.catch(({ stdout }) => assert.fail(stdout));
  });
}

test("nothing happens at module scope", async () => {
  const watched = `
    const loud = (name) => () => { throw new Error(name + " at module scope"); };
    globalThis.fetch = loud("fetch"); Math.random = loud("Math.random"); Date.now = loud("Date.now");
    globalThis.setTimeout = loud("setTimeout"); crypto.getRandomValues = loud("getRandomValues");
    WebAssembly.Module = loud("compile"); WebAssembly.Instance = loud("instantiate");
    await import("countersign"); await import("countersign/slim");
    await import(${JSON.stringify(path.join(installed, "dist/entry/browser.js"))});
    await import(${JSON.stringify(path.join(installed, "dist/entry/deno.js"))});
    await import(${JSON.stringify(path.join(installed, "dist/entry/bun.js"))});`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", watched], { cwd: folder });
});
