// The comparison itself, on any host: libraries in turns, so that what disturbs the machine disturbs them alike.

/** The clock of every host. On Node, Deno and Bun there is a second: the processor's time, of all threads. */
export const wall = () => performance.now();

/**
 * Runs each library for about `milliseconds` per round, one after the other, round after round, in a changing order,
 * after `warmUp` milliseconds by itself. A library is { name, run(times) }: `run` performs that many verifications.
 * Answers { wall: { median, low, high } } by name, in microseconds per verification: the median of the rounds and their
 * quartiles. `clocks` has functions that tell milliseconds, by the name of the answer.
 */
export async function compare(libraries, { rounds, milliseconds, warmUp }, clocks = { wall }) {
  const batches = new Map();
  for (const { name, run } of libraries) {
    let rate;
    const began = wall();
    for (let times = 1, now = began; now - began < warmUp; times *= 2) {
      const start = now;
      await run(times);
      now = wall();
      rate = times / (now - start);
    }
    batches.set(name, Math.max(1, Math.round(rate * milliseconds)));
  }
  const samples = new Map(libraries.map(({ name }) => [name, []]));
  for (let round = 0; round < rounds; round += 1) {
    for (let turn = 0; turn < libraries.length; turn += 1) {
      const { name, run } = libraries[(turn + round) % libraries.length];
      const times = batches.get(name);
      const starts = Object.values(clocks).map((clock) => clock());
      await run(times);
      samples.get(name).push(Object.values(clocks).map((clock, index) => ((clock() - starts[index]) * 1000) / times));
    }
  }
  const summary = (list) =>
    Object.fromEntries(
      Object.keys(clocks).map((clock, index) => [clock, quartiles(list.map((times) => times[index]))]),
    );
  return Object.fromEntries([...samples].map(([name, list]) => [name, summary(list)]));
}

/** Of some numbers. */
export function quartiles(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const at = (part) => {
    const position = (sorted.length - 1) * part;
    const below = Math.floor(position);
    const [one, other = one] = sorted.slice(below, below + 2);
    return one + (other - one) * (position - below);
  };
  return { median: at(0.5), low: at(0.25), high: at(0.75) };
}

/**
 * The libraries of a scenario. `entries` are [name, make], with `make` answering a library or several. Who cannot be made
 * here, refuses a good token or accepts a bad one does not take part, and `absent` says why.
 */
export async function prepare(entries, scenario) {
  const libraries = [];
  const absent = {};
  for (const [name, make] of entries) {
    try {
      for (const library of [await make(scenario)].flat()) {
        await examine(library, scenario);
        libraries.push(inBatches(library, scenario.tokens));
      }
    } catch (error) {
      absent[`${name}: ${scenario.id}`] = String(error.message);
    }
  }
  return { libraries, absent };
}

/** A library as { name, run(times) }: it gets the tokens one after the other, round and round. */
function inBatches({ name, sync, check }, tokens) {
  let next = 0;
  const turn = () => tokens[next++ % tokens.length];
  const run = sync
    ? (times) => {
        for (let time = 0; time < times; time += 1) check(turn());
      }
    : async (times) => {
        for (let time = 0; time < times; time += 1) await check(turn());
      };
  return { name, run };
}

async function examine({ name, check }, { tokens, tampered }) {
  const accepts = async (token) => {
    try {
      return ![false, undefined, null].includes(await check(token));
    } catch {
      return false;
    }
  };
  for (const token of tokens) if (!(await accepts(token))) throw new Error(`${name} refuses a good token`);
  if (await accepts(tampered)) throw new Error(`${name} accepts a bad token`);
}
