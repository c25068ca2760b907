// Refreshing under load, as often as the argument says, for all applications or some:
//   node tests/web/load.mjs [ROUNDS [NAME…]]

import { endAll } from "../support/processes.mjs";
import { summarize } from "../support/summary.mjs";
import { refreshing } from "./refreshing.mjs";

const rounds = Number(process.argv[2] ?? 10);
let passed = 0;
let skipped = 0;
const failures = [];

async function check(what, test) {
  try {
    await test();
    passed += 1;
  } catch (error) {
    failures.push(`${what}\n        ${error.stack ?? error}${error.cause ? `\n        ${error.cause.stack}` : ""}`);
  }
}

try {
  skipped = await refreshing(check, rounds, process.argv.slice(3));
} catch (error) {
  failures.push(error.stack);
} finally {
  await endAll();
}
summarize({ passed, failures, skipped });
