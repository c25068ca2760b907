// Makes docs/benchmarks/README.md and its plots of the numbers in docs/benchmarks/results.json:
//   node benches/report/report.mjs

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import prettier from "prettier";

import { root } from "../../tests/support/package.mjs";
import { guardedRoutes } from "./guards.mjs";
import { sessionCosts } from "./sessions.mjs";
import { peers } from "./peers.mjs";
import { plot } from "./plot.mjs";
import { short, table, timesTable } from "./tables.mjs";
import { ratios, whoWins } from "./summary.mjs";

const algorithms = ["RS256", "PS256", "ES256", "ES384", "EdDSA", "HS256"];

/** The rest of the scenarios, by what they vary. */
const variations = {
  "Key size": (id) => id.endsWith(" bits"),
  "Token size": (id) => id.endsWith(" KB"),
  "Keys in the set": (id) => / keys?$/.test(id),
  "Tokens seen before": (id) => id.endsWith("seen before"),
};

const names = { native: "Rust, natively" };
const bare = { native: "bare aws-lc-rs", workerd: "bare WebCrypto", chromium: "bare WebCrypto" };

const bars = {
  node: [
    ["countersign, auto, sync", "countersign", "ours"],
    ["countersign, wasm, sync", "countersign, wasm", "wasm"],
    ["fast-jwt", "fast-jwt", "peer"],
    ["aws-jwt-verify", "aws-jwt-verify", "peer"],
    ["jsonwebtoken", "jsonwebtoken", "peer"],
    ["jose", "jose", "peer"],
    ["bare node:crypto", "bare node:crypto", "floor"],
  ],
  workerd: [
    ["countersign, auto, async", "countersign", "ours"],
    ["countersign, wasm, sync", "countersign, wasm", "wasm"],
    ["jose", "jose", "peer"],
    ["hono/jwk", "hono/jwk", "peer"],
    ["@tsndr/cloudflare-worker-jwt", "@tsndr/…-jwt", "peer"],
    ["bare WebCrypto", "bare WebCrypto", "floor"],
  ],
};
bars.chromium = bars.workerd;

/** Where the page, its plots and the numbers behind them are. */
export const publication = path.join(root, "docs", "benchmarks");

/** { text, files }: the page, and every file of docs/benchmarks/ by its name. */
export async function report(results) {
  const files = {};
  for (const host of Object.keys(bars)) {
    const result = results.hosts[host];
    if (!result) continue;
    const title = `Microseconds per verification: ${result.program}`;
    files[`${host}.svg`] = plot(title, result.times, algorithms, bars[host]);
  }
  const style = JSON.parse(readFileSync(path.join(root, ".prettierrc.json"), "utf8"));
  const text = await prettier.format(page(results), { ...style, parser: "markdown", proseWrap: "always" });
  files["README.md"] = text;
  files["results.json"] = lines(results);
  return { text, files };
}

/** JSON with a line for each measurement, so that changes can be read. */
function lines(results) {
  const flat = (measurement) => measurement.replaceAll(/\s+/g, "");
  return `${JSON.stringify(results, null, 1).replaceAll(/\{\s+"median"[^}]*\}/g, flat)}\n`;
}

function page(results) {
  const { machine, hosts } = results;
  const wins = whoWins(results);
  return `# Benchmarks

<!-- Written by \`cargo xtask bench\`: change benches/report/, not this page. -->

What it costs to verify a token, here and elsewhere. Measure it on your own machine: everything that takes part is
installed by the command.

\`\`\`sh
cargo xtask bench
cargo xtask bench --quick
cargo xtask bench --host node --host native
\`\`\`

The numbers below are of ${machine.processor}, ${machine.system}: ${Object.values(hosts)
    .map(({ program, date }) => `${program} on ${date}`)
    .join(", ")}. On another machine the times are others; the ratios are steadier.

## In short

Our time by theirs, medians of one run: below 1 we are faster. \`verify\` and \`verifySync\` as they come, with
\`engine: "auto"\`.

${ratios(results, algorithms)}

## Where others win

Against the best of \`verify\` and \`verifySync\` as they come, whatever else the other leaves out ([what they
check](#what-each-checks)):

${wins.length > 0 ? wins.map((line) => `- ${line}`).join("\n") : "Nowhere, in this run."}

${Object.entries(hosts)
  .map(([host, result]) => section(host, result))
  .join("\n")}
${guardedRoutes(results.guards)}
${sessionCosts(results.sessions, results.versions)}
${coldStart(results)}
${warmUp(results)}
${download(results)}
${memory(results)}
## What each checks

All are given the same policy so far as they know it: signature, algorithm, issuer, audience, \`exp\`.

${table(
  ["", "version", "arithmetic", "not checked"],
  peers.map(([name, versioned, ...rest]) => [name, results.versions[versioned], ...rest]),
  "---",
)}

Ours checks besides, in every run, what [the README lists](../../README.md#what-is-refused).

## How it is measured

- Libraries take turns, round after round in a changing order, so that what disturbs the machine disturbs all. A number
  is the median of the rounds, and ± half of what lies between the quartiles.
- Each verifies 64 distinct tokens round and round, of about 800 characters unless the table says otherwise, with a key
  that it has seen before. Before it is timed it has to accept all of them, and to refuse one with a wrong signature.
- "bare" is the arithmetic alone, with everything else done beforehand: the floor that × is a multiple of.
- "auto", "host" and "wasm" are [engines](../guides/choose-an-engine.md). "sync" is \`verifySync\`, "async" is \`verify\`, awaited one
  after the other.
- Times are of the clock on the wall. workerd's clock stands still during a request: there, batches are timed from
  outside.
`;
}

function section(host, { program, times }) {
  const floor = bare[host] ?? "bare node:crypto";
  const picture = bars[host] ? `![${program}: the first table below as bars](${host}.svg)\n\n` : "";
  const rest = Object.entries(variations).map(([heading, fits]) => {
    const ids = Object.keys(times).filter(fits);
    return ids.length > 0 ? `**${heading}**\n\n${timesTable(times, ids, floor)}\n\n` : "";
  });
  const present = algorithms.filter((id) => times[id]);
  const processor =
    host === "node"
      ? `**Processor time**, of all threads\n\n${timesTable(times, present, floor, "processor")}\n\n`
      : "";
  return `## ${names[host] ?? program}\n\n${picture}${timesTable(times, present, floor)}\n\n${processor}${rest.join("")}`;
}

function coldStart({ cold = {} }) {
  const rows = Object.entries(cold).flatMap(([host, byAlgorithm]) =>
    [...new Set(Object.values(byAlgorithm).flatMap((column) => Object.keys(column)))].map((name) => [
      `${host}: ${name}`,
      ...["RS256", "ES256"].map((id) => {
        const { median, low, high } = byAlgorithm[id][name];
        return `${short(median)} (${short(low)}–${short(high)})`;
      }),
    ]),
  );
  if (rows.length === 0) return "";
  return `## Cold start

Milliseconds from the import of the library to its first verdict, quartiles in brackets: in a new process of Node, and in
a new page of a new profile of Chromium, files from the same machine. For workerd it is the whole start of a new process,
up to its first answer; the empty Worker is the part that is not the library's.

${table(["ms", "RS256", "ES256"], rows)}
`;
}

function warmUp({ warmUp = {} }) {
  const parts = Object.entries(warmUp).flatMap(([host, byAlgorithm]) =>
    Object.entries(byAlgorithm).map(([algorithm, byName]) => {
      const columns = Object.keys(Object.values(byName)[0]);
      const rows = Object.entries(byName).map(([name, times]) => [
        name,
        ...columns.map((column) => short(times[column].median)),
      ]);
      return `**${host}, ${algorithm}**\n\n${table(["µs", ...columns], rows)}\n`;
    }),
  );
  if (parts.length === 0) return "";
  return `## The first verifications

Isolates and pages are young: microseconds to create a verifier in a fresh process or page, and then each of its first
verifications, as the mean of the first, the second to the tenth and so on; medians of the processes. The import is not
counted. For workerd the times are those of requests, that of one to an empty Worker included.

${parts.join("\n")}
`;
}

function download({ sizes = {} }) {
  const kilobytes = (bytes) => (bytes === 0 ? "–" : (bytes / 1000).toFixed(1));
  const rows = Object.entries(sizes).map(([name, { javascript, wasm }]) => [
    name,
    ...[javascript, wasm, javascript + wasm].map(kilobytes),
  ]);
  if (rows.length === 0) return "";
  return `## Download

What it takes to verify tokens, bundled and minified by esbuild.

${table(["KB, gzip", "JavaScript", "wasm", "together"], rows)}
`;
}

function memory({ memory }) {
  if (!memory) return "";
  const { times, rest, warm, end } = memory;
  const mebibytes = (bytes) => `${short(bytes / 2 ** 20)} MiB`;
  return `## Memory

wasm memory on Node: ${mebibytes(rest)} at rest, ${mebibytes(warm)} after 200 verifications in wasm of each algorithm, and
${mebibytes(end)} after ${times.toLocaleString("en")} more.
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { files } = await report(JSON.parse(readFileSync(path.join(publication, "results.json"), "utf8")));
  for (const [name, contents] of Object.entries(files)) writeFileSync(path.join(publication, name), contents);
}
