// The tools of a project, by npm, in the versions that the project names; and the packed package beside them.

import { cpSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { emptyFolder, run, work, write } from "./support.mjs";

const NPM = process.platform === "win32" ? "npm.cmd" : "npm";

/** Installs into the project's own folder and answers that. What is there already is not asked for again. */
export async function install({ name, packages = {} }, installed) {
  const folder = path.join(work, name.replaceAll(/\W+/g, "-"));
  const manifest = { private: true, type: "module", dependencies: packages };
  const stamp = path.join(folder, "node_modules/.installed.json");
  const wanted = JSON.stringify([manifest, process.version]);
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== wanted) {
    emptyFolder(folder);
    write(folder, { "package.json": manifest });
    if (Object.keys(packages).length > 0) {
      // No scripts: what a tool downloads or compiles when it is installed is none of ours to run.
      const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
      await run(NPM, ["install", "--prefer-offline", ...quiet], { cwd: folder, timeout: 600_000 });
    }
    write(folder, { "node_modules/.installed.json": "" });
    writeFileSync(stamp, wanted);
  }
  // What an earlier run has made.
  for (const entry of readdirSync(folder).filter((file) => /^out\b/.test(file))) {
    rmSync(path.join(folder, entry), { recursive: true });
  }
  const own = path.join(folder, "node_modules/countersign");
  rmSync(own, { recursive: true, force: true });
  cpSync(installed, own, { recursive: true });
  // Vite takes the same version for the same contents.
  rmSync(path.join(folder, "node_modules/.vite"), { recursive: true, force: true });
  return folder;
}
