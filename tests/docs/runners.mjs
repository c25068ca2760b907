// Runs one block on its host. Each answers undefined when all is well, { problem }, or { skipped } with a reason.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import ts from "typescript";

import { root } from "../support/package.mjs";
import { startMiniflare } from "../support/miniflare.mjs";
import { bundleWorker, startWorkerd } from "../support/workerd.mjs";
import { asBrowser } from "./hosts/browser.mjs";
import { tenant } from "./hosts/tenant.mjs";
import { visitApi, visitMcp, visitSite, visitWeb } from "./hosts/visit.mjs";
import { runInChromium } from "./chromium.mjs";

const require = createRequire(import.meta.url);

export const runners = {
  node: (folder, block) => commandLine(process.execPath, [], folder, block),
  bun: (folder, block) => commandLine(npmProgram("bun"), ["run"], folder, block),
  deno(folder, block) {
    writeFileSync(
      path.join(folder, "import-map.json"),
      JSON.stringify({ imports: { "npm:countersign": "./node_modules/countersign/dist/index.js" } }),
    );
    const flags = ["--no-prompt", "--no-remote", "--node-modules-dir=manual", "--no-check"];
    const permissions = ["--allow-net"]; // Those that the documentation names.
    return commandLine(
      npmProgram("deno"),
      ["run", ...flags, ...permissions, "--import-map=import-map.json"],
      folder,
      block,
    );
  },
  worker,
  bindings,
  browser: (folder, block) =>
    runInChromium(folder, block, block.language === "html" ? undefined : plainFile(folder, block)),
};

/** The block without types, beside the files that it is to find. Answers its name. */
function plainFile(folder, block) {
  const name = `block-${block.name.replaceAll(/[^A-Za-z0-9]+/g, "-")}.mjs`;
  const { outputText } = ts.transpileModule(block.code, {
    compilerOptions: { target: ts.ScriptTarget.ES2022, module: ts.ModuleKind.ESNext, verbatimModuleSyntax: true },
  });
  writeFileSync(path.join(folder, name), block.language === "ts" ? outputText : block.code);
  return name;
}

async function commandLine(program, args, folder, block) {
  const child = spawn(program, [...args, "cli.mjs", plainFile(folder, block), ...block.words], {
    cwd: folder,
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 60_000,
  });
  const chunks = [];
  child.stderr.on("data", (chunk) => chunks.push(chunk));
  const status = await new Promise((resolve, reject) => child.once("error", reject).once("close", resolve));
  return status === 0 ? undefined : { problem: `status ${status}: ${Buffer.concat(chunks).toString().slice(0, 1500)}` };
}

async function worker(folder, block) {
  const entry = path.join(folder, "worker-entry.mjs");
  writeFileSync(entry, `import "./surroundings.mjs";\nexport { default } from "./${plainFile(folder, block)}";\n`);
  const out = path.join(folder, "worker");
  const { url, close } = await startWorkerd(out, { modules: await bundleWorker(entry, out) });
  const send = async (to, headers, init = {}) => {
    const response = await fetch(`${url}${to}`, { ...init, headers, redirect: "manual" });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  try {
    const { privateJwk, tokens } = world(folder);
    if (block.words.includes("sign-in")) await visitSite(send, await tenant(privateJwk));
    else if (block.words.includes("web")) await visitWeb(asBrowser(url), await tenant(privateJwk));
    else if (block.words.includes("mcp")) await visitMcp(send, tokens.jwt);
    else await visitApi(send, tokens.jwt);
  } finally {
    await close();
  }
}

/** A worker with bindings, which answers anybody. */
async function bindings(folder, block) {
  const out = path.join(folder, "worker");
  const modules = await bundleWorker(path.join(folder, plainFile(folder, block)), out);
  const objects = /\bCountersignStore\b/.test(block.code) ? { STORE: "CountersignStore" } : {};
  const { url, close } = await startMiniflare(out, { modules, objects });
  try {
    const response = await fetch(url);
    const text = await response.text();
    return response.ok && text !== "" ? undefined : { problem: `HTTP ${response.status} (${text.slice(0, 500)})` };
  } finally {
    await close();
  }
}

/** What surrounds the blocks, as run.mjs has written it. */
export function world(folder) {
  const lines = readFileSync(path.join(folder, "world.mjs"), "utf8").trim().split("\n");
  return Object.fromEntries(
    lines
      .map((line) => /^export const (\w+) = (.*);$/.exec(line).slice(1))
      .map(([name, json]) => [name, JSON.parse(json)]),
  );
}

/** Deno and Bun come with npm. */
function npmProgram(name) {
  return path.join(path.dirname(require.resolve(`${name}/package.json`, { paths: [root] })), "..", ".bin", name);
}
