// warm-up-node.mjs SUBJECT SCENE.json: prints what this new process takes, as JSON.

import { readFileSync } from "node:fs";

import { firstVerifications } from "./warm-up-steps.mjs";

const [, , subject, file] = process.argv;
const scene = JSON.parse(readFileSync(file, "utf8"));
console.log(JSON.stringify(await firstVerifications(await import(`./warm-up-${subject}.mjs`), scene)));
