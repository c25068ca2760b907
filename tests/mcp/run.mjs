// The Model Context Protocol: examples/mcp-server in workerd, behind a guard, with npm's oidc-provider for its
// authorization server:  node tests/mcp/run.mjs
//
// Requirement by requirement over HTTP, then by the SDKs of both generations.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";

import { root } from "../support/package.mjs";
import { createSuite } from "../support/suite.mjs";
import { clients } from "./clients.mjs";
import { start } from "./hosts.mjs";
import { requirements } from "./requirements.mjs";
import { rules } from "./rules.mjs";

const names = [];
const suite = createSuite();

async function check(what, test) {
  names.push(what);
  await suite.check(what, test);
}

await suite.run(async () => {
  const world = await start();
  await Promise.all([requirements(world, check), clients(world, check), rules(world, check)]);
  await check("the guide names checks that there are", () => assert.deepEqual(unknownChecks(), []));
});

/** What the last column of the guide's table names, and nothing here is called. */
function unknownChecks() {
  const guide = readFileSync(path.join(root, "docs/guides/mcp.md"), "utf8");
  const cells = guide
    .split("\n")
    .filter((line) => line.startsWith("| MUST") || line.startsWith("| SHOULD"))
    .map((line) => line.split("|").at(-2));
  const named = cells.flatMap((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name));
  assert.ok(cells.length >= 20 && named.length >= 18);
  return named.filter((name) => !names.includes(name));
}
