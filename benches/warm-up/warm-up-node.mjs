// warm-up-node.mjs LIBRARY SCENARIO.json: prints what this new process takes, as JSON.

import { readFileSync } from "node:fs";

import { firstVerifications } from "./warm-up-steps.mjs";

const [, , library, file] = process.argv;
const scenario = JSON.parse(readFileSync(file, "utf8"));
console.log(JSON.stringify(await firstVerifications(await import(`./warm-up-${library}.mjs`), scenario)));
