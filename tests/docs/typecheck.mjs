// Compiles the blocks against the declarations of the installed package, each with the types of the host that it is for.

import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";

import ts from "typescript";

const hosts = {
  worker: { lib: ["lib.es2022.d.ts"], types: ["@cloudflare/workers-types"] },
  browser: { lib: ["lib.es2022.d.ts", "lib.dom.d.ts", "lib.dom.iterable.d.ts"], types: [] },
  node: { lib: ["lib.es2022.d.ts"], types: ["node"] },
};
hosts.deno = hosts.bun = hosts.browser;
hosts.bindings = hosts.worker;

/** Answers a map from the blocks that do not compile to what is wrong with them. */
export function typeProblems(folder, blocks) {
  const groups = new Map();
  for (const block of blocks) {
    const host = block.words.find((word) => Object.hasOwn(hosts, word)) ?? "node";
    const key = `${block.language} ${host}`;
    groups.set(key, [...(groups.get(key) ?? []), block]);
  }
  return new Map([...groups].flatMap(([key, group]) => [...compile(folder, group, ...key.split(" "))]));
}

function compile(folder, blocks, language, host) {
  const files = new Map(
    blocks.map((block) => {
      const name = block.name.replaceAll(/[^A-Za-z0-9]+/g, "-");
      const file = path.join(folder, "blocks", `${name}.types.${language === "ts" ? "mts" : "mjs"}`);
      mkdirSync(path.dirname(file), { recursive: true });
      // A module even where it imports nothing.
      writeFileSync(file, `${block.code}export {};\n`);
      return [file, block];
    }),
  );
  const program = ts.createProgram([...files.keys(), path.join(folder, "globals.d.ts")], {
    ...hosts[host],
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    noEmit: true,
    strict: language === "ts",
    exactOptionalPropertyTypes: language === "ts",
    noUncheckedIndexedAccess: language === "ts",
    allowJs: true,
    checkJs: true,
    skipLibCheck: true,
  });
  const problems = new Map();
  for (const diagnostic of ts.getPreEmitDiagnostics(program)) {
    const text = ts.flattenDiagnosticMessageText(diagnostic.messageText, " ");
    const { fileName } = diagnostic.file ?? {};
    const block = files.get(fileName) ?? blocks[0];
    const line = diagnostic.file?.getLineAndCharacterOfPosition(diagnostic.start).line ?? 0;
    const before = problems.has(block) ? `${problems.get(block)}; ` : "";
    problems.set(block, `${before}line ${line + 1}: ${text}`);
  }
  return problems;
}
