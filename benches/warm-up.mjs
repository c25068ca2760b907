// Warm-up: what the first verifications of fresh processes, isolates and pages take, in turns.

import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

import { build } from "esbuild";

import { chromiumProgram, startChromium } from "../tests/support/browsers.mjs";
import { servePage } from "../tests/support/page.mjs";
import { bundleWorker, startWorkerd } from "../tests/support/workerd.mjs";
import { quartiles } from "./contest.mjs";
import { folder } from "./hosts.mjs";
import { labelOf, steps } from "./warm-up/warm-up-steps.mjs";

const algorithms = ["RS256", "ES256"];

/** By host: the subjects by their names in the report. */
const subjects = {
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
export async function warmUps(scenes, chosen, times) {
  const hosts = { node, workerd, chromium };
  const results = {};
  for (const [host, prepare] of Object.entries(hosts)) {
    if (!chosen.includes(host) || (host === "chromium" && !chromiumProgram())) continue;
    results[host] = {};
    for (const algorithm of algorithms) {
      console.error(`  warm-up, ${host}: ${algorithm}`);
      const scene = scenes.find(({ table, id }) => table === "algorithms" && id === algorithm);
      const { run, close } = await prepare(scene);
      results[host][algorithm] = await inTurns(subjects[host], run, times);
      await close?.();
    }
  }
  return results;
}

async function inTurns(entries, run, times) {
  const samples = Object.fromEntries(Object.keys(entries).map((name) => [name, []]));
  for (let time = 0; time < times; time += 1) {
    for (const [name, subject] of Object.entries(entries)) samples[name].push(await run(subject));
  }
  const summary = (list) =>
    Object.fromEntries(Object.keys(list[0]).map((step) => [step, quartiles(list.map((times) => times[step] * 1000))]));
  return Object.fromEntries(Object.entries(samples).map(([name, list]) => [name, summary(list)]));
}

async function node(scene) {
  const file = path.join(folder, "warm-up.json");
  writeFileSync(file, JSON.stringify(scene));
  const program = path.join(folder, "warm-up-node.mjs");
  const run = async (subject) => {
    const { stdout } = await promisify(execFile)(process.execPath, [program, subject, file]);
    return JSON.parse(stdout);
  };
  return { run };
}

async function workerd(scene) {
  const bundles = {};
  for (const subject of Object.values(subjects.workerd)) {
    const entry = path.join(folder, `warm-up-entry-${subject}.mjs`);
    const lines = [
      `import { worker } from "./warm-up-worker.mjs";`,
      `import * as subject from "./warm-up-${subject}.mjs";`,
      `export default worker(subject);`,
    ];
    writeFileSync(entry, `${lines.join("\n")}\n`);
    const out = path.join(folder, `out-warm-up-${subject}`);
    bundles[subject] = { out, modules: await bundleWorker(entry, out) };
  }
  const run = async (subject) => {
    const { out, modules } = bundles[subject];
    const { url, close } = await startWorkerd(out, { modules });
    const post = async (body) => {
      const start = performance.now();
      const response = await fetch(url, { method: "POST", body: JSON.stringify(body) });
      const text = await response.text();
      if (!response.ok) throw new Error(`workerd answered ${response.status}: ${text}`);
      return performance.now() - start;
    };
    const times = { create: await post({ scene }) };
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

async function chromium(scene) {
  const out = path.join(folder, "out-warm-up-page");
  mkdirSync(out, { recursive: true });
  const { url } = await servePage(path.join(folder, "warm-up-page.mjs"), out);
  await build({
    entryPoints: Object.values(subjects.chromium).map((subject) => path.join(folder, `warm-up-${subject}.mjs`)),
    outdir: out,
    bundle: true,
    minify: true,
    format: "esm",
    target: "esnext",
    conditions: ["browser"],
    logLevel: "error",
  });
  const { browser, close } = await startChromium();
  const run = async (subject) => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(url);
    await tab.waitForFunction(() => document.title === "ready");
    const times = await tab.evaluate(([subject, scene]) => globalThis.warmUp(subject, scene), [subject, scene]);
    await context.close();
    return times;
  };
  return { run, close };
}
