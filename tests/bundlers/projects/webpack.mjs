// webpack: it keeps files under new names, and follows modules too.

import { cpSync } from "node:fs";
import path from "node:path";

import { ok } from "../rows.mjs";
import { alone, apps, bytesFiles, emitted, lineIn, node, write } from "../support.mjs";

/** Of a program without sign-in. */
const TOKENS_ALONE = ["core.bytes", "engine.bytes"];
const BYTES = ["auth.bytes", ...TOKENS_ALONE];
const WASM = ["auth.wasm", "core.wasm", "engine-scalar.wasm", "engine.wasm"];
const CONFIG = `
import path from "node:path";

const common = { mode: "production", performance: false, stats: "errors-only" };
const readable = { ...common, optimization: { minimize: false } };
const output = (name) => ({ path: path.resolve("out", name) });
export default [
  { ...common, entry: "./page.js", output: { ...output("web"), publicPath: "auto" } },
  {
    ...readable,
    target: "node20",
    entry: "./app.mjs",
    experiments: { outputModule: true },
    output: { ...output("esm"), module: true, chunkFormat: "module", filename: "app.mjs" },
  },
  { ...common, target: "node20", entry: "./app.mjs", output: { ...output("cjs"), filename: "app.cjs" } },
  { ...readable, target: "node20", entry: "./require.cjs", output: { ...output("require"), filename: "app.cjs" } },
  { ...readable, target: "webworker", entry: "./service-worker.js", output: { ...output("worker"), filename: "worker.js" } },
];
`;

export const webpack = {
  name: "webpack",
  packages: { webpack: "5.113.0", "webpack-cli": "7.3.1" },
  async run({ folder, artifacts, row, visit, serviceWorker }) {
    cpSync(apps, folder, { recursive: true });
    write(folder, { "webpack.config.mjs": CONFIG });
    await node(["node_modules/webpack-cli/bin/cli.js", "--config=webpack.config.mjs"], { cwd: folder });
    for (const [name, file, said, bytes] of [
      ["esm", "app.mjs", ok("node"), BYTES],
      ["cjs", "app.cjs", ok("node"), BYTES],
      ["require", "app.cjs", "OK alice same instance", TOKENS_ALONE],
    ]) {
      await row(`Node, ${name}`, { said, emitted: bytes }, async () => {
        const output = alone(path.join(folder, "out", name));
        return { said: lineIn(await node([file], { cwd: output })), emitted: emitted(artifacts, output) };
      });
    }
    const kept = [...BYTES, ...WASM].sort();
    const fetched = ["auth.wasm", "core.wasm", "engine.wasm"];
    await row("page", { said: ok("browser"), emitted: kept, fetched }, async () => {
      const output = alone(path.join(folder, "out/web"));
      return { ...(await visit(output, "main.js")), emitted: emitted(artifacts, output) };
    });
    await row(
      "scripts that are not to be stored beforehand",
      { said: "auth.bytes.js core.bytes.js engine.bytes.js" },
      () => bytesFiles(artifacts, path.join(folder, "out/web")).join(" "),
    );
    await row("service worker", { said: ok("browser"), emitted: kept, fetched }, async () => {
      const output = alone(path.join(folder, "out/worker"));
      return { ...(await serviceWorker(output, "worker.js", "classic")), emitted: emitted(artifacts, output) };
    });
  },
};
