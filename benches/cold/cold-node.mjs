// cold-node.mjs LIBRARY SCENARIO.json: prints the milliseconds from the import to the first verdict, in this new process.

import { readFileSync } from "node:fs";

const [, , library, file] = process.argv;
const scenario = JSON.parse(readFileSync(file, "utf8"));
const start = performance.now();
const { first } = await import(`./cold-${library}.mjs`);
const verdict = await first(scenario);
const end = performance.now();
if (typeof verdict !== "string") throw new Error("no verdict");
console.log(end - start);
