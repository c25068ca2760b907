// The packed package in the hands of other people's tools: each builds the same program, and what it made is run.
//
//   node tests/bundlers/run.mjs [nightly] [PROJECT…]
//
// Tools are installed by npm into target/bundlers/, in the versions that the projects name. A project that cannot be
// installed is skipped, with the reason.

import { rmSync } from "node:fs";
import path from "node:path";

import { installPackage } from "../support/package.mjs";
import { endAll } from "../support/processes.mjs";
import { summarize } from "../support/summary.mjs";
import { install } from "./install.mjs";
import { Browser } from "./browser.mjs";
import { nightly, projects } from "./projects.mjs";
import { Rows } from "./rows.mjs";
import { aloneFolder, artifactsOf, work } from "./support.mjs";

const words = process.argv.slice(2);
const all = words[0] === "nightly" ? nightly : projects;
const wanted = words.filter((word) => word !== "nightly");
const chosen = all.filter(({ name }) => wanted.length === 0 || wanted.includes(name));

const rows = new Rows();
const began = Date.now();
try {
  const installed = await installPackage(path.join(work, "package"));
  const artifacts = artifactsOf(installed);
  const browser = new Browser(artifacts);
  // One after the other, while the projects before them run.
  let last = Promise.resolve();
  const folders = new Map(
    chosen.map((project) => {
      const start = last.then(() => install(project, installed));
      last = start.catch(() => undefined);
      return [project, start.catch((error) => ({ error }))];
    }),
  );
  for (const project of chosen) {
    const folder = await folders.get(project);
    if (folder.error) {
      rows.skip(project.name, `npm could not install it: ${folder.error.message.split("\n").slice(0, 3).join(" ")}`);
      continue;
    }
    const since = Date.now();
    const { visit, visitUrl, serviceWorker } = browser;
    const row = rows.of(project.name);
    try {
      await project.run({ folder, installed, artifacts, row, visit, visitUrl, serviceWorker });
    } catch (error) {
      // E.g. a build of which several rows are.
      rows.fail(project.name, error);
    }
    console.log(`  ${project.name}: ${((Date.now() - since) / 1000).toFixed(1)} s`);
  }
} finally {
  await endAll();
  rmSync(aloneFolder, { recursive: true, force: true });
}
console.log(`${((Date.now() - began) / 1000).toFixed(0)} s in all`);
summarize(rows.counts);
