// Brings up npm's oidc-provider, the application on Node with its sessions in each place, and examples/worker-web in Miniflare.

import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { startMiniflare } from "../support/miniflare.mjs";
import { installPackage, root, target } from "../support/package.mjs";
import { startServer } from "../support/processes.mjs";
import { bundleWorker } from "../support/workerd.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
export const folder = path.join(target, "web-tests");
export const secret = "odd: 100% + more/less & so on, for thirty-two bytes";

/** Where sessions are, by host. */
const KINDS = ["node, in cookies", "node, in cookies with a store", "node, in a store", "workerd, in a Durable Object"];
const NODE = ["cookie", "denylist", "store"];

export async function start() {
  mkdirSync(folder, { recursive: true });
  await installPackage(folder);
  const ports = [];
  for (const kind of KINDS) ports.push(await freePort(kind));
  const origins = ports.map((port) => `http://127.0.0.1:${port}`);
  const { answer: issuer } = await startServer(process.execPath, [path.join(here, "provider.mjs"), ...origins], {
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
  await startWorker(ports.at(-1), issuer);
  return {
    issuer,
    applications: KINDS.map((name, at) => ({ name, origin: origins[at], kind: NODE[at] ?? "store" })),
    events: async () => (await fetch(`${issuer}/test/events`)).json(),
  };
}

async function startWorker(port, issuer) {
  const example = path.join(folder, "worker-web");
  rmSync(example, { recursive: true, force: true });
  cpSync(path.join(root, "examples/worker-web"), example, { recursive: true });
  const out = path.join(example, "out");
  const modules = await bundleWorker(path.join(example, "src/index.js"), out);
  const variables = {
    ORIGIN: `http://127.0.0.1:${port}`,
    ISSUER: issuer,
    CLIENT_ID: `app${KINDS.length - 1}`,
    CLIENT_SECRET: secret,
    COOKIE_SECRET: cookieSecret(),
  };
  await startMiniflare(out, { modules, objects: { STORE: "CountersignStore" }, variables, port });
}

export const cookieSecret = () => randomBytes(32).toString("base64");

/** A port that nobody listens at now: the origin is configured before the server is there. */
export function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}
