// The stores, over the real thing:  node tests/stores/run.mjs [NAME…]
//
// One list of checks for all of them; then what only some have.

import { endAll } from "../support/processes.mjs";
import { summarize } from "../support/summary.mjs";
import { conform } from "./conform.mjs";
import { mistakes } from "./mistakes.mjs";
import { particulars } from "./particulars.mjs";
import { places } from "./places.mjs";

const wanted = process.argv.slice(2);
let passed = 0;
const failures = [];
let skipped = 0;

const checkAs = (name) => async (what, test) => {
  try {
    await test();
    passed += 1;
  } catch (error) {
    failures.push(`${name}: ${what}\n        ${error.stack ?? error}`);
  }
};

try {
  for (const [number, { name, open, ...place }] of places.entries()) {
    if (wanted.length > 0 && !wanted.includes(name)) continue;
    const before = { passed, failed: failures.length };
    const opened = await Promise.resolve()
      .then(open)
      .catch((error) => ({ error }));
    if (opened.skipped) {
      skipped += 1;
      console.log(`not run  ${name}: ${opened.skipped}`);
      continue;
    }
    if (opened.error) failures.push(`${name}: cannot be opened\n        ${opened.error.stack}`);
    // A server may be shared by several places.
    else await conform(opened.store, { ...place, prefix: `place-${number}` }, checkAs(name));
    console.log(`${name}: ${passed - before.passed} passed, ${failures.length - before.failed} failed`);
  }
  if (wanted.length === 0) {
    await mistakes(checkAs("mistakes"));
    await particulars(checkAs("particulars"));
  }
} finally {
  await endAll();
}
summarize({ passed, failures, skipped });
