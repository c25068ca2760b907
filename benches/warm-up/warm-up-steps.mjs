// The first verifications of a fresh process or page, in steps: each step is the mean of those since the step before.

/** Up to the how-manieth verification a step goes. */
export const steps = [1, 10, 100, 1000, 10_000];

/**
 * Milliseconds: { create, first, "2–10", … } of one library, whose `make(scenario)` answers a function that verifies a token.
 * What is synchronous is not awaited.
 */
export async function firstVerifications({ make, sync }, scenario) {
  const start = performance.now();
  const check = await make(scenario);
  const times = { create: performance.now() - start };
  let done = 0;
  for (const step of steps) {
    const count = step - done;
    const from = performance.now();
    await verify(check, sync, scenario.tokens, done, count);
    times[labelOf(done, step)] = (performance.now() - from) / count;
    done = step;
  }
  return times;
}

/** Verifies `count` tokens, beginning with the one after `done` others. */
export async function verify(check, sync, tokens, done, count) {
  for (let index = done; index < done + count; index += 1) {
    const verdict = check(tokens[index % tokens.length]);
    if (!sync) await verdict;
  }
}

export const labelOf = (done, step) => (done === 0 ? "first" : `${done + 1}–${step}`);
