// The example's applications in frameworks, which npm installs into target/.

import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

import { root, target } from "../support/package.mjs";

const run = promisify(execFile);
const PACKAGES = { react: "19.3.1", "react-dom": "19.3.1", vue: "3.5.45", svelte: "5.57.3" };

export const frameworks = ["react", "vue", "svelte"];

/** Bundles them. Answers the folder with the scripts, or why there is none. */
export async function buildFrameworks() {
  const folder = path.join(target, "spa-apps");
  const manifest = JSON.stringify({ private: true, type: "module", dependencies: PACKAGES });
  const stamp = path.join(folder, "node_modules/.installed.json");
  if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== manifest) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(path.join(folder, "package.json"), manifest);
    const quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--no-package-lock", "--loglevel=error"];
    try {
      await run("npm", ["install", "--prefer-offline", ...quiet], { cwd: folder, timeout: 300_000 });
    } catch (error) {
      return { problem: `npm cannot install React, Vue and Svelte: ${String(error.stderr ?? error).slice(0, 200)}` };
    }
    writeFileSync(stamp, manifest);
  }
  const example = path.join(folder, "browser-spa");
  rmSync(example, { recursive: true, force: true });
  cpSync(path.join(root, "examples/browser-spa"), example, {
    recursive: true,
    filter: (source) => !["node_modules", "dist"].includes(path.basename(source)),
  });
  await run(process.execPath, ["build.mjs"], { cwd: example });
  return { scripts: path.join(example, "dist") };
}
