// Warm-up: what the first verifications of fresh processes, isolates and pages take, in turns.

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
import { labelOf, steps } from "./warm-up/warm-up-steps.mjs";

const algorithms = ["RS256", "ES256"];

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
export async function warmUps(scenarios, chosen, times) {
  const hosts = { node, workerd, chromium };
  const results = {};
  for (const [host, prepare] of Object.entries(hosts)) {
    if (!chosen.includes(host) || (host === "chromium" && !chromiumProgram())) continue;
    results[host] = {};
    for (const algorithm of algorithms) {
      console.error(`  warm-up, ${host}: ${algorithm}`);
      const scenario = scenarios.find(({ table, id }) => table === "algorithms" && id === algorithm);
      const { run, close } = await prepare(scenario);
      results[host][algorithm] = await inTurns(libraries[host], run, times);
      await close?.();
    }
  }
  return results;
}

async function inTurns(entries, run, times) {
  const samples = Object.fromEntries(Object.keys(entries).map((name) => [name, []]));
  for (let time = 0; time < times; time += 1) {
    for (const [name, library] of Object.entries(entries)) samples[name].push(await run(library));
  }
  const summary = (list) =>
    Object.fromEntries(Object.keys(list[0]).map((step) => [step, quartiles(list.map((times) => times[step] * 1000))]));
  return Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, summary(list)]));
}

async function node(scenario) {
  const file = path.join(folder, "warm-up.json");
  writeFileSync(file, JSON.stringify(scenario));
  const program = path.join(folder, "warm-up-node.mjs");
  const run = async (library) => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, library, file]);
    return JSON.parse(stdout);
  };
  return { run };
}

async function workerd(scenario) {
  const bundles = {};
  for (const library of Object.values(libraries.workerd)) {
    const entry = path.join(folder, `warm-up-entry-${library}.mjs`);
    const lines = [
      `import { worker } from "./warm-up-worker.mjs";`,
      `import * as library from "./warm-up-${library}.mjs";`,
      `export default worker(library);`,
    ];
    writeFileSync(entry, `${lines.join("\n")}\n`);
    const out = path.join(folder, `out-warm-up-${library}`);
    bundles[library] = { out, modules: await bundleWorker(entry, out) };
  }
  const run = async (library) => {
    const { out, modules } = bundles[library];
    const { url, close } = await startWorkerd(out, { modules });
    const post = async (body) => {
      const start = performance.now();
      const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
      const text = await response.text();
      if (!response.ok) throw new Error(`workerd answered ${response.status}: ${text}`);
      return performance.now() - start;
    };
    const times = { create: await post({ scenario }) };
    let done = 0;
    for (const step of steps) {
      times[labelOf(done, step)] = (await post({ done, count: step - done })) / (step - done);
      done = step;
    }
    await close();
    return times;
  };
  return { run };
}

async function chromium(scenario) {
  const out = path.join(folder, "out-warm-up-page");
  mkdirSync(out, { recursive: true });
  const { url } = await servePage(path.join(folder, "warm-up-page.mjs"), out);
  await build({
    entryPoints: Object.values(libraries.chromium).map((library) => path.join(folder, `warm-up-${library}.mjs`)),
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
    const times = await tab.evaluate(
      ([library, scenario]) => globalThis.warmUp(library, scenario),
      [library, scenario],
    );
    await context.close();
    return times;
  };
  return { run, close };
}
