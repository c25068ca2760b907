// Cold start: from the import of the library to its first verdict, in fresh processes and pages, taken in turns.

import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

import { build } from "esbuild";

import { chromiumProgram, startChromium } from "../tests/support/browsers.mjs";
import { keepFiles, servePage } from "../tests/support/page.mjs";
import { bundleWorker, startWorkerd } from "../tests/support/workerd.mjs";
import { quartiles } from "./runner.mjs";
import { folder } from "./hosts.mjs";

const libraries = { countersign: "countersign", slim: "countersign/slim", jose: "jose" };
const algorithms = ["RS256", "ES256"];

/** Milliseconds by host, algorithm and library: { median, low, high }. */
export async function coldStarts(scenarios, chosen, times) {
  const hosts = { node: coldNode, workerd: coldWorkerd, chromium: coldChromium };
  const results = {};
  for (const [host, prepare] of Object.entries(hosts)) {
    if (!chosen.includes(host) || (host === "chromium" && !chromiumProgram())) continue;
    results[host] = {};
    for (const algorithm of algorithms) {
      console.error(`  cold start, ${host}: ${algorithm}`);
      const scenario = scenarios.find(({ table, id }) => table === "algorithms" && id === algorithm);
      results[host][algorithm] = await inTurns(
        await prepare({ ...scenario, tokens: scenario.tokens.slice(0, 1) }),
        times,
      );
    }
  }
  return results;
}

/** `starts` are functions that start once and answer the milliseconds, by name. */
async function inTurns({ starts, close }, times) {
  const samples = Object.fromEntries(Object.keys(starts).map((name) => [name, []]));
  for (let time = 0; time < times; time += 1) {
    for (const [name, start] of Object.entries(starts)) samples[name].push(await start());
  }
  await close?.();
  return Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, quartiles(list)]));
}

const forEachLibrary = (start) =>
  Object.fromEntries(Object.entries(libraries).map(([library, name]) => [name, () => start(library)]));

async function coldNode(scenario) {
  const file = path.join(folder, "cold.json");
  writeFileSync(file, JSON.stringify(scenario));
  const run = async (library) => {
    const program = path.join(folder, "cold-node.mjs");
    const { stdout } = await promisify(execFile)(process.execPath, [program, library, file]);
    return Number(stdout);
  };
  return { starts: forEachLibrary(run) };
}

/** The clock stands still in there: it is a new process of workerd, up to its answer to the first request. */
async function coldWorkerd(scenario) {
  const bodies = {
    countersign: `import { first } from "./cold-countersign.mjs";`,
    slim: `import { first } from "./cold-slim.mjs";`,
    jose: `import { first } from "./cold-jose.mjs";`,
    empty: `const first = () => "-";`,
  };
  const starts = {};
  for (const [library, body] of Object.entries(bodies)) {
    const entry = path.join(folder, `cold-worker-${library}.mjs`);
    const respond = "new Response(await first(await request.json()))";
    writeFileSync(entry, `${body}\nexport default { fetch: async (request) => ${respond} };\n`);
    const out = path.join(folder, `out-cold-${library}`);
    const modules = await bundleWorker(entry, out);
    starts[libraries[library] ?? "an empty Worker"] = async () => {
      const start = performance.now();
      const { url, close } = await startWorkerd(out, { modules });
      const response = await fetch(url, { method: "POST", body: JSON.stringify(scenario) });
      const text = await response.text();
      const end = performance.now();
      await close();
      if (!response.ok) throw new Error(`workerd answered ${response.status}: ${text}`);
      return end - start;
    };
  }
  return { starts };
}

async function coldChromium(scenario) {
  const out = path.join(folder, "out-cold-page");
  mkdirSync(out, { recursive: true });
  const { url } = await servePage(path.join(folder, "cold-page.mjs"), out);
  await build({
    entryPoints: Object.keys(libraries).map((library) => path.join(folder, `cold-${library}.mjs`)),
    outdir: out,
    bundle: true,
    splitting: true,
    plugins: [keepFiles(out)],
    minify: true,
    format: "esm",
    target: "esnext",
    conditions: ["browser"],
    logLevel: "error",
  });
  const { browser, close } = await startChromium();
  const run = async (library) => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(url);
    await tab.waitForFunction(() => document.title === "ready");
    const time = await tab.evaluate(([library, scenario]) => globalThis.cold(library, scenario), [library, scenario]);
    await context.close();
    return time;
  };
  return { starts: forEachLibrary(run), close };
}
