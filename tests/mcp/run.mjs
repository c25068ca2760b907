// The Model Context Protocol: examples/mcp-server in workerd, behind a guard, with npm's oidc-provider for its
// authorization server:  node tests/mcp/run.mjs
//
// Requirement by requirement over HTTP, then by the SDKs of both generations.

import { endAll } from "../support/processes.mjs";
import { summarize } from "../support/summary.mjs";
import { clients } from "./clients.mjs";
import { start } from "./hosts.mjs";
import { requirements } from "./requirements.mjs";

let passed = 0;
const failures = [];

async function check(what, test) {
  try {
    await test();
    passed += 1;
  } catch (error) {
    failures.push(`${what}\n        ${error.stack ?? error}`);
  }
}

try {
  const world = await start();
  await Promise.all([requirements(world, check), clients(world, check)]);
} catch (error) {
  failures.push(error.stack);
} finally {
  await endAll();
}
summarize({ passed, failures });
