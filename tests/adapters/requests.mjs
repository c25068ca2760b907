// What is asked of an API, and what a guard answers: the same behind every framework, and in Rust (tower/tests/axum.rs).

import { readFileSync } from "node:fs";

const table = readFileSync(new URL("requests.json", import.meta.url), "utf8");

/**
 * Rows `{ name, guard, method, path, headers, expected }`. `guard` is "usual", "optional", "down" (whose keys nobody
 * serves) or "failing" (whose keys' server answers 503). Names of `tokens` in braces stand for these.
 */
export function requests(tokens) {
  return JSON.parse(table.replace(/\{(good|weak|expired|altered)\}/g, (_, name) => tokens[name]));
}
