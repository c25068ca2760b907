// Brings up npm's oidc-provider, the application on Node with its sessions in each place, and examples/worker-web in Miniflare.

import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { startMiniflare } from "../support/miniflare.mjs";
import { installPackage, root, target } from "../support/package.mjs";
import { freePort, startServer } from "../support/processes.mjs";
import { bundleWorker } from "../support/workerd.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
export const folder = path.join(target, "web-tests");
const secret = "odd: 100% + more/less & so on, for thirty-two bytes";

/** Where sessions are, by host. */
const KINDS = ["node, in cookies", "node, in cookies with a store", "node, in a store", "workerd, in a Durable Object"];
const NODE = ["cookie", "denylist", "store"];

export async function start() {
  mkdirSync(folder, { recursive: true });
  await installPackage(folder);
  const ports = [];
  while (ports.length < KINDS.length) ports.push(await freePort());
  const origins = ports.map((port) => `http://127.0.0.1:${port}`);
  // For browsers alone, which have rules of their own for it.
  const localPort = await freePort();
  const local = `http://localhost:${localPort}`;
  const { answer: issuer } = await startServer(process.execPath, [path.join(here, "provider.mjs"), ...origins, local], {
    log: path.join(folder, "provider.log"),
    ready: (line) => (line.startsWith('{"issuer"') ? JSON.parse(line).issuer : undefined),
  });
  cpSync(path.join(here, "node-app.mjs"), path.join(folder, "node-app.mjs"));
  for (const [at, kind] of NODE.entries()) {
    const program = [path.join(folder, "node-app.mjs"), kind, ports[at], issuer, `app${at}`, secret, cookieSecret()];
    await startServer(process.execPath, program.map(String), {
      log: path.join(folder, `${kind}.log`),
      ready: (line) => (line === "ready" ? true : undefined),
    });
  }
  const worker = await bundleExample();
  await startWorker(worker, ports.at(-1), {
    ISSUER: issuer,
    ORIGIN: origins.at(-1),
    CLIENT_ID: `app${KINDS.length - 1}`,
  });
  await startWorker(worker, localPort, { ISSUER: issuer, ORIGIN: local, CLIENT_ID: `app${KINDS.length}` });
  return {
    issuer,
    local,
    applications: KINDS.map((name, at) => ({ name, origin: origins[at], kind: NODE[at] ?? "store" })),
    events: async () => (await fetch(`${issuer}/test/events`)).json(),
  };
}

async function bundleExample() {
  const example = path.join(folder, "worker-web");
  rmSync(example, { recursive: true, force: true });
  cpSync(path.join(root, "examples/worker-web"), example, { recursive: true });
  const out = path.join(example, "out");
  return { out, modules: await bundleWorker(path.join(example, "src/index.js"), out) };
}

async function startWorker({ out, modules }, port, names) {
  const variables = { ...names, CLIENT_SECRET: secret, COOKIE_SECRET: cookieSecret() };
  await startMiniflare(out, { modules, objects: { STORE: "CountersignStore" }, variables, port });
}

const cookieSecret = () => randomBytes(32).toString("base64");
