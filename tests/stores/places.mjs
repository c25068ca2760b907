// Every store there is, over the real thing. `open` answers the store, or why there is none: `{ skipped }`.

import { cpSync, mkdtempSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { startMiniflare } from "../support/miniflare.mjs";
import { importPackage, installPackage, target } from "../support/package.mjs";
import { atEnd, startServer } from "../support/processes.mjs";
import { bundleWorker } from "../support/workerd.mjs";
import { startRedis, startUpstash } from "./redis.mjs";
import { remoteStore } from "./remote.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const require = createRequire(import.meta.url);
const folder = path.join(target, "stores-tests");
await installPackage(folder);
for (const name of ["worker.mjs", "deno.mjs", "remote.mjs"]) cpSync(path.join(here, name), path.join(folder, name));

export const stores = await importPackage(folder, "countersign/stores");

/** As large as a key set may be. */
const KEY_SET = 262_144;
const TEN_KILOBYTES = 10_240;

/** What is opened when the first place asks for it. */
const lazily = (open) => {
  let opened;
  return () => (opened ??= open());
};

export const worker = lazily(async () => {
  const out = path.join(folder, "worker");
  const modules = await bundleWorker(path.join(folder, "worker.mjs"), out);
  const { url } = await startMiniflare(out, { modules, objects: { STORE: "CountersignStore", PROBED: "ProbedStore" } });
  return url;
});

const inWorker = (name, atomic) => async () => ({ store: remoteStore(new URL(name, await worker()), { atomic }) });

const redis = lazily(() => startRedis(folder));
const withoutRedis = { skipped: "this machine has no redis-server (Debian's package of that name)" };

const nodeRedis = (specifier) => async () => {
  const port = await redis();
  if (port === undefined) return withoutRedis;
  const { createClient } = await import(specifier);
  const client = await createClient({ url: `redis://127.0.0.1:${port}` }).connect();
  atEnd(() => client.disconnect());
  return { store: stores.redisStore(client), client };
};

async function ioredis() {
  const port = await redis();
  if (port === undefined) return withoutRedis;
  const { Redis } = await import("ioredis");
  const client = new Redis({ host: "127.0.0.1", port });
  atEnd(() => client.disconnect());
  return { store: stores.redisStore(client) };
}

async function upstash() {
  const { client, skipped } = await nodeRedis("redis")();
  if (skipped) return { skipped };
  const { Redis } = await import("@upstash/redis");
  const url = await startUpstash(client);
  return { store: stores.redisStore(new Redis({ url, token: "none", enableTelemetry: false })) };
}

async function denoKv() {
  const program = path.join(path.dirname(require.resolve("deno/package.json")), "..", ".bin", "deno");
  const flags = [
    "--no-prompt",
    "--no-remote",
    "--node-modules-dir=manual",
    "--no-check",
    "--unstable-kv",
    "--allow-net",
  ];
  const { answer: port } = await startServer(program, ["run", ...flags, "deno.mjs"], {
    cwd: folder,
    log: path.join(folder, "deno.log"),
    ready: (line) => /listening on (\d+)/.exec(line)?.[1],
  });
  return { store: remoteStore(`http://127.0.0.1:${port}`, { atomic: true }) };
}

const unstorage = (driver) => async () => {
  const { createStorage } = await import("unstorage");
  return { store: stores.unstorageStore(createStorage({ driver: await driver() })) };
};

async function files() {
  const { default: driver } = await import("unstorage/drivers/fs");
  const base = mkdtempSync(path.join(folder, "files-"));
  atEnd(() => rmSync(base, { recursive: true, force: true }));
  return driver({ base });
}

async function memory() {
  const { default: driver } = await import("unstorage/drivers/memory");
  return driver();
}

export const places = [
  { name: "memory", atomic: true, open: () => ({ store: stores.memoryStore() }) },
  { name: "Workers KV", atomic: false, open: inWorker("kv", false) },
  { name: "Cache API", atomic: false, open: inWorker("cache", false) },
  { name: "Durable Object", atomic: true, open: inWorker("durable-object", true) },
  { name: "16 Durable Objects", atomic: true, open: inWorker("durable-objects", true) },
  { name: "D1", atomic: true, open: inWorker("d1", true) },
  { name: "redis 5", atomic: true, open: nodeRedis("redis") },
  { name: "redis 4", atomic: true, open: nodeRedis("redis-4") },
  { name: "ioredis", atomic: true, open: ioredis },
  { name: "Upstash", atomic: true, open: upstash },
  { name: "Deno KV", atomic: true, longest: TEN_KILOBYTES, open: denoKv },
  { name: "unstorage, memory", atomic: false, open: unstorage(memory) },
  { name: "unstorage, files", atomic: false, open: unstorage(files) },
].map((place) => ({ longest: KEY_SET, ...place }));
