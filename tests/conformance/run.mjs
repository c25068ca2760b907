// Runs the conformance suite over the packed package on one host:  node tests/conformance/run.mjs HOST
//
// Lays target/hosts/HOST out as a project that has the package installed, runs the suite there, and writes what each case
// of the corpus came to into target/verdicts/HOST.json, for agreement.mjs to compare.

import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import path from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";

import { startProvider } from "../../examples/demo/hosts.mjs";
import { chromiumProgram, firefoxProgram, startChromium, startFirefox } from "../support/browsers.mjs";
import { installPackage, root, target } from "../support/package.mjs";
import { endAll } from "../support/processes.mjs";
import { servePage } from "../support/page.mjs";
import { summarize } from "../support/summary.mjs";
import { bundleWorker, startWorkerd } from "../support/workerd.mjs";
import { capabilities } from "./capabilities.mjs";

const require = createRequire(import.meta.url);
const here = fileURLToPath(new URL(".", import.meta.url));
const host = process.argv[2];
if (!Object.hasOwn(capabilities, host)) {
  console.error(
    `usage: node tests/conformance/run.mjs HOST    HOST is one of: ${Object.keys(capabilities).join(", ")}`,
  );
  process.exit(2);
}
const folder = path.join(target, "hosts", host);

const programs = {
  node: () => commandLine(process.execPath, []),
  deno: () =>
    commandLine(npmProgram("deno"), [
      "run",
      "--no-prompt",
      "--no-remote",
      "--node-modules-dir=manual",
      `--allow-read=${folder}`,
      "--allow-net=127.0.0.1",
    ]),
  bun: () => commandLine(npmProgram("bun"), ["run"]),
  workerd: () => worker(capabilities[host]),
  chromium: () => page(startChromium),
  firefox: () => page(startFirefox),
};
const missing = {
  chromium: () => (chromiumProgram() ? undefined : "no Chromium on this machine (set CHROME to its path)"),
  firefox: () => (firefoxProgram() ? undefined : "no Firefox on this machine (set FIREFOX to its path)"),
};

const verdictFile = path.join(target, "verdicts", `${host}.json`);
rmSync(verdictFile, { force: true }); // What is left of an earlier run is no verdict of today's package.
const reason = missing[capabilities[host].program]?.();
if (reason) {
  console.log(`skipped: ${reason}`);
  summarize({ passed: 0, skipped: 1 });
} else {
  try {
    await layOut();
    const { verdicts, passed, failures } = await programs[capabilities[host].program]();
    mkdirSync(path.dirname(verdictFile), { recursive: true });
    writeFileSync(verdictFile, `${JSON.stringify(verdicts, null, 1)}\n`);
    console.log(`${Object.keys(verdicts).length} verdicts in target/verdicts/${host}.json`);
    summarize({ passed, failures });
  } finally {
    await endAll();
  }
}

async function layOut() {
  await installPackage(folder);
  for (const name of ["suite.mjs", "suite", "capabilities.mjs"])
    cpSync(path.join(here, name), path.join(folder, name), { recursive: true });
  cpSync(path.join(here, "hosts"), folder, { recursive: true });
  cpSync(path.join(root, "tests", "differential", "random.mjs"), path.join(folder, "suite", "random.mjs"));
  cpSync(path.join(root, "examples", "demo", "login.mjs"), path.join(folder, "suite", "browse.mjs"));
  const issuer = capabilities[host].loopback ? await startProvider() : undefined;
  writeFileSync(path.join(folder, "issuer.mjs"), `export const issuer = ${JSON.stringify(issuer)};\n`);

  const { entry = "countersign" } = capabilities[host];
  const names = `export * from "${entry}";\nexport * as client from "countersign/client";\n`;
  // What an entry point leaves to the root.
  const rest = entry.endsWith("/client") ? 'export { decodeUnverified, thumbprint } from "countersign";\n' : "";
  const guards = ["guard", "stores", "user"].map((name) => `export * as ${name} from "countersign/${name}";\n`);
  const others = capabilities[host].slim ? [] : guards;
  writeFileSync(path.join(folder, "countersign.mjs"), [names, rest, ...others].join(""));

  const corpus = path.join(root, "tests", "corpus");
  const files = existsSync(corpus)
    ? readdirSync(corpus)
        .filter((name) => name.endsWith(".json"))
        .sort()
    : [];
  if (files.length === 0) throw new Error("tests/corpus has no JSON files");
  const corpora = files.map((name) => readFileSync(path.join(corpus, name), "utf8"));
  // JSON.parse, not a literal: in an object literal `"__proto__": …` would set the prototype.
  const literals = corpora.map((text) => `JSON.parse(${JSON.stringify(text)})`);
  writeFileSync(path.join(folder, "corpus.mjs"), `export const corpora = [\n${literals.join(",\n")}\n];\n`);
}

async function commandLine(program, args) {
  const child = spawn(program, [...args, path.join(folder, "cli.mjs"), host], {
    cwd: folder,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const chunks = [];
  child.stdout.on("data", (chunk) => chunks.push(chunk));
  const status = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  if (status !== 0) throw new Error(`${path.basename(program)} ended with status ${status}`);
  return JSON.parse(Buffer.concat(chunks).toString());
}

/** Deno and Bun come with npm; their program lies where their launcher looks for it. */
function npmProgram(name) {
  return path.join(path.dirname(require.resolve(`${name}/package.json`)), "..", ".bin", name);
}

async function worker({ compatibilityFlags: flags, release }) {
  const out = path.join(folder, "out");
  const modules = await bundleWorker(path.join(folder, "worker.mjs"), out);
  const { url } = await startWorkerd(out, { modules, variables: { HOST: host }, flags, release });
  const response = await fetch(url);
  if (!response.ok) throw new Error(`workerd answered ${response.status}: ${await response.text()}`);
  return response.json();
}

async function page(start) {
  const { url } = await servePage(path.join(folder, "page.mjs"), path.join(folder, "out"));
  const { browser } = await start();
  const tab = await browser.newPage();
  tab.setDefaultTimeout?.(300_000);
  await tab.goto(url);
  // Not `waitForFunction`, for which Puppeteer compiles text: the page's policy forbids that.
  const deadline = Date.now() + 60_000;
  while ((await tab.evaluate(() => document.title)) !== "ready") {
    if (Date.now() > deadline) throw new Error("the page did not become ready");
    await setTimeout(100);
  }
  return tab.evaluate((name) => globalThis.conform(name), host);
}
