// The names: what the package exports, what the core exports, and what the types say of both.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { readFileSync, readdirSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import { importPackage, root, target } from "../support/package.mjs";
import { client, copyFor, countersign, folder, wasmFile } from "./support/package.mjs";

const read = (file) => readFileSync(path.join(root, file), "utf8");
/** The glue of the artifacts, as `cargo xtask build` cut it before it was bundled. */
const glueOf = (name) => import(pathToFileURL(path.join(target, "xtask/js/core", `${name}.js`)).href);
/** js/tables.ts, which `cargo xtask tables` writes. Types leave nothing behind there, so those are read as text. */
const tables = await import(pathToFileURL(path.join(target, "xtask/js/tables.js")).href);
const union = (name) => {
  const [, members] = new RegExp(`^export type ${name} =([^;]+);`, "m").exec(read("js/tables.ts"));
  return [...members.matchAll(/"([^"]+)"/g)].map(([, member]) => member);
};

/** The names that a module exports by itself or hands on, without types. */
const exported = (file) => {
  const text = read(file);
  const lists = [...text.matchAll(/^export \{([^}]+)\}/gm)].flatMap(([, names]) => names.match(/\w+/g));
  const own = [...text.matchAll(/^export const (\w+)/gm)].map(([, name]) => name);
  return [...lists, ...own].sort();
};

test("the entry points for tokens export the names of js/index.ts, and one class of errors", async () => {
  const expected = exported("js/index.ts");
  assert.ok(expected.length > 5);
  assert.deepEqual(Object.keys(countersign).sort(), expected);
  const slim = await importPackage(folder, "countersign/slim");
  assert.deepEqual(Object.keys(slim).sort(), expected);
  assert.equal(slim.CountersignError, countersign.CountersignError);
});

test("sign-in has names of its own, none of which is at the root, and the same class of errors", () => {
  const signIn = [
    "createAuthorizationRequest",
    "createClient",
    "createDecrypter",
    "createPkcePair",
    "createTokenRequest",
    "isInvalidGrant",
    "parseAuthorizationResponse",
    "parseTokenResponse",
  ];
  assert.deepEqual(Object.keys(client).sort(), exported("js/client/index.ts"));
  for (const name of signIn) assert.equal(typeof client[name], "function", name);
  const both = Object.keys(client).filter((name) => name in countersign);
  const tokens = ["CountersignError", "createSharedSecretVerifier", "createVerifier", "discover", "init"];
  assert.deepEqual([both.sort(), Object.keys(client).sort()], [tokens, [...signIn, ...tokens].sort()]);
  assert.equal(client.CountersignError, countersign.CountersignError);
});

test("the artifacts export what js/core/ declares of their glue", async () => {
  /** The text of a declaration with what it hands on, and of each class with the one that it extends. */
  const declaredBy = (name) => {
    const text = read(`js/core/${name}.d.ts`);
    const bases = text.matchAll(/^(?:export \*|import \{.*\}) from "\.\/([\w-]+)\.js";$/gm);
    return [text, ...[...bases].flatMap(([, base]) => declaredBy(base))];
  };
  for (const [artifact, name, atLeast] of [
    ["core", "countersign", 9],
    ["guard", "countersign-guard", 12],
    ["auth", "countersign-auth", 14],
    ["session", "countersign-session", 6],
    ["spa", "countersign-spa", 14],
  ]) {
    const texts = declaredBy(name);
    const names = texts.flatMap((text) =>
      [...text.matchAll(/^export (?:function|class) (\w+)/gm)].map(([, declared]) => declared),
    );
    const { glue: object, ...glue } = await glueOf(name);
    assert.deepEqual(object, { ...glue }, name);
    assert.ok(names.length >= atLeast, name);
    assert.deepEqual(Object.keys(glue).sort(), [...new Set(names)].sort(), name);
    for (const [called, exported] of Object.entries(glue).filter(([, value]) => /^class /.test(String(value)))) {
      const bodies = texts.flatMap((text) => {
        const [, body] = new RegExp(`^export class ${called} (?:extends \\w+ )?\\{\n([^]*?)^\\}`, "m").exec(text) ?? [];
        return body === undefined ? [] : [body];
      });
      const declared = bodies.flatMap((body) => [...body.matchAll(/^ {2}(\w+)\(/gm)].map(([, method]) => method));
      const methods = new Set(["constructor", ...declared]);
      const own = Object.getOwnPropertyNames(exported.prototype).filter((method) => !method.startsWith("__"));
      assert.deepEqual(own.sort(), [...methods].sort(), `${name}: ${called}`);
    }
    const module = new WebAssembly.Module(wasmFile(artifact));
    glue.adopt(new WebAssembly.Instance(module, glue.imports()), module);
  }
  assert.equal(JSON.parse((await glueOf("countersign-auth")).createPkcePair()).codeVerifier.length, 43);
});

test("the engines export what js/engine/wasm-engine.ts says, and import nothing", () => {
  const [, body] = /^interface Exports \{\n([^]*?)^\}/m.exec(read("js/engine/wasm-engine.ts"));
  const names = [...body.matchAll(/^ {2}(?:readonly )?(\w+)[(:]/gm)].map(([, name]) => name).sort();
  for (const artifact of ["engine", "engine-scalar"]) {
    const module = new WebAssembly.Module(wasmFile(artifact));
    assert.deepEqual(WebAssembly.Module.imports(module), [], artifact);
    const exported = WebAssembly.Module.exports(module).map(({ name }) => name);
    for (const name of names) assert.ok(exported.includes(name), `${artifact}: ${name}`);
  }
});

test("the types name the algorithms of the core's table", () => {
  const table = JSON.parse(tables.ALGORITHM_TABLE).map(({ name }) => name);
  const named = [...union("Algorithm"), ...union("SharedSecretAlgorithm")];
  // One algorithm with two names (RFC 9864).
  assert.deepEqual(named.filter((name) => name !== "Ed25519").sort(), table.sort());
  assert.deepEqual(union("SharedSecretAlgorithm"), tables.SHARED_SECRET_ALGORITHMS);
});

test("the types name the error codes of the core, with their status", () => {
  const rows = [...read("src/error/code.rs").matchAll(/=> "([a-z_]+)", (\d{3});/g)];
  const core = Object.fromEntries(rows.map(([, code, status]) => [code, Number(status)]));
  assert.ok(rows.length > 20);
  assert.deepEqual(tables.ERROR_STATUS, core);
  const groups = {
    TokenErrorCode: [401],
    KeysErrorCode: [503],
    GuardErrorCode: [400, 401, 403, 502, 503],
    LoginErrorCode: [400, 500, 502, 503],
    SessionErrorCode: [401, 500, 503],
  };
  for (const [group, statuses] of Object.entries(groups))
    for (const code of union(group)) assert.ok(statuses.includes(core[code]), `${group}: ${code} is ${core[code]}`);
  const grouped = Object.keys(groups).flatMap(union);
  assert.deepEqual(
    [...grouped, "engine_unavailable", "core_unavailable", "internal_error"].sort(),
    Object.keys(core).sort(),
  );
});

test("errors made in JavaScript have the status of their code", async () => {
  const { createVerifier, decodeUnverified, thumbprint } = countersign;
  const { parseAuthorizationResponse, parseTokenResponse } = client;
  const transaction = {
    issuer: "https://tenant.example/",
    clientId: "c",
    redirectUri: "https://app.example/",
    tokenEndpoint: "https://tenant.example/token",
    state: "s",
    codeVerifier: "v",
    requireIssuer: false,
    expiresAt: 4_102_444_800,
  };
  const policy = { issuer: "https://tenant.example/", audience: "a" };
  const offline = createVerifier({
    ...policy,
    jwksUri: "https://host.example/",
    fetch: () => Promise.reject(new Error()),
  });
  const failures = {
    token_malformed: () => decodeUnverified(1),
    token_too_large: () => decodeUnverified("x".repeat(tables.DEFAULT_TOKEN_LIMIT + 1)),
    key_invalid: () => thumbprint("\ud800"),
    jwks_unavailable: () => offline.verify("eyJhbGciOiJFUzI1NiJ9.e30.AAAA"),
    authorization_response_invalid: () => parseAuthorizationResponse("x".repeat(1e5), transaction),
    response_too_large: () => parseTokenResponse(200, "x".repeat(1e6)),
    token_response_invalid: () => parseTokenResponse(200, "\ud800"),
  };
  for (const [code, fail] of Object.entries(failures))
    await assert.rejects(async () => fail(), { code, status: tables.ERROR_STATUS[code] }, code);
  // Bad keys in the options are the operator's mistake.
  assert.throws(() => createVerifier({ ...policy, jwks: "\ud800" }), { code: "jwks_invalid", status: 500 });
});

test("the largest values of the table are accepted, and none beyond", () => {
  const { createVerifier } = countersign;
  const make = (options) => () =>
    createVerifier({ issuer: "https://tenant.example/", audience: "a", jwksUri: "https://host.example/", ...options });
  const { MAX_CACHE, MAX_CLOCK_TOLERANCE, MAX_LIMITS } = tables;
  make({ limits: MAX_LIMITS, cache: MAX_CACHE, clockTolerance: MAX_CLOCK_TOLERANCE })();
  for (const [name, most] of Object.entries(MAX_LIMITS))
    assert.throws(make({ limits: { [name]: most + 1 } }), { message: new RegExp(`"${name}".* 1 to ${most}$`) });
  for (const [name, most] of Object.entries(MAX_CACHE))
    assert.throws(make({ cache: { [name]: most + 1 } }), { message: new RegExp(`"${name}".* 1 to ${most}$`) });
  assert.throws(make({ clockTolerance: MAX_CLOCK_TOLERANCE + 1 }), /0 to 300$/);
});

const tsc = path.join(root, "node_modules/typescript/bin/tsc");
for (const config of readdirSync(path.join(root, "js/type-tests")).filter((name) => name.endsWith(".json"))) {
  test(`types: ${config}`, async () => {
    const compile = promisify(execFile)(process.execPath, [tsc, "--project", path.join(root, "js/type-tests", config)]);
    await compile.catch(({ stdout }) => assert.fail(stdout));
  });
}

test("nothing happens at module scope", async () => {
  const copies = ["browser", "deno", "bun"].flatMap((name) => {
    const copy = copyFor(name);
    return ["index", "client/index"].map((entry) => path.join(copy, `dist/${entry}.js`));
  });
  const watched = `
    const loud = (name) => () => { throw new Error(name + " at module scope"); };
    globalThis.fetch = loud("fetch"); Math.random = loud("Math.random"); Date.now = loud("Date.now");
    globalThis.setTimeout = loud("setTimeout"); crypto.getRandomValues = loud("getRandomValues");
    WebAssembly.Module = loud("compile"); WebAssembly.Instance = loud("instantiate");
    await import("countersign"); await import("countersign/slim"); await import("countersign/client");
    for (const file of ${JSON.stringify(copies)}) await import(file);`;
  await promisify(execFile)(process.execPath, ["--input-type=module", "--eval", watched], { cwd: folder });
});
