// What a session in a cookie costs on Node, beside iron-session and Auth.js, and how many users sign in and refresh a second.

import { execFile } from "node:child_process";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

import { root } from "../tests/support/package.mjs";
import { startServer } from "../tests/support/processes.mjs";
import { folder } from "./hosts.mjs";
import { quartiles } from "./runner.mjs";

/** Nobody listens there: the application's requests stay in its process. */
const origin = "http://127.0.0.1:1";
/** What tests/web/provider.mjs knows the application by. */
const secret = "odd: 100% + more/less & so on, for thirty-two bytes";

/** `{ size, times, signIns, refreshes }`: of cookies in characters, in microseconds, and how many a second. */
export async function sessions({ effort, flows }) {
  const cookies = await answerOf("session-cookies.mjs", { effort });
  const program = path.join(root, "tests/web/provider.mjs");
  const { answer: issuer, close } = await startServer(process.execPath, [program, "--life", "1", origin], {
    log: path.join(folder, "session-provider.log"),
    ready: (line) => (line.startsWith('{"issuer"') ? JSON.parse(line).issuer : undefined),
  });
  const rates = await answerOf("session-flows.mjs", { issuer, origin, secret, ...flows });
  await close();
  return { ...cookies, signIns: summary(rates.signIns), refreshes: summary(rates.refreshes) };
}

const summary = (rounds) =>
  Object.fromEntries(["rate", "cpu"].map((name) => [name, quartiles(rounds.map((round) => round[name]))]));

async function answerOf(program, job) {
  const file = path.join(folder, `${program}.json`);
  writeFileSync(file, JSON.stringify(job));
  const { stdout } = await promisify(execFile)(process.execPath, [path.join(folder, program), file]);
  return JSON.parse(stdout);
}
