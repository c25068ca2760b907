// The Rust client against a real OpenID Connect server, npm's oidc-provider:  node tests/client/run.mjs
//
// tests/client.rs signs in, refreshes, introspects, revokes and signs out there, and has a user agent that fills in the
// server's forms.

import { spawn } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { root, target } from "../support/package.mjs";
import { endAll, startServer } from "../support/processes.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const ready = (line) => (line.startsWith("{") ? JSON.parse(line) : undefined);
const log = path.join(target, "client", "provider.log");
const { answer: provider } = await startServer(process.execPath, [path.join(here, "provider.mjs")], { ready, log });

const test = ["test", "--locked", "--package", "countersign", "--features", "reqwest", "--test", "client"];
const env = { ...process.env, COUNTERSIGN_CLIENT_ISSUER: provider.issuer };
const child = spawn(process.env.CARGO ?? "cargo", test, { cwd: root, env, stdio: ["ignore", "pipe", "inherit"] });
let output = "";
for await (const chunk of child.stdout) {
  process.stdout.write(chunk);
  output += chunk;
}
await endAll();
const [, passed, failed] = /^test result: .* (\d+) passed; (\d+) failed/m.exec(output) ?? ["", 0, 1];
console.log(`${passed} passed, ${failed} failed`);
process.exitCode = Number(failed) > 0 || Number(passed) === 0 ? 1 : 0;
