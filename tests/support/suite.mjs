// The checks of a suite and their counts.

import { endAll } from "./processes.mjs";
import { summarize } from "./summary.mjs";

/** What a suite runs its checks with. The functions do not depend on `this`. */
export function createSuite() {
  const counts = { passed: 0, failures: [], skipped: 0 };

  /** Runs a check. Answers whether it has passed. */
  async function check(what, test) {
    try {
      await test();
      counts.passed += 1;
      return true;
    } catch (error) {
      counts.failures.push(`${what}\n        ${describe(error)}`);
      return false;
    }
  }

  /** Counts what this machine cannot run, or what a check is left out for. */
  function skip(why, number = 1) {
    console.log(`skipped: ${why}`);
    counts.skipped += number;
  }

  /**
   * Runs the suite: an error outside its checks is a failure, too. Then everything ends that was started, and the counts are
   * printed.
   */
  async function run(body) {
    try {
      await body();
    } catch (error) {
      counts.failures.push(describe(error));
    } finally {
      await endAll();
    }
    summarize(counts);
  }

  return { check, skip, run, counts };
}

function describe(error) {
  const text = error?.stack ?? String(error);
  return error?.cause === undefined ? text : `${text}\n        ${error.cause.stack ?? String(error.cause)}`;
}
