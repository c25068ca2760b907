// Brings up the authorization server and examples/mcp-server with the packed package installed.

import { cpSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { importPackage, installPackage, target } from "../support/package.mjs";
import { startServer } from "../support/processes.mjs";
import { bundleWorker, startWorkerd } from "../support/workerd.mjs";
import { resource } from "./names.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = path.join(target, "mcp-tests");

/** Answers the package, the issuer, and a `fetch` by which the server has its public address. */
export async function start() {
  mkdirSync(folder, { recursive: true });
  await installPackage(folder);
  const example = path.join(folder, "mcp-server");
  rmSync(example, { recursive: true, force: true });
  cpSync(path.join(here, "../../examples/mcp-server"), example, {
    recursive: true,
    filter: (source) => path.basename(source) !== "node_modules",
  });
  const { answer: issuer } = await startServer(process.execPath, [path.join(here, "provider.mjs")], {
    log: path.join(folder, "provider.log"),
    ready: (line) => (line.startsWith('{"issuer"') ? JSON.parse(line).issuer : undefined),
  });
  const out = path.join(example, "out");
  const modules = await bundleWorker(path.join(example, "src", "index.js"), out);
  const at = async (ISSUER) => {
    const { url } = await startWorkerd(out, { modules, variables: { ISSUER, RESOURCE: resource } });
    return fetchBy(url);
  };
  const guards = await importPackage(folder, "countersign/guard");
  return {
    countersign: await importPackage(folder, "countersign/client"),
    guards,
    issuer,
    fetch: await at(issuer),
    at,
  };
}

/** `fetch`, for which workerd answers as the server's origin. */
function fetchBy(url) {
  const { origin } = new URL(resource);
  return (input, init) => {
    const asked = new URL(input instanceof Request ? input.url : input);
    if (asked.origin !== origin) return fetch(input, init);
    const there = new URL(`${asked.pathname}${asked.search}`, url);
    return fetch(input instanceof Request ? new Request(there, input) : there, init);
  };
}
