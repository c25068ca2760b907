// cold-node.mjs LIBRARY SCENARIO.json: prints the milliseconds from the import to the first verdict, in this new process.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const [, , library, file] = process.argv;
const scenario = JSON.parse(readFileSync(file, "utf8"));
const start = performance.now();
const { first } = await import(`./cold-${library}.mjs`);
const slim = () => readFileSync(fileURLToPath(import.meta.resolve("countersign/countersign-slim.wasm")));
const verdict = await first(scenario, library === "slim" ? slim() : undefined);
const end = performance.now();
if (typeof verdict !== "string") throw new Error("no verdict");
console.log(end - start);
