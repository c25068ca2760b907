// Cold start: from the import of the library to its first verdict, in fresh processes and pages.

import { isolates, mapValues, onFreshHosts, pages, processes } from "./fresh.mjs";
import { quartiles } from "./runner.mjs";

const libraries = { countersign: "countersign", slim: "countersign/slim", jose: "jose" };

/** Milliseconds by host, algorithm and library: { median, low, high }. */
export function coldStarts(scenarios, chosen, times) {
  const first = scenarios.map((scenario) => ({ ...scenario, tokens: scenario.tokens.slice(0, 1) }));
  const hosts = { node: coldNode, workerd: coldWorkerd, chromium: coldChromium };
  return onFreshHosts("cold start", hosts, first, { chosen, times }, quartiles);
}

const forEachLibrary = (start) =>
  Object.fromEntries(Object.entries(libraries).map(([library, name]) => [name, () => start(library)]));

async function coldNode(scenario) {
  return { starts: forEachLibrary(processes("cold-node.mjs", scenario)) };
}

/** The clock stands still in there: it is a new process of workerd, up to its answer to the first request. */
async function coldWorkerd(scenario) {
  const bodies = mapValues(libraries, (_, library) => `import { first } from "./cold-${library}.mjs";`);
  const respond = "export default { fetch: async (request) => new Response(await first(await request.json())) };";
  const starts = {};
  for (const [library, body] of Object.entries({ ...bodies, empty: `const first = () => "-";` })) {
    const isolate = await isolates(`cold-worker-${library}`, [body, respond]);
    starts[libraries[library] ?? "an empty Worker"] = async () => {
      const start = performance.now();
      const { post, close } = await isolate();
      await post(scenario);
      const end = performance.now();
      await close();
      return end - start;
    };
  }
  return { starts };
}

async function coldChromium(scenario) {
  const scripts = Object.keys(libraries).map((library) => `cold-${library}.mjs`);
  const { run, close } = await pages("cold-page.mjs", scripts, "cold");
  return { starts: forEachLibrary((library) => run(library, scenario)), close };
}
