// examples/rust-worker, built as a user builds it and run in workerd:  node tests/rust-worker/run.mjs
//
// Its crates are not those of the workspace, and take minutes to compile the first time: the suite runs when it is named.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { createServer } from "node:http";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import { importPackage, installPackage, root, target } from "../support/package.mjs";
import { createSuite } from "../support/suite.mjs";
import { summarize } from "../support/summary.mjs";
import { bundleWorker, startWorkerd } from "../support/workerd.mjs";

const TARGET = "wasm32-unknown-unknown";
/** The name by which `cargo xtask setup` links Debian's Rust, where rustup has no target. */
const LINKED = "countersign-wasm";

const example = path.join(root, "examples/rust-worker");
const folder = path.join(target, "rust-worker");

const { check: test, skip, counts } = createSuite();
const tools = findTools();
if (typeof tools === "string") skip(tools);
else await run(tools);
summarize(counts);

async function run({ bindgen, environment }) {
  const modules = await build(bindgen, environment);
  await installPackage(folder);
  const { createTestIssuer } = await importPackage(folder, "countersign/testing");

  let issuer;
  const server = createServer((request, response) => void answer(issuer, request, response));
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const origin = `http://127.0.0.1:${server.address().port}`;
  const resource = "https://api.example";
  issuer = await createTestIssuer({ issuer: origin, audience: resource });
  const worker = await startWorkerd(path.join(folder, "bundle"), {
    modules,
    variables: { ISSUER: origin, RESOURCE: resource },
  });
  const ask = async (token, { path = "/", method = "GET" } = {}) => {
    const headers = token === undefined ? {} : { authorization: `Bearer ${token}` };
    const response = await fetch(`${worker.url}${path}`, { method, headers });
    const { status, headers: fields } = response;
    return {
      status,
      challenge: fields.get("www-authenticate"),
      retry: fields.get("retry-after"),
      text: await response.text(),
    };
  };
  const metadata = `resource_metadata="${resource}/.well-known/oauth-protected-resource"`;

  try {
    await test("keys that cannot be had are no verdict", async () => {
      issuer.fail(503);
      const { status, retry, challenge } = await ask(await issuer.mint({ scope: "notes:read" }));
      assert.deepEqual([status, retry, challenge], [503, "5", null]);
      issuer.fail(undefined);
      // A failed fetch is not repeated at once.
      for (let waited = 0; waited < 20; waited += 1) {
        if ((await ask(await issuer.mint({ scope: "notes:read" }))).status === 200) return;
        await new Promise((resolve) => setTimeout(resolve, 500));
      }
      assert.fail("the keys are there, and nobody asks for them");
    });
    await test("a good token", async () => {
      const { status, text } = await ask(await issuer.mint({ sub: "alice", scope: "notes:read" }));
      assert.deepEqual([status, text], [200, "Hello, alice"]);
    });
    await test("no token, and a bad one", async () => {
      const nobody = await ask();
      assert.deepEqual([nobody.status, nobody.challenge], [401, `Bearer scope="notes:read", ${metadata}`]);
      for (const [token, status, code] of [
        ["x", 401, "token_malformed"],
        [await issuer.mint({ scope: "notes:read" }, { expiresIn: -60 }), 401, "token_expired"],
        [await issuer.mint({ scope: "notes:write" }), 403, "insufficient_scope"],
        [await issuer.mint({ aud: "https://other.example" }), 401, "audience_mismatch"],
      ]) {
        const answer = await ask(token);
        assert.deepEqual([answer.status, JSON.parse(answer.text).code], [status, code]);
      }
    });
    await test("HEAD is answered without a body", async () => {
      const { status, challenge, text } = await ask(undefined, { method: "HEAD" });
      assert.deepEqual([status, challenge, text], [401, `Bearer scope="notes:read", ${metadata}`, ""]);
    });
    await test("a rotated key is fetched", async () => {
      const before = issuer.fetches;
      await issuer.rotate();
      const token = await issuer.mint({ scope: "notes:read" });
      const answers = await Promise.all(Array.from({ length: 20 }, () => ask(token)));
      assert.deepEqual(new Set(answers.map(({ status }) => status)), new Set([200]));
      assert.equal(issuer.fetches, before + 1);
    });
    await test("the metadata of the resource", async () => {
      const { status, text } = await ask(undefined, { path: "/.well-known/oauth-protected-resource" });
      assert.deepEqual([status, JSON.parse(text).authorization_servers], [200, [origin]]);
    });
  } finally {
    await worker.close();
    server.close();
  }
}

/** What the test issuer answers, over HTTP. */
async function answer(issuer, { url }, response) {
  const { signal } = new AbortController();
  const answered = await issuer.fetch(`${issuer.issuer}${url}`, { signal });
  response.writeHead(answered.status, Object.fromEntries(answered.headers));
  response.end(Buffer.from(await answered.arrayBuffer()));
}

/** Compiles the example, makes its glue, and bundles it with what `worker-build` would write around it. */
async function build(bindgen, environment) {
  const env = { ...process.env, CARGO_TARGET_DIR: folder, ...environment };
  perform("cargo", ["build", "--release", "--locked", "--target", TARGET], { cwd: example, env });
  const glue = path.join(folder, "glue");
  mkdirSync(glue, { recursive: true });
  const wasm = path.join(folder, TARGET, "release/rust_worker.wasm");
  perform(bindgen, ["--target", "web", "--no-typescript", "--out-dir", glue, wasm], {});
  const entry = path.join(glue, "entry.mjs");
  writeFileSync(
    entry,
    `import module from "./rust_worker_bg.wasm";
import { fetch, initSync } from "./rust_worker.js";

initSync({ module });
export default { fetch };
`,
  );
  return bundleWorker(entry, path.join(folder, "bundle"));
}

function perform(program, args, options) {
  const { status, error } = spawnSync(program, args, { stdio: "inherit", ...options });
  if (status !== 0) throw new Error(`${program} ${args.join(" ")} failed`, { cause: error });
}

/** What builds for wasm here: `{ bindgen, environment }`, or why nothing does. */
function findTools() {
  const [, version] = /name = "wasm-bindgen"\nversion = "([^"]+)"/.exec(
    readFileSync(path.join(example, "Cargo.lock"), "utf8"),
  );
  const cache = process.env.XDG_CACHE_HOME ?? path.join(os.homedir(), ".cache");
  const program = process.platform === "win32" ? "wasm-bindgen.exe" : "wasm-bindgen";
  const own = path.join(cache, "countersign/tools", `wasm-bindgen-cli-${version}`, "bin", program);
  const bindgen = [own, program].find((file) => ask(file, ["--version"])?.includes(version));
  if (bindgen === undefined) return `there is no wasm-bindgen ${version}: \`cargo xtask setup\` installs it`;
  for (const environment of [{}, { RUSTUP_TOOLCHAIN: LINKED }]) {
    const libraries = ask("rustc", ["--print", "target-libdir", "--target", TARGET], environment);
    if (libraries !== undefined && existsSync(libraries)) return { bindgen, environment };
  }
  return `no Rust here has the target ${TARGET}: \`cargo xtask setup\` installs it`;
}

function ask(program, args, environment = {}) {
  const { status, stdout } = spawnSync(program, args, { encoding: "utf8", env: { ...process.env, ...environment } });
  return status === 0 ? stdout.trim() : undefined;
}
