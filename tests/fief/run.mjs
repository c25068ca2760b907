// countersign/presets/fief at a Fief server:  node tests/fief/run.mjs [NAME…]
//
// The server is installed from PyPI into target/fief/. Where it cannot be, the suite is skipped, and says so.

import path from "node:path";

import { importPackage, installPackage, target } from "../support/package.mjs";
import { endAll } from "../support/processes.mjs";
import { createSuite } from "../support/suite.mjs";
import { summarize } from "../support/summary.mjs";
import * as accounts from "./accounts.mjs";
import { startFief } from "./server.mjs";
import * as signIns from "./sign-ins.mjs";
import * as tokens from "./tokens.mjs";
import * as webhooks from "./webhooks.mjs";

// The server's certificate is its own, made for this run, and all of it is on loopback.
process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";

const folder = path.join(target, "fief");
const server = await startFief(folder);
if (server.reason) {
  console.log(`skipped: ${server.reason}`);
  summarize({ passed: 0, skipped: 1 });
} else {
  const packed = path.join(folder, "package");
  await installPackage(packed);
  const countersign = await importPackage(packed);
  const preset = await importPackage(packed, "countersign/presets/fief");
  const named = process.argv.slice(2);
  const suite = createSuite();
  // The names of the exports say what is checked. Those of `accounts` change the user, and are the last.
  for (const checks of [signIns, tokens, webhooks, accounts]) {
    for (const [name, check] of Object.entries(checks)) {
      if (named.length > 0 && !named.includes(name)) continue;
      const world = { ...server, ...countersign, ...preset };
      if (await suite.check(name, () => check(world))) console.log(`passed  ${name}`);
    }
  }
  summarize(suite.counts);
}
await endAll();
