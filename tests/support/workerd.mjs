// A module worker in plain workerd: bundled by esbuild, its wasm files embedded as modules, as Wrangler does it.

import { copyFileSync, mkdirSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { startServer } from "./processes.mjs";

const require = createRequire(import.meta.url);

/** Bundles `entry` into `folder`/worker.js. Answers the names of the wasm modules that lie beside it. */
export async function bundleWorker(entry, folder) {
  const { build } = await import("esbuild");
  mkdirSync(folder, { recursive: true });
  const modules = new Set();
  const keepWasm = {
    name: "wasm-modules",
    setup({ onResolve }) {
      onResolve({ filter: /\.wasm$/ }, async ({ path: specifier, resolveDir }) => {
        const file = specifier.startsWith(".")
          ? path.join(resolveDir, specifier)
          : require.resolve(specifier, { paths: [resolveDir] });
        const name = path.basename(file);
        copyFileSync(file, path.join(folder, name));
        modules.add(name);
        return { path: `./${name}`, external: true };
      });
    },
  };
  await build({
    entryPoints: [entry],
    outfile: path.join(folder, "worker.js"),
    bundle: true,
    format: "esm",
    target: "esnext",
    conditions: ["workerd", "worker", "browser"],
    external: ["node:*", "cloudflare:*"],
    plugins: [keepWasm],
    logLevel: "error",
  });
  return [...modules];
}

/** What runs of workerd there are: the package of npm, and a compatibility date that it knows. */
export const releases = {
  newest: { program: "workerd", date: "2026-01-01" },
  late: { program: "workerd-late", date: "2026-03-01" },
  oldest: { program: "workerd-oldest", date: "2025-10-01" },
};

/** Starts workerd with the worker that lies in `folder`, on that port of 127.0.0.1, or a free one. */
export async function startWorkerd(
  folder,
  {
    modules = [],
    variables = {},
    flags = [],
    release = "newest",
    date = releases[release].date,
    port: wanted = 0,
  } = {},
) {
  const text = (value) => JSON.stringify(String(value));
  const config = `using Workerd = import "/workerd/workerd.capnp";

const config :Workerd.Config = (
  services = [
    (name = "main", worker = .worker),
    (name = "internet", network = (allow = ["public", "private", "local"])),
  ],
  sockets = [ (name = "http", address = "127.0.0.1:${wanted}", http = (), service = "main") ],
);

const worker :Workerd.Worker = (
  compatibilityDate = ${text(date)},
  compatibilityFlags = [${flags.map(text).join(", ")}],
  modules = [
    (name = "worker.js", esModule = embed "worker.js"),
${modules.map((name) => `    (name = ${text(name)}, wasm = embed ${text(name)}),\n`).join("")}  ],
  bindings = [
${Object.entries(variables)
  .map(([name, value]) => `    (name = ${text(name)}, text = ${text(value)}),\n`)
  .join("")}  ],
);
`;
  const file = path.join(folder, "config.capnp");
  writeFileSync(file, config);
  const {
    answer: port,
    pid,
    close,
  } = await startServer(await workerdProgram(release), ["serve", file, "--control-fd=3"], {
    log: path.join(folder, "workerd.log"),
    fd: 3,
    ready(line) {
      const event = JSON.parse(line);
      return event.event === "listen" ? event.port : undefined;
    },
  });
  return { url: `http://127.0.0.1:${port}`, pid, close };
}

/** The native program itself: npm's launcher is one more process, which would not pass our signals on. */
async function workerdProgram(release) {
  const { default: workerd } = await import(releases[release].program);
  return workerd.default ?? workerd;
}
