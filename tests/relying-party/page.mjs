// The page that lists the modules: docs/reference/relying-party.md

import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { root } from "../support/package.mjs";

const file = path.join(root, "docs/reference/relying-party.md");
const [BEGIN, END] = ["<!-- made by tests/relying-party/run.mjs --write -->", "<!-- end -->"];

/** Fails where the page's list is not that of the modules; or writes it. */
export function checkPage(plans, isWriting) {
  const text = readFileSync(file, "utf8");
  const [begin, end] = [text.indexOf(BEGIN) + BEGIN.length, text.indexOf(END)];
  assert.ok(begin < end, "the page has no place for the list");
  const made = `${text.slice(0, begin)}\n\n${plans.map(section).join("\n\n")}\n\n${text.slice(end)}`;
  if (isWriting) writeFileSync(file, made);
  else assert.equal(text, made, "the page is stale: node tests/relying-party/run.mjs --write");
}

function section([prefix, name, modules]) {
  const applicable = modules.filter(({ none }) => none === undefined);
  const rows = applicable.map((module) => [
    `\`${module.name}\``,
    module.expects === "accept" ? "is accepted" : `\`${module.expects}\``,
  ]);
  const others = modules.filter(({ none }) => none !== undefined);
  const reasons = others.map((module) => `- \`${module.name}\`: ${module.none}`);
  const heading = `## ${name}: ${applicable.length} of ${modules.length} apply`;
  const intro = `Names begin with \`${prefix}\`.`;
  const list = reasons.length === 0 ? [] : ["Those that do not apply:", reasons.join("\n")];
  return [heading, intro, table([["Module", "What comes of it"], ...rows]), ...list].join("\n\n");
}

/** As Prettier has it. */
function table(rows) {
  const widths = [0, 1].map((column) => Math.max(...rows.map((row) => row[column].length)));
  const line = (row) => `| ${row.map((cell, column) => cell.padEnd(widths[column])).join(" | ")} |`;
  const rule = `| ${widths.map((width) => "-".repeat(width)).join(" | ")} |`;
  return [line(rows[0]), rule, ...rows.slice(1).map(line)].join("\n");
}
