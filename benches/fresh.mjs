// Fresh processes, isolates and pages, taken in turns: for what is only so once in each.

import { execFile } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

import { build } from "esbuild";

import { chromiumProgram, startChromium } from "../tests/support/browsers.mjs";
import { keepFiles, servePage } from "../tests/support/page.mjs";
import { bundleWorker, startWorkerd } from "../tests/support/workerd.mjs";
import { folder, postTo } from "./hosts.mjs";

const algorithms = ["RS256", "ES256"];

/**
 * By host, algorithm and library, what `summary` makes of the samples. `hosts` are functions of a scenario, by host, that
 * answer { starts, close }: by library a function that starts once and answers a sample.
 */
export async function onFreshHosts(what, hosts, scenarios, { chosen, times }, summary) {
  const results = {};
  for (const [host, prepare] of Object.entries(hosts)) {
    if (!chosen.includes(host) || (host === "chromium" && !chromiumProgram())) continue;
    results[host] = {};
    for (const algorithm of algorithms) {
      console.error(`  ${what}, ${host}: ${algorithm}`);
      const scenario = scenarios.find(({ table, id }) => table === "algorithms" && id === algorithm);
      const { starts, close } = await prepare(scenario);
      const samples = await inTurns(starts, times);
      await close?.();
      results[host][algorithm] = mapValues(samples, summary);
    }
  }
  return results;
}

async function inTurns(starts, times) {
  const samples = mapValues(starts, () => []);
  for (let time = 0; time < times; time += 1) {
    for (const [name, start] of Object.entries(starts)) samples[name].push(await start());
  }
  return samples;
}

/** A new process of Node for each start: `program LIBRARY SCENARIO.json`, which prints JSON. */
export function processes(program, scenario) {
  const file = path.join(folder, `${program}.json`);
  writeFileSync(file, JSON.stringify(scenario));
  return async (library) => {
    const { stdout } = await promisify(execFile)(process.execPath, [path.join(folder, program), library, file]);
    return JSON.parse(stdout);
  };
}

/** Bundles a Worker of these lines. Answers a function that starts a new process of workerd with it: { post, close }. */
export async function isolates(name, lines) {
  const entry = path.join(folder, `${name}.mjs`);
  writeFileSync(entry, `${lines.join("\n")}\n`);
  const out = path.join(folder, `out-${name}`);
  const modules = await bundleWorker(entry, out);
  return async () => {
    const { url, close } = await startWorkerd(out, { modules });
    return { post: postTo(url), close };
  };
}

/**
 * A page of a new profile for each start: `program` has the function `name(library, scenario)` there, which imports the
 * scripts that are made of `scripts`.
 */
export async function pages(program, scripts, name) {
  const out = path.join(folder, `out-${path.basename(program, ".mjs")}`);
  mkdirSync(out, { recursive: true });
  const { url } = await servePage(path.join(folder, program), out);
  await build({
    entryPoints: scripts.map((script) => path.join(folder, script)),
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
  const run = async (library, scenario) => {
    const context = await browser.newContext();
    const tab = await context.newPage();
    await tab.goto(url);
    await tab.waitForFunction(() => document.title === "ready");
    const sample = await tab.evaluate(([name, ...given]) => globalThis[name](...given), [name, library, scenario]);
    await context.close();
    return sample;
  };
  return { run, close };
}

export const mapValues = (object, map) =>
  Object.fromEntries(Object.entries(object).map(([name, value]) => [name, map(value, name)]));
