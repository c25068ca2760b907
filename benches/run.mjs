// How long one verification takes, beside other libraries:
//   node benches/run.mjs [--host node|workerd|chromium|deno|bun|native]… [--guards] [--sessions]
//     [--quick] [--write] [--json FILE]
//
// Prints Markdown. A full run also writes docs/benchmarks/README.md, its plots, and the numbers behind them; a quick one
// does so only with --write. Of hosts that are not run the numbers of the last time are kept. With --json nothing of docs/ is
// touched: the numbers go to the file, e.g. to compare two commits. With --guards or --sessions only guarded routes or sessions are measured.

import { execFile } from "node:child_process";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";
import { parseArgs, promisify } from "node:util";

import { root } from "../tests/support/package.mjs";
import { endAll } from "../tests/support/processes.mjs";
import { coldStarts } from "./cold.mjs";
import { guards } from "./guards.mjs";
import { folder, hosts, layOut } from "./hosts.mjs";
import { publication, report } from "./report/report.mjs";
import { makeScenarios } from "./scenarios.mjs";
import { sessions } from "./sessions.mjs";
import { sizes } from "./sizes.mjs";
import { warmUps } from "./warm-up.mjs";

const { values } = parseArgs({
  options: {
    host: { type: "string", multiple: true, default: Object.keys(hosts) },
    guards: { type: "boolean", default: false },
    sessions: { type: "boolean", default: false },
    quick: { type: "boolean", default: false },
    write: { type: "boolean", default: false },
    json: { type: "string" },
  },
});
if (values.guards || values.sessions) values.host = [];
const stranger = values.host.find((host) => !Object.hasOwn(hosts, host));
if (stranger !== undefined) {
  console.error(`no host ${stranger}; there are ${Object.keys(hosts).join(", ")}`);
  process.exit(2);
}
// Many short rounds: of those that another program interrupts, the median knows nothing while they are fewer than half.
const extent = values.quick
  ? {
      effort: { rounds: 15, milliseconds: 2, warmUp: 30 },
      guards: { rounds: 5, requests: 200, warmUp: 1000 },
      flows: { rounds: 5, users: 32, atOnce: 8 },
      starts: 3,
      verifications: 20_000,
    }
  : {
      effort: { rounds: 61, milliseconds: 4, warmUp: 150 },
      guards: { rounds: 31, requests: 400, warmUp: 5000 },
      flows: { rounds: 31, users: 64, atOnce: 8 },
      starts: 15,
      verifications: 1_000_000,
    };
const store = path.join(publication, "results.json");

try {
  const results = await measure();
  const writes = values.json === undefined && (values.write || !values.quick);
  const kept = writes && existsSync(store) ? JSON.parse(readFileSync(store, "utf8")) : {};
  const { text, files } = await report(merge(kept, results));
  console.log(text);
  if (values.json !== undefined) writeFileSync(values.json, JSON.stringify(results));
  if (writes)
    for (const [name, contents] of Object.entries(files)) writeFileSync(path.join(publication, name), contents);
} finally {
  await endAll();
}

async function measure() {
  await layOut();
  const scenarios = makeScenarios();
  const results = { machine: machine(), versions: versions(), hosts: {} };
  const job = { scenarios, effort: extent.effort, wasmPeer: process.env.COUNTERSIGN_BENCH_WASM_PEER };
  for (const name of values.host) {
    console.error(`${name} …`);
    const began = Date.now();
    const answer = await hosts[name](job);
    if (answer.skipped) console.error(`  skipped: ${answer.skipped}`);
    else results.hosts[name] = rounded({ date: today(), ...answer });
    console.error(`  in ${Math.round((Date.now() - began) / 1000)} s`);
  }
  results.cold = rounded(await coldStarts(scenarios, values.host, extent.starts));
  results.warmUp = rounded(await warmUps(scenarios, values.host, extent.starts));
  if (values.host.includes("node")) {
    results.sizes = await sizes();
    results.memory = await memory(scenarios.filter(({ table }) => table === "algorithms"));
  }
  if (values.guards || values.host.includes("node")) {
    console.error("guards …");
    results.guards = rounded({
      date: today(),
      program: `Node ${process.versions.node} and workerd`,
      routes: await guards(extent.guards),
    });
  }
  if (values.sessions || values.host.includes("node")) {
    console.error("sessions …");
    results.sessions = rounded({
      date: today(),
      program: `Node ${process.versions.node}`,
      ...(values.quick && { extent: "quick" }),
      ...(await sessions(extent)),
    });
  }
  return results;
}

async function memory(scenarios) {
  const file = path.join(folder, "memory.json");
  writeFileSync(file, JSON.stringify(scenarios));
  const program = path.join(folder, "memory.mjs");
  const { stdout } = await promisify(execFile)(process.execPath, [program, file, String(extent.verifications)]);
  return JSON.parse(stdout);
}

function machine() {
  const [{ model }, ...others] = os.cpus();
  return { processor: `${others.length + 1} × ${model}`, system: `${os.type()} ${os.arch()}` };
}

/** Of the peers, by the names that the page has for them. */
function versions() {
  const packages = [
    "jose",
    "fast-jwt",
    "aws-jwt-verify",
    "hono",
    "@tsndr/cloudflare-worker-jwt",
    "jsonwebtoken",
    "express-oauth2-jwt-bearer",
    "@fastify/jwt",
    "iron-session",
    "@auth/core",
  ];
  const npm = packages.map((name) => {
    const manifest = readFileSync(path.join(root, "node_modules", name, "package.json"), "utf8");
    return [name, JSON.parse(manifest).version];
  });
  const lock = readFileSync(path.join(root, "Cargo.lock"), "utf8");
  const crates = ["jsonwebtoken", "aws-lc-rs"].map((name) => {
    const [, version] = new RegExp(`name = "${name}"\nversion = "(.+)"`).exec(lock);
    return [`${name} (Rust)`, version];
  });
  return Object.fromEntries([...npm, ...crates]);
}

function today() {
  return new Date().toISOString().slice(0, 10);
}

/** Three digits are more than a machine repeats. */
function rounded(value) {
  const replacer = (_, number) => (typeof number === "number" ? Number(number.toPrecision(3)) : number);
  return JSON.parse(JSON.stringify(value, replacer));
}

function merge(kept, fresh) {
  const both = Object.fromEntries(["hosts", "cold", "warmUp"].map((part) => [part, { ...kept[part], ...fresh[part] }]));
  return { ...kept, ...fresh, ...both };
}
