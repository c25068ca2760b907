// Refreshing under load, as often as the argument says:  node tests/web/load.mjs [ROUNDS]

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
  skipped = await refreshing(check, rounds);
} catch (error) {
  failures.push(error.stack);
} finally {
  await endAll();
}
summarize({ passed, failures, skipped });
