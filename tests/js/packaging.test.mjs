// What holds the package together: modules of another realm, the twin in CommonJS, and the checks of its build.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { pathToFileURL } from "node:url";
import { createContext, runInContext } from "node:vm";
import { cutGlue } from "../../xtask/package/glue.mjs";
import { checkReach, reached } from "../../xtask/package/reach.mjs";
import { refused } from "./support/assert.mjs";
import { client, countersign, folder, installed, packageFor, packageOn, wasmFile } from "./support/package.mjs";
import { audience, issuer, makeKey, now, tamper } from "./support/tokens.mjs";
import { trapping } from "./support/wasm.mjs";

const key = makeKey("ES256");
const good = { issuer, audience, jwks: { keys: [key.jwk] }, now };
const dist = (file) => import(pathToFileURL(path.join(installed, "dist", file)).href);

/** A module as the sandboxes of edge runtimes hand it over: none of this realm's. */
function foreignModule(bytes) {
  const module = runInContext("new WebAssembly.Module(bytes)", createContext({ bytes }));
  assert.ok(!(module instanceof WebAssembly.Module));
  return module;
}

test("a module of another realm, at once and by init", async () => {
  const module = foreignModule(wasmFile("core"));
  const atOnce = await packageOn({}, { module: () => module });
  assert.equal(atOnce.createVerifier({ ...good, engine: "wasm" }).verifySync(key.sign()).claims.sub, "user");
  const given = await packageFor("browser");
  await given.init(module);
  assert.equal((await given.createVerifier(good).verify(key.sign())).claims.sub, "user");
});

test("such a core starts over after a trap", async () => {
  const module = foreignModule(trapping(wasmFile("core"), "thumbprint"));
  const { createVerifier, thumbprint } = await packageOn({}, { module: () => module });
  await refused(() => thumbprint(key.jwk), "internal_error");
  assert.equal(createVerifier(good).verifySync(key.sign()).claims.sub, "user");
});

test("bytes and responses of another realm", async () => {
  const { compile } = await dist("wasm/compile.js");
  const bytes = wasmFile("core");
  const foreign = runInContext("new Uint8Array(bytes)", createContext({ bytes: [...bytes] }));
  assert.ok(!(foreign instanceof Uint8Array));
  const responses = ["application/wasm", "text/plain"].map(
    (type) => new Response(bytes, { headers: { "content-type": type } }),
  );
  const plain = { arrayBuffer: async () => foreign.buffer };
  for (const source of [foreign, foreign.buffer, ...responses, Promise.resolve(responses[0].clone()), plain]) {
    const module = await compile(await source);
    assert.ok(WebAssembly.Module.exports(module).some(({ name }) => name === "decodeUnverified"));
  }
  await assert.rejects(compile({ ok: false, status: 404, url: "u", arrayBuffer: assert.fail }), /404 for u/);
  await assert.rejects(compile({}), TypeError);
});

test("where nothing is compiled at run time, a module is taken and nothing else", async () => {
  const { compile } = await dist("wasm/take.js");
  const module = foreignModule(wasmFile("core"));
  assert.equal(await compile(Promise.resolve(module)), module);
  for (const given of [wasmFile("core"), "https://host.example/a.wasm", new Response(), {}])
    await assert.rejects(compile(given), /import the file as a module/);
});

test("base64, with the host's decoder and without", async () => {
  const { fetched } = await dist("wasm/fetched.js");
  const bytes = wasmFile("core");
  const given = {
    name: "a",
    script: "a.fetched.js",
    at: () => "https://host.example/bundle.js",
    file: () => new URL("https://host.example/a.wasm"),
    bytes: async () => ({ default: bytes.toString("base64") }),
  };
  const own = Object.getOwnPropertyDescriptor(Uint8Array, "fromBase64");
  const decoders = [undefined, (text) => Uint8Array.from(Buffer.from(text, "base64"))];
  for (const fromBase64 of decoders) {
    Object.defineProperty(Uint8Array, "fromBase64", { value: fromBase64, configurable: true, writable: true });
    try {
      assert.ok(WebAssembly.Module.exports(await fetched(given)).length > 5);
    } finally {
      if (own) Object.defineProperty(Uint8Array, "fromBase64", own);
      else delete Uint8Array.fromBase64;
    }
  }
});

test("a file that a bundler left behind is not asked for, and every other is", async () => {
  const { fetched } = await dist("wasm/fetched.js");
  const base64 = wasmFile("core").toString("base64");
  const asked = [];
  const { fetch } = globalThis;
  globalThis.fetch = async (url) => (asked.push(String(url)), new Response(null, { status: 404 }));
  const load = (at, file) =>
    fetched({
      name: "a",
      script: "a.fetched.js",
      at,
      file,
      bytes: async () => ({ default: base64 }),
    });
  const url = (text) => () => new URL(text);
  const text = (value) => () => value;
  try {
    await load(text("https://host.example/bundle.js"), url("https://host.example/a.wasm"));
    await load(
      () => undefined,
      () => new URL("./a.wasm", undefined),
    );
    assert.deepEqual(asked, []);
    await load(text("https://host.example/dist/a.fetched.js"), url("https://host.example/dist/a.wasm"));
    await load(text("https://host.example/bundle.js"), url("https://host.example/a-1b2c3d.wasm"));
    assert.deepEqual(asked, ["https://host.example/dist/a.wasm", "https://host.example/a-1b2c3d.wasm"]);
  } finally {
    globalThis.fetch = fetch;
  }
});

const twin = createRequire(import.meta.url)(path.join(installed, "dist/cjs/index.js"));
const twinSlim = createRequire(import.meta.url)(path.join(installed, "dist/cjs/slim/index.js"));
const twinClient = createRequire(import.meta.url)(path.join(installed, "dist/cjs/client/index.js"));

test("the twin in CommonJS has the same names and verdicts", async () => {
  for (const [api, original] of [
    [twin, countersign],
    [twinSlim, countersign],
    [twinClient, client],
  ]) {
    assert.deepEqual(Object.keys(api).sort(), Object.keys(original).sort());
    assert.equal(api.CountersignError, twin.CountersignError);
    const verifier = api.createVerifier(good);
    assert.equal(verifier.verifySync(key.sign()).claims.sub, "user");
    assert.throws(() => verifier.verifySync(tamper(key.sign())), { code: "signature_invalid" });
  }
  assert.equal(twinClient.createPkcePair().codeVerifier.length, 43);
  const inWasm = twin.createVerifier({ ...good, engine: "wasm" });
  assert.equal((await inWasm.verify(key.sign())).claims.sub, "user");
});

test("an error of one copy is an instance of the other's class, and of no class that extends it", () => {
  const failure = ({ decodeUnverified }) => {
    try {
      return decodeUnverified("x");
    } catch (error) {
      return error;
    }
  };
  class Own extends countersign.CountersignError {}
  for (const error of [failure(countersign), failure(twin)]) {
    assert.ok(error instanceof countersign.CountersignError);
    assert.ok(error instanceof twin.CountersignError);
    assert.ok(error instanceof Error);
    assert.ok(!(error instanceof Own));
  }
  const own = new Own("key_invalid", 401, "-");
  assert.ok(own instanceof Own && own instanceof twin.CountersignError);
  for (const other of [new Error("x"), { code: "token_malformed" }, null, undefined, "x", Object.create(own)])
    assert.ok(!(other instanceof countersign.CountersignError));
  assert.deepEqual(Object.keys(failure(twin)), Object.keys(failure(countersign)));
});

test("React Native is told at once", async () => {
  await assert.rejects(dist("react-native.js"), { name: "TypeError", message: /React Native.*on a server/ });
});

test("the build fails where wasm-bindgen writes other glue", () => {
  const file = path.join(folder, "glue.js");
  const whole =
    "function __wbg_get_imports() {}\nfunction __wbg_finalize_init() {}\nasync function __wbg_load() {}\nrest";
  const cut = (text) => {
    writeFileSync(file, text);
    cutGlue(file);
  };
  cut(whole);
  assert.throws(
    () => cut(whole.replace("async function __wbg_load", "function load")),
    /wasm-bindgen writes other glue/,
  );
  assert.throws(() => cut(whole.replace("finalize_init", "finish")), /has no function __wbg_finalize_init/);
  assert.throws(() => cut(`let a = b instanceof C;\n${whole}`), /by their realm/);
});

test("a start of Node loads the root as one file, with the errors and the artifacts", () => {
  const { exports } = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8"));
  const { node } = exports["."];
  assert.equal(exports["."].require["module-sync"].node, node);
  const files = [...reached(installed, path.join(installed, node), "node").keys()];
  assert.deepEqual(files.map((file) => path.relative(path.join(installed, "dist"), file)).sort(), [
    "errors.js",
    "index-node.js",
    "wasm/core.bytes.js",
    "wasm/engine.bytes.js",
  ]);
});

test("the build fails where an entry point reaches what it must not", () => {
  const entries = [["index.js", ["core", "engine"]]];
  checkReach(installed, entries);
  // Who verifies tokens is not shipped the core with sign-in, nor the other way round.
  assert.throws(() => checkReach(installed, [["client/index.js", ["core", "engine"]]]), /reaches .*auth\.static\.js/);
  const plant = (file, text) => {
    rmSync(path.join(folder, "conditions/planted"), { recursive: true, force: true });
    const planted = path.join(folder, "conditions/planted");
    mkdirSync(path.join(planted, "dist/wasm"), { recursive: true });
    writeFileSync(path.join(planted, "package.json"), '{ "imports": {} }');
    writeFileSync(path.join(planted, "dist/index.js"), `import "./${file}";\n`);
    writeFileSync(path.join(planted, "dist", file), text);
    return planted;
  };
  assert.throws(() => checkReach(plant("a.js", "WebAssembly.compile(b)"), entries), /"workerd" reaches .*a\.js, which/);
  assert.throws(() => checkReach(plant("wasm/slim.static.js", ""), entries), /reaches .*slim\.static\.js/);
});
