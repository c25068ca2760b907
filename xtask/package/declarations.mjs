// The declarations of the public names, and those that they refer to.

import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import path from "node:path";

export function copyDeclarations(modules, dist) {
  const seen = new Set();
  const open = ["index.d.ts"];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const text = readFileSync(path.join(modules, name), "utf8");
    for (const [, specifier] of text.matchAll(/(?:from |import\()"([^"]+)\.js"/g)) {
      if (!specifier.startsWith(".")) throw new Error(`${name} refers to ${specifier}`);
      open.push(path.join(path.dirname(name), `${specifier}.d.ts`));
    }
    mkdirSync(path.dirname(path.join(dist, name)), { recursive: true });
    copyFileSync(path.join(modules, name), path.join(dist, name));
  }
  writeFileSync(path.join(dist, "browser.d.ts"), 'export * from "./index.js";\n');
  mkdirSync(path.join(dist, "slim"), { recursive: true });
  writeFileSync(path.join(dist, "slim/index.d.ts"), 'export * from "../index.js";\n');
}
