// The JavaScript suites:  node tests/run.mjs [--list] [NAME…]
//
// Each is a program of its own that ends with `N passed, N failed[, N skipped]`. They want the packed package, which
// `cargo xtask build` makes.

import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

const suites = {
  js: ["js/run.mjs"],
  browser: ["browser/run.mjs"],
  "conformance:node": ["conformance/run.mjs", "node"],
  "conformance:deno": ["conformance/run.mjs", "deno"],
  "conformance:bun": ["conformance/run.mjs", "bun"],
  "conformance:workerd": ["conformance/run.mjs", "workerd"],
  "conformance:workerd-nodejs-compat": ["conformance/run.mjs", "workerd-nodejs-compat"],
  "conformance:workerd-oldest": ["conformance/run.mjs", "workerd-oldest"],
  "conformance:workerd-oldest-nodejs-compat": ["conformance/run.mjs", "workerd-oldest-nodejs-compat"],
  "conformance:chromium": ["conformance/run.mjs", "chromium"],
  "conformance:chromium-scalar": ["conformance/run.mjs", "chromium-scalar"],
  "conformance:firefox": ["conformance/run.mjs", "firefox"],
  "conformance:node-client": ["conformance/run.mjs", "node-client"],
  "conformance:node-slim": ["conformance/run.mjs", "node-slim"],
  "conformance:workerd-slim": ["conformance/run.mjs", "workerd-slim"],
  "conformance:chromium-slim": ["conformance/run.mjs", "chromium-slim"],
  agreement: ["conformance/agreement.mjs"], // After the hosts: it compares what they wrote.
  bundlers: ["bundlers/run.mjs"],
  "bundlers:nightly": ["bundlers/run.mjs", "nightly"],
  mutants: ["mutants/run.mjs"],
  differential: ["differential/run.mjs"],
  "differential:parsers": ["differential/parsers.mjs"],
  "differential:encrypted": ["differential/encrypted.mjs"],
  ecosystems: ["ecosystems/run.mjs"],
  client: ["client/run.mjs"],
  web: ["web/run.mjs"],
  "client:js": ["client/javascript.mjs"],
  cli: ["cli/run.mjs"],
  "relying-party": ["relying-party/run.mjs"],
  adapters: ["adapters/run.mjs"],
  "adapters:nginx": ["adapters/nginx.mjs"],
  "adapters:peers": ["adapters/peers.mjs"],
  stores: ["stores/run.mjs"],
  fief: ["fief/run.mjs"],
  mcp: ["mcp/run.mjs"],
  "mcp:conformance": ["mcp/conformance.mjs"],
  "mcp:conformance-auth": ["mcp/conformance-auth.mjs"],
  openapi: ["openapi/run.mjs"],
  spa: ["spa/run.mjs"],
  "spa:load": ["spa/load.mjs"],
  inspector: ["inspector/run.mjs"],
  docs: ["docs/run.mjs"],
  examples: ["examples/run.mjs"],
  demo: ["../examples/demo/run.mjs"],
  "rust-worker": ["rust-worker/run.mjs"],
};

/** Suites that take long and install much: they run when they are named. */
const onlyByName = ["bundlers:nightly", "fief", "mcp:conformance", "mcp:conformance-auth", "rust-worker", "spa:load"];

const wanted = process.argv.slice(2).filter((name) => name !== "--list");
const unknown = wanted.filter((name) => !Object.hasOwn(suites, name));
if (unknown.length > 0) {
  console.error(`no such suite: ${unknown.join(", ")}. There are: ${Object.keys(suites).join(", ")}`);
  process.exit(2);
}
const names = wanted.length > 0 ? wanted : Object.keys(suites).filter((name) => !onlyByName.includes(name));
if (process.argv.includes("--list")) {
  const lines = [...names, ...onlyByName.map((name) => `${name} only-by-name`)];
  console.log(lines.join("\n"));
  process.exit();
}

const total = { passed: 0, failed: 0, skipped: 0 };
const lines = [];
for (const name of names) {
  console.log(`\n── ${name}`);
  const start = Date.now();
  const { status, counts } = await runSuite(suites[name]);
  if (status !== 0 && counts.failed === 0) counts.failed = 1; // It ended before it could count.
  for (const kind of Object.keys(total)) total[kind] += counts[kind];
  lines.push(
    `${status === 0 ? "✓" : "✗"} ${name.padEnd(34)} ${sum(counts).padEnd(36)} ${((Date.now() - start) / 1000).toFixed(1)} s`,
  );
}
console.log(`\n${lines.join("\n")}\n${sum(total)}`);
process.exitCode = total.failed === 0 ? 0 : 1;

async function runSuite([program, ...args]) {
  const file = fileURLToPath(new URL(program, import.meta.url));
  const child = spawn(process.execPath, [file, ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const counts = { passed: 0, failed: 0, skipped: 0 };
  createInterface({ input: child.stdout }).on("line", (line) => {
    console.log(line);
    const [, passed, failed, skipped = 0] = /^(\d+) passed, (\d+) failed(?:, (\d+) skipped)?/.exec(line) ?? [];
    if (passed !== undefined)
      Object.assign(counts, { passed: Number(passed), failed: Number(failed), skipped: Number(skipped) });
  });
  const status = await new Promise((resolve) => child.once("close", resolve));
  return { status, counts };
}

function sum({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ""}`;
}
