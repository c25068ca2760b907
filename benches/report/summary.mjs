// What the numbers say: our ratios, and where somebody else is faster.

import { short, table } from "./tables.mjs";

const median = (times, id, name, clock = "wall") => times?.[id]?.[name]?.[clock].median;

/** Ours as it comes, without options: `kind` is sync or async. A shared secret is verified in wasm, always. */
function asItComes(times, id, kind, clock) {
  const [auto, wasm] = ["auto", "wasm"].map((engine) => median(times, id, `countersign, ${engine}, ${kind}`, clock));
  return auto ?? wasm;
}

const repeated = "RS256, seen before";

/** The table of ratios: what is above the stroke by what is below it. Less is better. */
export function ratios({ hosts }, algorithms) {
  const node = hosts.node?.times;
  const over = (one, other) => (one === undefined || other === undefined ? "–" : short(one / other));
  const columns = (ratio, cached = () => undefined) => [...algorithms.map((id) => ratio(id)), cached() ?? "–"];
  const rows = [
    [
      "in wasm / bare node:crypto",
      ...columns((id) => over(median(node, id, "countersign, wasm, sync"), median(node, id, "bare node:crypto"))),
    ],
    [
      "in wasm / the crate jsonwebtoken in wasm",
      ...columns((id) =>
        over(median(node, id, "countersign, wasm, sync"), median(node, id, "jsonwebtoken (Rust) in wasm")),
      ),
    ],
    [
      "`verifySync` / fast-jwt, Node",
      ...columns(
        (id) => over(asItComes(node, id, "sync"), median(node, id, "fast-jwt")),
        () => over(median(node, repeated, "countersign, cached, sync"), median(node, repeated, "fast-jwt, cached")),
      ),
    ],
    [
      "`verify` / jose, Node, processor time",
      ...columns(
        (id) => over(asItComes(node, id, "async", "processor"), median(node, id, "jose", "processor")),
        () =>
          over(
            median(node, repeated, "countersign, cached, async", "processor"),
            median(node, repeated, "jose", "processor"),
          ),
      ),
    ],
    ...["node", "workerd", "chromium", "deno", "bun"]
      .filter((host) => hosts[host])
      .map((host) => {
        const { program, times } = hosts[host];
        return [
          `\`verify\` / jose, ${program.split(" ")[0]}`,
          ...columns(
            (id) => over(asItComes(times, id, "async"), median(times, id, "jose")),
            () => over(median(times, repeated, "countersign, cached, async"), median(times, repeated, "jose")),
          ),
        ];
      }),
  ];
  return table(["", ...algorithms, "repeated"], rows);
}

const isOurs = (name) => name.startsWith("countersign");
const isBare = (name) => name.startsWith("bare ");

/** Ours in a scenario, the fastest of what a caller may choose without choosing an engine. */
function best(column) {
  const engine = column["countersign, auto, async"] ? "auto" : "wasm";
  const inJavaScript = ["sync", "async"].map((kind) => `countersign, ${engine}, ${kind}`);
  const names = [...inJavaScript, "countersign, cached, sync", "countersign", "countersign, aws-lc-rs"];
  const entries = names.flatMap((name) => column[name]?.wall ?? []);
  return entries.reduce((one, other) => (other.median < one.median ? other : one));
}

/** A line for each who was faster, or smaller, than ours as it comes; it may still check less. */
export function whoWins({ hosts, cold = {}, sizes = {} }) {
  const lines = [];
  for (const { program, times } of Object.values(hosts)) {
    const won = new Map();
    for (const [id, column] of Object.entries(times)) {
      const ours = best(column);
      for (const [name, { wall }] of Object.entries(column)) {
        if (isOurs(name) || isBare(name) || wall.median >= ours.median) continue;
        const doubt = wall.high > ours.low ? ", within the spread" : "";
        const what = `${id} (${short(wall.median)} against ${short(ours.median)} µs${doubt})`;
        won.set(name, [...(won.get(name) ?? []), what]);
      }
    }
    for (const [name, where] of won) lines.push(`**${name}**, ${program}: ${where.join("; ")}`);
  }
  for (const [host, algorithms] of Object.entries(cold)) {
    for (const [algorithm, { countersign, jose }] of Object.entries(algorithms)) {
      if (jose.median < countersign.median)
        lines.push(
          `**jose**, cold start on ${host}, ${algorithm}: ${short(jose.median)} against ${short(countersign.median)} ms`,
        );
    }
  }
  const total = ({ javascript, wasm }) => javascript + wasm;
  const smallest = Math.min(...Object.entries(sizes).flatMap(([name, size]) => (isOurs(name) ? [total(size)] : [])));
  const smaller = Object.entries(sizes).filter(([name, size]) => !isOurs(name) && total(size) < smallest);
  if (smaller.length > 0)
    lines.push(`Smaller to download than \`countersign/slim\`: ${smaller.map(([name]) => `**${name}**`).join(", ")}`);
  return lines;
}
