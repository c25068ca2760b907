// cold-node.mjs SUBJECT SCENE.json: prints the milliseconds from the import to the first verdict, in this new process.

import { readFileSync } from "node:fs";

const [, , subject, file] = process.argv;
const scene = JSON.parse(readFileSync(file, "utf8"));
const start = performance.now();
const { first } = await import(`./cold-${subject}.mjs`);
const verdict = await first(scene);
const end = performance.now();
if (typeof verdict !== "string") throw new Error("no verdict");
console.log(end - start);
