// The hosts: how each is started, and given the scenarios. Each answers { program, times, absent }.

import { execFileSync, spawn } from "node:child_process";
import { cpSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { chromiumProgram, startChromium } from "../tests/support/browsers.mjs";
import { installPackage, target } from "../tests/support/package.mjs";
import { servePage } from "../tests/support/page.mjs";
import { bundleWorker, startWorkerd } from "../tests/support/workerd.mjs";
import { compare } from "./runner.mjs";

const require = createRequire(import.meta.url);
const here = fileURLToPath(new URL(".", import.meta.url));
export const folder = path.join(target, "hosts", "bench");

/** Lays the folder out as a project that has the package installed. */
export async function layOut() {
  await installPackage(folder);
  for (const name of ["hosts", "cold", "warm-up", "guards", "sessions"])
    cpSync(path.join(here, name), folder, { recursive: true });
  for (const name of ["runner.mjs", "libraries.mjs", "node-libraries.mjs", "wasm-peer.mjs"])
    cpSync(path.join(here, name), path.join(folder, name));
  cpSync(path.join(here, "../examples/demo/login.mjs"), path.join(folder, "login.mjs"));
  cpSync(path.join(here, "../tests/support/memory.mjs"), path.join(folder, "watch-memories.mjs"));
}

export const hosts = {
  native: (job) => native(job),
  node: (job) => commandLine(`Node ${process.versions.node}`, process.execPath, [], job),
  deno: (job) => commandLine(`Deno ${versionOf("deno")}`, npmProgram("deno"), denoArguments, job),
  bun: (job) => commandLine(`Bun ${versionOf("bun")}`, npmProgram("bun"), ["run"], job),
  workerd,
  chromium,
};

const denoArguments = ["run", "--no-prompt", "--no-remote", "--node-modules-dir=manual", "--allow-all"];

const versionOf = (name) => require(`${name}/package.json`).version;

/** Deno and Bun come with npm; their program lies where their launcher looks for it. */
function npmProgram(name) {
  return path.join(path.dirname(require.resolve(`${name}/package.json`)), "..", ".bin", name);
}

async function commandLine(name, program, args, job) {
  return { program: name, ...(await answerOf(program, [...args, "cli.mjs"], job)) };
}

/** The programs that xtask built: with our arithmetic, and with AWS-LC's. */
async function native(job) {
  const programs = process.env.COUNTERSIGN_BENCH_NATIVE?.split(path.delimiter) ?? [];
  if (programs.length === 0) return { skipped: "`cargo xtask bench` builds it" };
  const answers = [];
  for (const program of programs) answers.push(await answerOf(program, [], job));
  const [first, ...others] = answers;
  for (const { times, absent } of others) {
    for (const [id, column] of Object.entries(times)) first.times[id] = { ...column, ...first.times[id] };
    Object.assign(first.absent, absent);
  }
  const [, version] = execFileSync("rustc", ["--version"]).toString().split(" ");
  return { program: `Rust ${version}`, ...first };
}

/** Runs a program that takes a job's file and prints the answer as JSON. */
async function answerOf(program, args, job) {
  const file = path.join(folder, "job.json");
  writeFileSync(file, JSON.stringify(job));
  const child = spawn(program, [...args, file], { cwd: folder, stdio: ["ignore", "pipe", "inherit"] });
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  const status = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (status !== 0) throw new Error(`${path.basename(program)} ended with status ${status}`);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** Posts JSON to a Worker, and answers its text. */
export const postTo = (url) => async (body) => {
  const answer = await fetch(url, { method: "POST", body: JSON.stringify(body) });
  const text = await answer.text();
  if (!answer.ok) throw new Error(`workerd answered ${answer.status}: ${text}`);
  return text;
};

/** Fewer rounds, each longer. */
const longer = ({ rounds, milliseconds, warmUp }, factor) => ({
  rounds: Math.max(5, Math.ceil(rounds / factor) * 2),
  milliseconds: milliseconds * factor,
  warmUp,
});

async function workerd({ scenarios, effort }) {
  const out = path.join(folder, "out-worker");
  const modules = await bundleWorker(path.join(folder, "worker.mjs"), out);
  const { url, close } = await startWorkerd(out, { modules });
  const post = postTo(url);
  const answer = { program: `workerd ${versionOf("workerd")}`, times: {}, absent: {} };
  for (const scenario of scenarios) {
    console.error(`  ${scenario.table}: ${scenario.id}`);
    const { id } = scenario;
    const { names, absent } = JSON.parse(await post({ scenario }));
    const libraries = names.map((name) => ({ name, run: (times) => post({ id, name, times }) }));
    // Batches of which the round trip is a small part.
    answer.times[id] = await compare(libraries, longer(effort, 6));
    Object.assign(answer.absent, absent);
  }
  await close();
  return answer;
}

async function chromium({ scenarios, effort }) {
  if (!chromiumProgram()) return { skipped: "no Chromium on this machine (set CHROME to its path)" };
  const { url } = await servePage(path.join(folder, "page.mjs"), path.join(folder, "out-page"));
  const { browser, close } = await startChromium();
  const tab = await browser.newPage();
  await tab.goto(url);
  await tab.waitForFunction(() => document.title === "ready");
  const answer = { program: `Chromium ${browser.version()}`, times: {}, absent: {} };
  // Its clock tells tenths of a millisecond.
  const effortHere = longer(effort, 2);
  for (const scenario of scenarios) {
    console.error(`  ${scenario.table}: ${scenario.id}`);
    const { times, absent } = await tab.evaluate(
      ([scenario, effort]) => globalThis.bench(scenario, effort),
      [scenario, effortHere],
    );
    answer.times[scenario.id] = times;
    Object.assign(answer.absent, absent);
  }
  await close();
  return answer;
}
