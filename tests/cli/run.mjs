// The command line and `countersign/node-cli`, over the packed package:  node tests/cli/run.mjs [PART…]

import { endAll } from "../support/processes.mjs";
import { summarize } from "../support/summary.mjs";
import { hostileIssuerSuite } from "./hostile-issuer.mjs";
import { loopbackSuite } from "./loopback.mjs";
import { platformSuite } from "./platforms.mjs";
import { signInSuite } from "./sign-in.mjs";
import { tokenFileSuite } from "./token-file.mjs";
import { verifySuite } from "./verify.mjs";

const parts = {
  verify: verifySuite,
  platforms: platformSuite,
  "token-file": tokenFileSuite,
  loopback: loopbackSuite,
  "sign-in": signInSuite,
  "hostile-issuer": hostileIssuerSuite,
};
const wanted = process.argv.slice(2);
let passed = 0;
let skipped = 0;
const failures = [];

/** Runs a test. One that answers a text says why it was skipped. */
async function check(name, body) {
  try {
    const reason = await body();
    if (typeof reason === "string") {
      skipped += 1;
      console.log(`not run  ${name}: ${reason}`);
    } else passed += 1;
  } catch (error) {
    failures.push(`${name}\n        ${error?.stack ?? String(error)}`);
  }
}

try {
  for (const [name, part] of Object.entries(parts)) {
    if (wanted.length === 0 || wanted.includes(name)) await part(check);
  }
} finally {
  await endAll();
}
summarize({ passed, failures, skipped });
