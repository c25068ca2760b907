// The documentation as tests:  node tests/docs/run.mjs [FILE…]
//
// Every code block runs as it is written, against the packed package, where the words after its language say: `worker` in
// workerd, `bindings` there with KV, D1 and Durable Objects, `deno`, `bun`, `browser` in Chromium, else in Node; on each
// of several. What stands in is the issuer. Blocks of Rust are doctests of the crate, and counted there.

import { generateKeyPairSync } from "node:crypto";
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { importPackage, installPackage, root, target } from "../support/package.mjs";
import { endAll } from "../support/processes.mjs";
import { summarize } from "../support/summary.mjs";
import { blocksOf } from "./blocks.mjs";
import { documents, proseProblems } from "./prose.mjs";
import { checkRust, checkShell, checkSizes, checkToml } from "./claims.mjs";
import { guaranteeProblems } from "./guarantees.mjs";
import { tenant } from "./hosts/tenant.mjs";
import { runners } from "./runners.mjs";
import { typeProblems } from "./typecheck.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));
const folder = path.join(target, "docs-tests");
const wanted = process.argv.slice(2);
const files = documents().filter((file) => wanted.length === 0 || wanted.includes(file));

let passed = 0;
const failures = [];
const skipped = [];

await layOut();
const all = files.map((file) => {
  const text = readFileSync(path.join(root, file), "utf8");
  return { file, text, blocks: blocksOf(file, text) };
});
const scripts = all.flatMap(({ blocks }) => blocks).filter(({ language, notRun }) => isScript(language) && !notRun);
const types = typeProblems(folder, scripts);
try {
  for (const document of all) await checkDocument(document);
} finally {
  await endAll();
}
for (const reason of skipped) console.log(`not run  ${reason}`);
summarize({ passed, failures, skipped: skipped.length });

/** A project that has the package installed, and whatever the blocks find around them. */
async function layOut() {
  await installPackage(folder);
  rmSync(path.join(folder, "blocks"), { recursive: true, force: true });
  mkdirSync(path.join(folder, "blocks"), { recursive: true });
  cpSync(path.join(here, "hosts"), folder, { recursive: true });
  cpSync(path.join(here, "globals.d.ts"), path.join(folder, "globals.d.ts"));

  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const privateJwk = { ...privateKey.export({ format: "jwk" }), kid: "docs" };
  const issuer = await tenant(privateJwk);
  const world = { privateJwk, tokens: await issuer.tokens() };
  const constants = Object.entries(world).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`);
  writeFileSync(path.join(folder, "world.mjs"), constants.join(""));
  writeFileSync(path.join(folder, "jwks.json"), await (await issuer.answer("https://tenant.example/jwks")).text());
}

async function checkDocument({ file, text, blocks }) {
  const before = { passed, failed: failures.length };
  for (const { check, problem } of [...proseProblems(file, text), ...checkSizes(file, text, folder)])
    record(check, problem);

  if (file === "README.md") {
    const entries = ["countersign/client", "countersign", "countersign/guard"];
    const countersign = Object.assign({}, ...(await Promise.all(entries.map((entry) => importPackage(folder, entry)))));
    for (const { check, problem } of await guaranteeProblems(file, text, countersign)) record(check, problem);
  }
  for (const block of blocks) {
    if (block.notRun) skipped.push(`${block.name}: ${block.notRun}`);
    else await checkBlock(file, block);
  }
  console.log(`${file}: ${passed - before.passed} passed, ${failures.length - before.failed} failed`);
}

async function checkBlock(file, block) {
  switch (block.language) {
    case "js":
    case "ts":
    case "html": {
      if (block.language !== "html") record(`${block.name}: types`, types.get(block));
      const hosts = block.words.filter((word) => Object.hasOwn(runners, word));
      for (const host of hosts.length > 0 ? hosts : ["node"]) {
        const outcome = await runners[host](folder, block).catch((error) => ({ problem: error.message }));
        if (outcome?.skipped) skipped.push(`${block.name}, on ${host}: ${outcome.skipped}`);
        else record(`${block.name}: on ${host}`, outcome?.problem);
      }
      break;
    }
    case "sh":
      for (const { check, problem } of checkShell(block, folder)) record(check, problem);
      break;
    case "toml":
      for (const { check, problem } of checkToml(block)) record(check, problem);
      break;
    case "rust":
      record(`${block.name}: a doctest`, checkRust(file, block));
      break;
    case "text":
      break;
    default:
      record(block.name, `nobody runs blocks of ${block.language || "no language"}: say \`<!-- not run: why -->\``);
  }
}

function isScript(language) {
  return language === "js" || language === "ts";
}

function record(check, problem) {
  if (problem === undefined) passed += 1;
  else failures.push(`${check}: ${problem}`);
}
