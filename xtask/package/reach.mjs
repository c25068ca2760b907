// What is reached from an entry point under the conditions of a host, and what must not be.

import { readFileSync } from "node:fs";
import path from "node:path";

/** Hosts whose bundlers refuse code that could compile wasm, even where it is never called. */
const COMPILED_BEFOREHAND = ["workerd", "edge-light"];
const COMPILING = /WebAssembly\.(?:compile|instantiate)/;

/** Fails where an entry point reaches what its host forbids, or an artifact that is not among its own: bundlers would ship that. */
export function checkReach(pkg, entries) {
  for (const [entry, artifacts] of entries) {
    for (const condition of [...COMPILED_BEFOREHAND, "deno", "bun", "node", "browser", "default"]) {
      const files = reached(pkg, path.join(pkg, "dist", entry), condition);
      const where = `dist/${entry} under "${condition}"`;
      for (const [file, text] of files) {
        const name = path.relative(pkg, file);
        if (COMPILED_BEFOREHAND.includes(condition) && COMPILING.test(text)) {
          throw new Error(`${where} reaches ${name}, which compiles wasm`);
        }
        const [, other] = /wasm\/(\w+)\.(?:static|edge-light|fetched|bytes)\.js$/.exec(name) ?? [];
        if (other !== undefined && !artifacts.includes(other)) throw new Error(`${where} reaches ${name}`);
      }
    }
  }
}

/** The files that are reached from that one under a condition, with their text. */
export function reached(pkg, entry, condition) {
  const { imports } = JSON.parse(readFileSync(path.join(pkg, "package.json"), "utf8"));
  const found = new Map();
  const open = [entry];
  for (let file = open.pop(); file !== undefined; file = open.pop()) {
    if (found.has(file)) continue;
    const text = readFileSync(file, "utf8");
    found.set(file, text);
    for (const [, specifier] of text.matchAll(/(?:from |import |import\((?:\/\*[^*]*\*\/ )?)"([^"]+\.js|#[^"]+)"/g)) {
      const target = specifier.startsWith("#")
        ? path.join(pkg, imports[specifier][condition] ?? imports[specifier].default)
        : path.resolve(path.dirname(file), specifier);
      open.push(target);
    }
  }
  return found;
}
