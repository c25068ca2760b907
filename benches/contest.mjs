// The comparison itself, on any host: contestants in turns, so that what disturbs the machine disturbs them alike.

/**
 * Runs each contestant for about `milliseconds` per round, one after the other, round after round, in a changing order.
 * A contestant is { name, run(times) }: `run` performs that many verifications. Answers microseconds per verification, the
 * median of the rounds, by name. `clock` tells milliseconds.
 */
export async function contest(contestants, { rounds, milliseconds, clock = () => performance.now() }) {
  const batches = new Map();
  for (const { name, run } of contestants) {
    // Warm up, and find out how many make a batch.
    let times = 1;
    for (let elapsed = 0; elapsed < milliseconds / 2;) {
      times *= 2;
      const start = clock();
      await run(times);
      elapsed = clock() - start;
    }
    batches.set(name, times);
  }
  const samples = new Map(contestants.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < contestants.length; turn += 1) {
      const { name, run } = contestants[(turn + round) % contestants.length];
      const times = batches.get(name);
      const start = clock();
      await run(times);
      samples.get(name).push(((clock() - start) * 1000) / times);
    }
  }
  return Object.fromEntries([...samples].map(([name, list]) => [name, middle(list)]));
}

function middle(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}

/** A contestant's `run` of a function that verifies once, at once or with a promise. */
export const once = (verify) => async (times) => {
  for (let time = 0; time < times; time += 1) await verify();
};
export const onceSync = (verify) => (times) => {
  for (let time = 0; time < times; time += 1) verify();
};
