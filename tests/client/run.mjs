// The Rust client against a real OpenID Connect server, npm's oidc-provider:  node tests/client/run.mjs
//
// tests/client.rs signs in, refreshes, introspects, revokes and signs out there, and has a user agent that fills in the
// server's forms. So do tower/tests/session*.rs and tower/examples/web, as web applications.

import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { root, target } from "../support/package.mjs";
import { endAll, startServer } from "../support/processes.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const ready = (line) => (line.startsWith("{") ? JSON.parse(line) : undefined);
const log = path.join(target, "client", "provider.log");
const { answer: provider } = await startServer(process.execPath, [path.join(here, "provider.mjs")], { ready, log });

const tests = [
  ["--package", "countersign", "--features", "reqwest", "--test", "client"],
  ["--package", "countersign-tower", "--features", "session", "--test", "session"],
  ["--package", "countersign-tower", "--features", "session", "--test", "session_store"],
  ["--package", "countersign-tower", "--features", "session", "--test", "session_resources"],
  ["--package", "countersign-tower", "--features", "session", "--test", "web"],
];
const env = { ...process.env, COUNTERSIGN_CLIENT_ISSUER: provider.issuer };
const counts = [];
for (const test of tests) counts.push(await run(["test", "--locked", ...test]));
await endAll();
const [passed, failed] = [0, 1].map((index) => counts.reduce((sum, count) => sum + count[index], 0));
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;

/** How many tests have passed and failed: one that does not even run has failed. */
async function run(command) {
  const child = spawn(process.env.CARGO ?? "cargo", command, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
  let output = "";
  for await (const chunk of child.stdout) {
    process.stdout.write(chunk);
    output += chunk;
  }
  const [, passed, failed] = /^test result: .* (\d+) passed; (\d+) failed/m.exec(output) ?? ["", 0, 1];
  return Number(passed) === 0 ? [0, 1] : [Number(passed), Number(failed)];
}
