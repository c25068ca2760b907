// What blocks say that are not run here: commands and features that must exist, and Rust that must be a doctest.

import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { brotliCompressSync } from "node:zlib";

import { root } from "../support/package.mjs";

const read = (file) => readFileSync(path.join(root, file), "utf8");
const programs = new Set([
  "cargo",
  "npm",
  "npx",
  "node",
  "curl",
  "cd",
  "echo",
  "export",
  "git",
  "deno",
  "bun",
  "openssl",
]);

/** Each line is a command that exists: a task of xtask, a script of the package, a file. */
export function* checkShell({ name, code }, folder) {
  for (const line of code.split("\n").filter((line) => line.trim() !== "" && !line.startsWith("#"))) {
    const words = line.split(/\s+/).filter((word) => !/^[A-Z_]+=/.test(word));
    yield { check: `${name}: ${line}`, problem: commandProblem(words) };
    if (line.includes("npx countersign ")) yield { check: `${name}: ${line}: runs`, problem: ownProblem(line, folder) };
  }
}

/** Runs a line with this package's program. Nobody answers it: what must not be is that it does not know its own words. */
function ownProblem(line, folder) {
  const env = { ...process.env, TOKEN: "a.b.c", BROWSER: "true", COUNTERSIGN_FOLDER: path.join(folder, "nobody") };
  const call = line
    .replace(/^curl .*\$\((.*)\).*$/, "$1")
    .replace(/ \| curl .*/, "")
    .replace(/ login .*/, "$& --timeout 1");
  const { status, stderr } = spawnSync("sh", ["-c", call], { cwd: folder, env, encoding: "utf8", timeout: 60_000 });
  return [0, 1, 3, 4].includes(status) ? undefined : `status ${status}: ${stderr.slice(0, 500)}`;
}

function commandProblem([program, first, second]) {
  if (!programs.has(program)) return `nobody knows the command ${program}`;
  if (program === "cargo" && first === "xtask") {
    const tasks = [...read("xtask/src/main.rs").matchAll(/^ {2}([a-z]+) .* {2,}\S/gm)].map(([, task]) => task);
    return tasks.includes(second) ? undefined : `xtask has no task ${second}, only ${tasks.join(", ")}`;
  }
  if (program === "npm" && first === "install" && second?.endsWith(".tgz")) {
    const version = /^version = "(.+)"$/m.exec(read("Cargo.toml"))[1];
    return path.basename(second) === `countersign-${version}.tgz` ? undefined : `the version is ${version}`;
  }
  if (program === "node" && !existsSync(path.join(root, first))) return `there is no file ${first}`;
  return undefined;
}

/** A dependency on this crate has its version and features that it has. */
export function* checkToml({ name, code }) {
  const manifest = read("Cargo.toml");
  const version = /^version = "(.+)"$/m.exec(manifest)[1];
  const features = new Set(
    [.../^\[features\]\n([^]*?)\n\n/m.exec(manifest)[1].matchAll(/^([a-z-]+) = /gm)].map(([, feature]) => feature),
  );
  for (const [line] of code.matchAll(/^countersign = .*$/gm)) {
    const [, wanted] = /"([0-9.]+)"/.exec(line) ?? [];
    yield { check: `${name}: version`, problem: version.startsWith(wanted) ? undefined : `the version is ${version}` };
    for (const [, feature] of (/features = \[(.*)\]/.exec(line)?.[1] ?? "").matchAll(/"([^"]+)"/g)) {
      const problem = features.has(feature) ? undefined : `there is no feature ${feature}`;
      yield { check: `${name}: feature ${feature}`, problem };
    }
  }
}

/** The crate includes the file as documentation, so that `cargo test --doc` compiles and runs the block. */
export function checkRust(file, { words }) {
  if (words.includes("ignore")) return "it is ignored: say `<!-- not run: why -->`";
  return read("src/lib.rs").includes(`include_str!("../${file}")`) ? undefined : `src/lib.rs does not include ${file}`;
}

/** A size that the text tells is that of the installed package, give or take a tenth. */
export function* checkSizes(file, text, folder) {
  const stated = /`((?:core|auth|engine)\.wasm)`,?\s+(?:which\s+)?has\s+(\d+)\s+KB\s+\((\d+)\s+KB\s+with\s+Brotli\)/g;
  for (const [, name, raw, compressed] of text.matchAll(stated)) {
    const bytes = readFileSync(path.join(folder, "node_modules/countersign/dist/wasm", name));
    const sizes = [bytes.length, brotliCompressSync(bytes).length].map((size) => Math.round(size / 1000));
    const right = [raw, compressed].every((size, index) => Math.abs(size - sizes[index]) <= sizes[index] / 10);
    yield { check: `${file}: size of ${name}`, problem: right ? undefined : `it has ${sizes.join(" KB, ")} KB` };
  }
}
