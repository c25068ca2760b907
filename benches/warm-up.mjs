// Warm-up: what the first verifications of fresh processes, isolates and pages take.

import { isolates, mapValues, onFreshHosts, pages, processes } from "./fresh.mjs";
import { quartiles } from "./runner.mjs";
import { labelOf, steps } from "./warm-up/warm-up-steps.mjs";

/** By host: the libraries by their names in the report. */
const libraries = {
  node: {
    "countersign, sync": "countersign-sync",
    countersign: "countersign",
    "fast-jwt": "fast-jwt",
    jose: "jose",
  },
  workerd: { countersign: "countersign", jose: "jose", "an empty Worker": "empty" },
  chromium: { countersign: "countersign", jose: "jose" },
};

/** Microseconds by host, algorithm, library and step: { median, low, high }. */
export function warmUps(scenarios, chosen, times) {
  const summary = (samples) =>
    mapValues(samples[0], (_, step) => quartiles(samples.map((sample) => sample[step] * 1000)));
  return onFreshHosts("warm-up", { node, workerd, chromium }, scenarios, { chosen, times }, summary);
}

async function node(scenario) {
  const run = processes("warm-up-node.mjs", scenario);
  return { starts: mapValues(libraries.node, (library) => () => run(library)) };
}

async function workerd(scenario) {
  const starts = {};
  for (const [name, library] of Object.entries(libraries.workerd)) {
    const isolate = await isolates(`warm-up-entry-${library}`, [
      `import { worker } from "./warm-up-worker.mjs";`,
      `import * as library from "./warm-up-${library}.mjs";`,
      `export default worker(library);`,
    ]);
    starts[name] = async () => {
      const { post, close } = await isolate();
      const times = await requests(post, scenario);
      await close();
      return times;
    };
  }
  return { starts };
}

/** Milliseconds of the requests that create a verifier and verify, by verification. */
async function requests(post, scenario) {
  const timed = async (body) => {
    const start = performance.now();
    await post(body);
    return performance.now() - start;
  };
  const times = { create: await timed({ scenario }) };
  let done = 0;
  for (const step of steps) {
    times[labelOf(done, step)] = (await timed({ done, count: step - done })) / (step - done);
    done = step;
  }
  return times;
}

async function chromium(scenario) {
  const scripts = Object.values(libraries.chromium).map((library) => `warm-up-${library}.mjs`);
  const { run, close } = await pages("warm-up-page.mjs", scripts, "warmUp");
  return { starts: mapValues(libraries.chromium, (library) => () => run(library, scenario)), close };
}
