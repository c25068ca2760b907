// The JavaScript wrapper's own tests, over the installed package:  node tests/js/run.mjs [NAME…]
//
// Each *.test.mjs runs in a process of its own, where an unhandled rejection is a failure.

import { readdirSync } from "node:fs";
import { run } from "node:test";
import { fileURLToPath } from "node:url";
import { summarize } from "../support/summary.mjs";
import "./support/package.mjs"; // Installs it, if it is not there yet.

const here = fileURLToPath(new URL(".", import.meta.url));
const wanted = process.argv.slice(2);
const files = readdirSync(here)
  .filter((name) => name.endsWith(".test.mjs"))
  .filter((name) => wanted.length === 0 || wanted.includes(name.replace(".test.mjs", "")))
  .map((name) => here + name);

let passed = 0;
const failures = [];
const seen = new Map();
for await (const { type, data } of run({ files, concurrency: 1, timeout: 300_000 })) {
  if (type === "test:stdout" || type === "test:stderr") process.stdout.write(data.message);
  if (data.details?.type === "suite" || (type !== "test:pass" && type !== "test:fail")) continue;
  const file = (data.file ?? "").replace(here, "");
  // The runner reports each file as a test around its tests.
  if (data.name.endsWith(".test.mjs")) {
    if (type === "test:fail" && !seen.get(file)?.failed) failures.push(`${data.name}: ${data.details.error?.message}`);
    continue;
  }
  const counts = seen.get(file) ?? { passed: 0, failed: 0 };
  seen.set(file, counts);
  if (type === "test:pass") {
    counts.passed += 1;
    passed += 1;
  } else {
    counts.failed += 1;
    const error = data.details.error?.cause ?? data.details.error;
    failures.push(`${file}: ${data.name}\n        ${error?.stack ?? error}`);
  }
}
for (const [file, counts] of seen) console.log(`${file}: ${counts.passed} passed, ${counts.failed} failed`);
summarize({ passed, failures });
