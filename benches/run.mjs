// How long one verification takes, beside the others:  node benches/run.mjs [--quick] [--host=node|workerd|chromium]…
//
// Prints Markdown. On Node it is the time of the processor that counts, so that other programs do not; elsewhere it is the
// time on the wall, and on a busy machine only the ratios mean something.

import { cpSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { chromiumProgram, startChromium } from "../tests/support/browsers.mjs";
import { importPackage, installPackage, target } from "../tests/support/package.mjs";
import { servePage } from "../tests/support/page.mjs";
import { endAll } from "../tests/support/processes.mjs";
import { bundleWorker, startWorkerd } from "../tests/support/workerd.mjs";
import { contest } from "./contest.mjs";
import { benchNode } from "./node.mjs";
import { makeSamples } from "./samples.mjs";

const quick = process.argv.includes("--quick");
const chosen = process.argv.filter((argument) => argument.startsWith("--host=")).map((argument) => argument.slice(7));
const effort = quick ? { rounds: 5, milliseconds: 20 } : { rounds: 15, milliseconds: 60 };
const algorithms = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "HS256"];

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = path.join(target, "hosts", "bench");
const hosts = { node: runNode, workerd: runWorkerd, chromium: runChromium };

await installPackage(folder);
for (const name of ["worker.mjs", "page.mjs", "subjects.mjs", "contest.mjs"])
  cpSync(path.join(here, name), path.join(folder, name));
const samples = makeSamples(algorithms);
try {
  for (const [host, bench] of Object.entries(hosts)) {
    if (chosen.length === 0 || chosen.includes(host)) await bench();
  }
} finally {
  await endAll();
}

async function runNode() {
  const countersign = await importPackage(folder);
  const clock = () => {
    const { user, system } = process.cpuUsage(); // Of all threads: WebCrypto works in others.
    return (user + system) / 1000;
  };
  await measure(`Node ${process.versions.node}, processor time`, "bare node:crypto", (sample) =>
    benchNode(countersign, sample, { ...effort, clock }),
  );
}

async function runWorkerd() {
  const out = path.join(folder, "out");
  const modules = await bundleWorker(path.join(folder, "worker.mjs"), out);
  const { url, close } = await startWorkerd(out, { modules });
  const post = (body) => fetch(url, { method: "POST", body: JSON.stringify(body) });

  await measure("workerd, wall time from outside", "bare WebCrypto", async (sample) => {
    const response = await post({ sample });
    if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`);
    const names = await response.json();
    const contestants = names.map((name) => ({
      name,
      async run(times) {
        const answer = await post({ sample, name, times });
        await answer.arrayBuffer();
        if (!answer.ok) throw new Error(`workerd answered ${answer.status} to ${name}`);
      },
    }));
    // The round trip itself is a small part of a batch of this length.
    return contest(contestants, { ...effort, milliseconds: effort.milliseconds * 3 });
  });
  await close();
}

async function runChromium() {
  if (!chromiumProgram()) {
    console.log("\nChromium: skipped, there is none on this machine\n");
    return;
  }
  const { url } = await servePage(path.join(folder, "page.mjs"), path.join(folder, "page"));
  const { browser, close } = await startChromium();
  const tab = await browser.newPage();
  await tab.goto(url);
  await tab.waitForFunction(() => document.title === "ready");
  await measure(`Chromium ${browser.version().split(".")[0]}, wall time`, "bare WebCrypto", (sample) =>
    tab.evaluate(([which, how]) => globalThis.bench(which, how), [sample, effort]),
  );
  await close();
}

/** One table: a row per contestant, a column per algorithm, microseconds and, in brackets, the ratio to the bare check. */
async function measure(title, baseline, bench) {
  const columns = [];
  for (const sample of samples) {
    process.stderr.write(`${title}: ${sample.algorithm}\n`);
    columns.push(await bench(sample));
  }
  const names = [...new Set(columns.flatMap((column) => Object.keys(column)))].sort(
    (a, b) => (b === baseline) - (a === baseline),
  );
  const cell = (column, name) => {
    const time = column[name];
    if (time === undefined) return "–";
    const ratio =
      column[baseline] === undefined || name === baseline ? "" : ` (${(time / column[baseline]).toFixed(2)})`;
    return `${time < 10 ? time.toFixed(1) : Math.round(time)}${ratio}`;
  };
  console.log(`\n### ${title}: µs per verification (ratio to ${baseline})\n`);
  console.log(`| | ${algorithms.join(" | ")} |`);
  console.log(`|---|${"---:|".repeat(algorithms.length)}`);
  for (const name of names) console.log(`| ${name} | ${columns.map((column) => cell(column, name)).join(" | ")} |`);
  console.log(`\n${effort.rounds} rounds in turns, medians.`);
}
