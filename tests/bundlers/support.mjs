// What the projects share: programs, folders, and what of the package lies in them.

import { spawn } from "node:child_process";
import { cpSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { target } from "../support/package.mjs";

export const work = path.join(target, "bundlers");
export const apps = fileURLToPath(new URL("apps/", import.meta.url));

/** What tools must not do here: ask, tell their makers, or write colours. */
const QUIET = {
  CI: "1",
  NO_COLOR: "1",
  NEXT_TELEMETRY_DISABLED: "1",
  NG_CLI_ANALYTICS: "false",
  WRANGLER_SEND_METRICS: "false",
  PARCEL_WORKERS: "0",
};

/** Runs a program to its end. Answers what it printed; a failure is thrown with the last lines of that. */
export async function run(program, args, { cwd, env = {}, timeout = 240_000 } = {}) {
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...QUIET, ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let text = "";
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding("utf8").on("data", (part) => (text += part));
  const late = setTimeout(() => child.kill("SIGKILL"), timeout);
  const [status, signal] = await new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (...ended) => resolve(ended));
  });
  clearTimeout(late);
  if (status !== 0) {
    const name = [path.basename(program), ...args.slice(0, 2).map((arg) => path.basename(arg))].join(" ");
    const tail = text.trim().split("\n").slice(-12).join("\n");
    throw Object.assign(new Error(`${name} ended with ${signal ?? status}: ${tail}`), { output: text });
  }
  return text;
}

/** The same for a script of Node's. */
export const node = (args, options) => run(process.execPath, args, options);

/** The line that the program of the set-ups wrote, wherever in a text. */
export function lineIn(text) {
  const [line] = /(?:OK|FAIL) [^<\n]*/.exec(text) ?? [];
  return line?.trim() ?? `nothing: ${text.trim().slice(-400)}`;
}

/** Of this process, which may have company. */
export const aloneFolder = path.join(work, "alone", String(process.pid));
let folders = 0;

/** A folder with nothing in it but a copy of `from`: beside its sources a bundle finds a lost file by accident. */
export function alone(from) {
  // What is no module by its name is CommonJS there, as it is where nobody says anything.
  write(path.join(work, "alone"), { "package.json": {} });
  const folder = emptyFolder(path.join(aloneFolder, String((folders += 1))));
  cpSync(from, statSync(from).isDirectory() ? folder : path.join(folder, path.basename(from)), { recursive: true });
  return folder;
}

export function emptyFolder(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

export function write(folder, files) {
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, typeof text === "string" ? text : `${JSON.stringify(text, null, 2)}\n`);
  }
}

/** The artifacts by what is in them, since bundlers rename files: each as a file, and as base64 in a script. */
export function artifactsOf(installed) {
  const folder = path.join(installed, "dist/wasm");
  return readdirSync(folder)
    .filter((name) => name.endsWith(".wasm"))
    .map((name) => {
      const bytes = readFileSync(path.join(folder, name));
      const text = bytes.toString("base64");
      const middle = text.length >> 1;
      return { name: path.basename(name, ".wasm"), bytes, mark: text.slice(middle, middle + 120) };
    });
}

/** Which artifact a file is, or has in it: `core.wasm`, or `core.bytes` for base64. */
export function artifactsIn(artifacts, contents) {
  const file = artifacts.find(({ bytes }) => bytes.equals(contents));
  if (file) return [`${file.name}.wasm`];
  return artifacts.filter(({ mark }) => contents.includes(mark)).map(({ name }) => `${name}.bytes`);
}

/** What of the artifacts lies in a folder. */
export function emitted(artifacts, folder) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const found = files.flatMap((entry) => {
    return artifactsIn(artifacts, readFileSync(path.join(entry.parentPath ?? entry.path, entry.name)));
  });
  return [...new Set(found)].sort();
}

/** The names of the scripts with the bytes of an artifact, without what makes each build's its own. */
export function bytesFiles(artifacts, folder) {
  const files = readdirSync(folder, { recursive: true }).filter((name) => statSync(path.join(folder, name)).isFile());
  const scripts = files.filter((name) => {
    return artifactsIn(artifacts, readFileSync(path.join(folder, name))).some((found) => found.endsWith(".bytes"));
  });
  return scripts.map((name) => path.basename(name).replace(/\.bytes-[\w-]{8}\.js$/, ".bytes.js")).sort();
}

/** Asks until an answer comes. */
export async function ask(url, { seconds = 60, header } = {}) {
  let reason;
  for (const end = Date.now() + seconds * 1000; Date.now() < end;) {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(seconds * 1000) });
      const text = header ? (response.headers.get(header) ?? "") : await response.text();
      return lineIn(text);
    } catch (error) {
      reason = error;
      await new Promise((resolve) => setTimeout(resolve, 250));
    }
  }
  throw new Error(`no answer from ${url}: ${reason?.cause?.message ?? reason}`);
}
