// Every host that ran, and native Rust, came to the same verdict in every case of the corpus.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import { target } from "../support/package.mjs";
import { summarize } from "../support/summary.mjs";
import { capabilities } from "./capabilities.mjs";

const lists = new Map();
let skipped = 0;
for (const host of ["native", ...Object.keys(capabilities)]) {
  const file = path.join(target, "verdicts", `${host}.json`);
  if (existsSync(file)) {
    lists.set(host, JSON.parse(readFileSync(file, "utf8")));
  } else {
    console.log(`skipped: ${host} has left no verdicts`);
    skipped += 1;
  }
}

const failures = [];
let passed = 0;
const [[first, reference] = []] = lists;
if (lists.size < 2) failures.push(`there are verdicts of ${lists.size} host(s), so nothing was compared`);
for (const id of new Set([...lists.values()].flatMap((list) => Object.keys(list)))) {
  // That of a package without an engine may be missing, as its suite has asserted in each case.
  const lacksEngine = (host, list) => capabilities[host]?.slim && list[id] === "engine_unavailable";
  const different = [...lists].filter(([host, list]) => list[id] !== reference[id] && !lacksEngine(host, list));
  if (different.length === 0) passed += 1;
  else
    failures.push(
      `${id}: ${[[first, reference], ...different].map(([host, list]) => `${host} says ${list[id] ?? "nothing"}`).join(", ")}`,
    );
}
console.log(`${[...lists.keys()].join(", ")}: ${passed} identical verdicts`);
summarize({ passed, failures, skipped });
