// An example as a user has it: a copy of its folder with the packed package, and a server to sign in at.

import { cpSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { installPackage, root, target } from "../support/package.mjs";
import { startServer } from "../support/processes.mjs";
import { bundleWorker } from "../support/workerd.mjs";

export const folder = path.join(target, "examples-tests");

/** Copies an example into a folder where the package is installed. */
export async function installExample(name) {
  await installPackage(folder);
  const copy = path.join(folder, name);
  rmSync(copy, { recursive: true, force: true });
  cpSync(path.join(root, "examples", name), copy, { recursive: true });
  return copy;
}

/** Bundles the Worker of an example as Wrangler does. */
export async function bundleExample(name) {
  const copy = await installExample(name);
  const out = path.join(copy, "out");
  return { out, modules: await bundleWorker(path.join(copy, "src/index.js"), out) };
}

/** Starts the server to sign in at, for an application at `origin`. Answers its issuer, and the secret of the clients. */
export async function startProvider(name, origin) {
  const program = fileURLToPath(new URL("provider.mjs", import.meta.url));
  const { answer } = await startServer(process.execPath, [program, origin], {
    log: path.join(folder, `${name}-provider.log`),
    ready: (line) => (line.startsWith('{"issuer"') ? JSON.parse(line) : undefined),
  });
  return answer;
}
