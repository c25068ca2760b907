// Brings up what the demo shows: the provider, and the examples with the packed package installed.

import { randomBytes } from "node:crypto";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { execFile } from "node:child_process";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { importPackage, installPackage, target } from "../../tests/support/package.mjs";
import { freePort } from "../../tests/support/ports.mjs";
import { startServer } from "../../tests/support/processes.mjs";
import { bundleWorker, startWorkerd } from "../../tests/support/workerd.mjs";
import { apis, audience, clientSecret, notes, pageClient, webClients } from "./names.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = path.join(target, "demo");
const variables = { AUDIENCE: audience, CLOCK_TOLERANCE: "0" };

/** Lays the examples out in target/demo, where the packed package is installed as a user would install it. */
export async function layOut() {
  mkdirSync(folder, { recursive: true });
  await installPackage(folder);
  for (const name of ["worker-api", "node-api", "browser", "browser-spa", "demo/web", "inspector"]) {
    rmSync(path.join(folder, name), { recursive: true, force: true });
    cpSync(path.join(here, "..", name), path.join(folder, name), {
      recursive: true,
      filter: (source) => !["node_modules", "dist"].includes(path.basename(source)),
    });
  }
  return importPackage(folder, "countersign/client");
}

export async function startProvider() {
  const { answer } = await startServer(process.execPath, [path.join(here, "provider.mjs")], {
    log: path.join(folder, "provider.log"),
    ready: (line) => (line.startsWith('{"issuer"') ? JSON.parse(line).issuer : undefined),
  });
  return answer;
}

export async function startWorkerApi(issuer) {
  const out = path.join(folder, "worker-api", "out");
  const modules = await bundleWorker(path.join(folder, "worker-api", "src", "index.js"), out);
  const { url } = await startWorkerd(out, { modules, variables: { ISSUER: issuer, ...variables } });
  return `${url}/`;
}

export const startNodeApi = (issuer) => startExample("node-api", "server.mjs", { ISSUER: issuer, ...variables });

export async function startBrowserPage(issuer) {
  await promisify(execFile)(process.execPath, [path.join(folder, "browser", "build.mjs")]);
  return startExample("browser", "serve.mjs", { ISSUER: issuer });
}

export const startInspector = () =>
  startExample("inspector", "serve.mjs", { ERRORS: path.join(here, "../../docs/reference/errors.md") });

/** The web application on each host, with the APIs that it may ask, by their names. */
export async function startWebApplications(issuer, protectedApis) {
  const variables = async (host) => ({
    ORIGIN: `http://127.0.0.1:${await freePort()}`,
    ISSUER: issuer,
    CLIENT_ID: webClients[host],
    CLIENT_SECRET: clientSecret,
    COOKIE_SECRET: randomBytes(32).toString("base64"),
    RESOURCE: apis.es256.resource,
    APIS: JSON.stringify(protectedApis),
  });
  const inWorker = await variables("workerd");
  const out = path.join(folder, "demo", "web", "out");
  const modules = await bundleWorker(path.join(folder, "demo", "web", "worker.mjs"), out);
  const [{ url }, onNode] = await Promise.all([
    startWorkerd(out, { modules, variables: inWorker, port: new URL(inWorker.ORIGIN).port }),
    startExample("demo/web", "node.mjs", await variables("node")),
  ]);
  return { workerd: `${url}/`, node: onNode };
}

export const startPage = (issuer) =>
  startExample("browser-spa", "serve.mjs", { ISSUER: issuer, CLIENT_ID: pageClient, RESOURCE: notes.resource });

async function startExample(name, program, environment) {
  const { answer } = await startServer(process.execPath, [path.join(folder, name, program)], {
    log: path.join(folder, `${name.replace("/", "-")}.log`),
    env: { ...process.env, ...environment, PORT: "0" },
    ready: (line) => (line.startsWith("http://") ? line : undefined),
  });
  return answer;
}
