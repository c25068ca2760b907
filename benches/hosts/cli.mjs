// Runs on Node, Deno and Bun:  cli.mjs JOB.json, which is { scenes, effort, wasmPeer? }. Prints the results as JSON.

import { readFileSync } from "node:fs";
import process from "node:process";
import * as countersign from "countersign";

import { contest, lineUp, wall } from "./contest.mjs";
import { overNodeCrypto } from "./node-subjects.mjs";
import { portable } from "./subjects.mjs";
import { jsonwebtokenInWasm } from "./wasm-peer.mjs";

/** Of all threads, for WebCrypto works in others. */
const processor = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};

const { scenes, effort, wasmPeer } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const peer = wasmPeer && jsonwebtokenInWasm(wasmPeer);
const answer = { times: {}, absent: {} };
for (const scene of scenes) {
  console.error(`  ${scene.table}: ${scene.id}`);
  const entries = [
    ...overNodeCrypto(scene),
    ...portable(countersign, scene, { sync: true }),
    ...(peer && scene.table === "algorithms" ? [["jsonwebtoken (Rust) in wasm", peer]] : []),
  ];
  const { contestants, absent } = await lineUp(entries, scene);
  answer.times[scene.id] = await contest(contestants, effort, { wall, processor });
  Object.assign(answer.absent, absent);
}
console.log(JSON.stringify(answer));
