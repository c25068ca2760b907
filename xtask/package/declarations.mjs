// The declarations of the public names, and those that they refer to.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

import { ADAPTERS } from "./manifest.mjs";

export function copyDeclarations(modules, dist) {
  const seen = new Set();
  const open = [
    "index.d.ts",
    "checks/index.d.ts",
    "cli/index.d.ts",
    "client/index.d.ts",
    "spa/index.d.ts",
    "guard/index.d.ts",
    "openapi/index.d.ts",
    "presets/index.d.ts",
    "session/index.d.ts",
    "providers/index.d.ts",
    "fief/index.d.ts",
    "store/index.d.ts",
    "testing/index.d.ts",
    "user/index.d.ts",
    ...ADAPTERS.map((name) => `adapter/${name}.d.ts`),
  ];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const text = readFileSync(path.join(modules, name), "utf8");
    for (const [, specifier] of text.matchAll(/(?:from |import\()"([^"]+)\.js"/g)) {
      if (!specifier.startsWith(".")) throw new Error(`${name} refers to ${specifier}`);
      open.push(path.join(path.dirname(name), `${specifier}.d.ts`));
    }
    // Once more beside the twin: what they mean to TypeScript depends on the nearest package.json.
    for (const folder of [dist, path.join(dist, "cjs")]) write(path.join(folder, name), text);
  }
  write(path.join(dist, "index-node.d.ts"), 'export * from "./index.js";\n');
  write(path.join(dist, "browser.d.ts"), 'export * from "./index.js";\n');
  write(path.join(dist, "client-browser.d.ts"), 'export * from "./client/index.js";\n');
  write(path.join(dist, "spa-browser.d.ts"), 'export * from "./spa/index.js";\n');
  const others = [
    ["slim", "index"],
    ["node-cli", "cli/index"],
    ["stores", "store/index"],
    ["web", "session/index"],
    ["presets/providers", "providers/index"],
    ["presets/fief", "fief/index"],
    ...ADAPTERS.map((name) => [name, `adapter/${name}`]),
  ];
  for (const [folder, names] of others) {
    for (const tree of [dist, path.join(dist, "cjs")]) {
      const up = "../".repeat(folder.split("/").length);
      write(path.join(tree, folder, "index.d.ts"), `export * from "${up}${names}.js";\n`);
    }
  }
}

function write(file, text) {
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}
