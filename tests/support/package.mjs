// The packed npm package (`npm pack` of pkg/), and how a test or the demo gets it installed.

import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

export const root = fileURLToPath(new URL("../../", import.meta.url));
export const target = path.join(root, "target");

/** The tarball that `cargo xtask build` packed, or the one that COUNTERSIGN_TARBALL names. */
export function tarball() {
  const named = process.env.COUNTERSIGN_TARBALL;
  if (named) return path.resolve(named);
  const folder = path.join(target, "npm");
  const packed = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".tgz")) : [];
  if (packed.length === 0) {
    throw new Error("no packed package in target/npm: run `cargo xtask build` first");
  }
  const newest = (a, b) => statSync(path.join(folder, b)).mtimeMs - statSync(path.join(folder, a)).mtimeMs;
  return path.join(folder, packed.sort(newest)[0]);
}

/**
 * Installs the tarball into `folder`/node_modules, as a user would with npm. Takes no time when the same tarball is
 * there already. Answers the folder of the installed package.
 */
export async function installPackage(folder) {
  const file = tarball();
  const installed = path.join(folder, "node_modules", "countersign");
  const stamp = path.join(folder, "node_modules", ".countersign-sha256");
  const digest = createHash("sha256").update(readFileSync(file)).digest("hex");
  if (existsSync(stamp) && readFileSync(stamp, "utf8") === digest) return installed;

  rmSync(path.join(folder, "node_modules"), { recursive: true, force: true });
  rmSync(path.join(folder, "package-lock.json"), { force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(path.join(folder, "package.json"), '{ "private": true, "type": "module" }\n');
  // --offline: the package has no dependencies, so an installation that wants the network is a bug.
  const quiet = ["--offline", "--no-save", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"];
  await promisify(execFile)("npm", ["install", ...quiet, file], { cwd: folder });
  writeFileSync(stamp, digest);
  return installed;
}

/** Imports the package that `installPackage(folder)` installed, the way code in that folder would. */
export async function importPackage(folder, specifier = "countersign") {
  const module = path.join(folder, `import-${specifier.replaceAll("/", "-")}.mjs`);
  writeFileSync(module, `export * from ${JSON.stringify(specifier)};\n`);
  return import(pathToFileURL(module).href);
}
