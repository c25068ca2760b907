// The stores, over the real thing:  node tests/stores/run.mjs [NAME…]
//
// One list of checks for all of them; then what only some have.

import { createSuite } from "../support/suite.mjs";
import { conform } from "./conform.mjs";
import { mistakes } from "./mistakes.mjs";
import { particulars } from "./particulars.mjs";
import { places } from "./places.mjs";

const wanted = process.argv.slice(2);
const suite = createSuite();
const checkAs = (name) => (what, test) => suite.check(`${name}: ${what}`, test);

const chosen = places.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

/** Opens a place, and runs the checks over its store. */
async function run({ name, open, ...place }) {
  const opened = await Promise.resolve()
    .then(open)
    .catch((error) => ({ error }));
  if (opened.skipped) {
    suite.skip(`${name}: ${opened.skipped}`);
    return;
  }
  const counts = { passed: 0, failed: 0 };
  const check = async (what, test) => {
    counts[(await checkAs(name)(what, test)) ? "passed" : "failed"] += 1;
  };
  // A server may be shared by several places.
  const prefix = `place-${String(places.findIndex((other) => other.name === name))}`;
  if (opened.error) await check("opens", () => Promise.reject(opened.error));
  else await conform(opened.store, { ...place, prefix }, check);
  console.log(`${name}: ${counts.passed} passed, ${counts.failed} failed`);
}

await suite.run(async () => {
  // Side by side: most of the time passes in waiting for lifetimes to end.
  await Promise.all(chosen.map(run));
  if (wanted.length === 0) {
    await mistakes(checkAs("mistakes"));
    await particulars(checkAs("particulars"));
  }
});
