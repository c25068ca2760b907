// Runs on Node, Deno and Bun:  cli.mjs JOB.json, which is { scenarios, effort, wasmPeer? }. Prints the results as JSON.

import { readFileSync } from "node:fs";
import process from "node:process";
import * as countersign from "countersign";

import { compare, prepare, wall } from "./runner.mjs";
import { overNodeCrypto } from "./node-libraries.mjs";
import { portable } from "./libraries.mjs";
import { jsonwebtokenInWasm } from "./wasm-peer.mjs";

/** Of all threads, for WebCrypto works in others. */
const processor = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const { scenarios, effort, wasmPeer } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const peer = wasmPeer && jsonwebtokenInWasm(wasmPeer);
const answer = { times: {}, absent: {} };
for (const scenario of scenarios) {
  console.error(`  ${scenario.table}: ${scenario.id}`);
  const entries = [
    ...overNodeCrypto(scenario),
    ...portable(countersign, scenario, { sync: true }),
    ...(peer && scenario.table === "algorithms" ? [["jsonwebtoken (Rust) in wasm", peer]] : []),
  ];
  const { libraries, absent } = await prepare(entries, scenario);
  answer.times[scenario.id] = await compare(libraries, effort, { wall, processor });
  Object.assign(answer.absent, absent);
}
console.log(JSON.stringify(answer));
