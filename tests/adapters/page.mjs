// The table in docs/reference/status-contract.md.

import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { root } from "../support/package.mjs";

const PAGE = "docs/reference/status-contract.md";
const COMMAND = "node tests/adapters/peers.mjs --write";
const MARKS = /(<!-- table -->\n)[^]*?(<!-- end of the table -->)/;
const VERSIONS = /(<!-- versions -->\n)[^]*?(<!-- end of the versions -->)/;
const file = path.join(root, PAGE);

/** Rows as lines of Markdown. */
export function tableOf(rows) {
  const widths = rows[0].map((_, at) => Math.max(...rows.map((row) => row[at].length)));
  const line = (cells) => `| ${cells.map((cell, at) => cell.padEnd(widths[at])).join(" | ")} |`;
  const [head, ...body] = rows;
  return [line(head), line(widths.map((width) => "-".repeat(width))), ...body.map(line)];
}

export function writeTable(rows) {
  const [names] = rows;
  const versions = ["hono", "express-oauth2-jwt-bearer", "@fastify/jwt", "@modelcontextprotocol/express"].map(
    (name) => {
      const { version } = JSON.parse(readFileSync(path.join(root, "node_modules", name, "package.json"), "utf8"));
      return `${name} ${version}`;
    },
  );
  const shown = [names.map((name) => (name === "ours" ? "Countersign" : name)), ...rows.slice(1)];
  const table = (_, start, end) => `${start}\n${tableOf(ownFirst(shown)).join("\n")}\n${end}`;
  const list = (_, start, end) => `${start}\n${versions.join(", ")}.\n${end}`;
  writeFileSync(file, readFileSync(file, "utf8").replace(MARKS, table).replace(VERSIONS, list));
}

/** Where the page says something else of us than what was answered. What it says of others depends on their releases. */
export function staleRows(rows) {
  const [, , text = ""] = /(<!-- table -->\n)([^]*?)\n<!-- end of the table -->/.exec(readFileSync(file, "utf8")) ?? [];
  const lines = text.split("\n").filter((line) => line.startsWith("|"));
  const written = lines.slice(2).map((line) =>
    line
      .split("|")
      .slice(1, 3)
      .map((cell) => cell.trim()),
  );
  const own = rows.slice(1).map((row) => [row[0], row.at(-1)]);
  return JSON.stringify(written) === JSON.stringify(own)
    ? []
    : [`${PAGE} is not what the guards answer: run \`${COMMAND}\``];
}

const ownFirst = (rows) => rows.map((row) => [row[0], row.at(-1), ...row.slice(1, -1)]);
