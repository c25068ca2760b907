// Rollup with its resolver of packages: no file is kept, and without the condition `node` a server gets the browsers' host.

import { cpSync } from "node:fs";
import path from "node:path";

import { ok } from "../rows.mjs";
import { alone, apps, emitted, lineIn, node, write } from "../support.mjs";

const BYTES = ["auth.bytes", "core.bytes", "engine.bytes"];
const CONFIG = `
import resolve from "@rollup/plugin-node-resolve";

const common = { onwarn() {}, external: [/^node:/] };
const one = { inlineDynamicImports: true };
const forNode = [resolve({ exportConditions: ["node"] })];
export default [
  { ...common, input: "page.js", output: { dir: "out/web", format: "es" }, plugins: [resolve({ browser: true })] },
  { ...common, input: "app.mjs", output: { file: "out/esm/app.mjs", format: "es", ...one }, plugins: forNode },
  { ...common, input: "app.mjs", output: { file: "out/cjs/app.cjs", format: "cjs", ...one }, plugins: forNode },
  { ...common, input: "app.mjs", output: { dir: "out/plain", format: "es", entryFileNames: "[name].mjs" }, plugins: [resolve()] },
];
`;

export const rollup = {
  name: "rollup",
  packages: { rollup: "4.68.8", "@rollup/plugin-node-resolve": "16.0.3" },
  async run({ folder, artifacts, row, visit }) {
    cpSync(apps, folder, { recursive: true });
    write(folder, { "rollup.config.mjs": CONFIG });
    await node(["node_modules/rollup/dist/bin/rollup", "--config", "--silent"], { cwd: folder });
    for (const [name, file, host] of [
      ["esm", "app.mjs", "node"],
      ["cjs", "app.cjs", "node"],
      ["plain", "app.mjs", "browser"],
    ]) {
      await row(`Node, ${name}`, { said: ok(host), emitted: BYTES }, async () => {
        const output = alone(path.join(folder, "out", name));
        return { said: lineIn(await node([file], { cwd: output })), emitted: emitted(artifacts, output) };
      });
    }
    await row("page", { said: ok("browser"), emitted: BYTES, fetched: BYTES }, async () => {
      const output = alone(path.join(folder, "out/web"));
      return { ...(await visit(output, "page.js")), emitted: emitted(artifacts, output) };
    });
  },
};
