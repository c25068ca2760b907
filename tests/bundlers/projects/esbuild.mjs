// esbuild by itself: it copies no file that a script refers to, so everything comes by the modules with the bytes.

import { cpSync, rmSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";

import { root } from "../../support/package.mjs";
import { startWorkerd } from "../../support/workerd.mjs";
import { ok } from "../rows.mjs";
import { alone, apps, ask, emitted, lineIn, node, run } from "../support.mjs";

/** The one of this checkout. */
const program = createRequire(path.join(root, "package.json")).resolve("esbuild/bin/esbuild");
/** Of a program without sign-in. */
const TOKENS_ALONE = ["core.bytes", "engine.bytes"];
const BYTES = ["auth.bytes", ...TOKENS_ALONE];

export const esbuild = {
  name: "esbuild",
  async run({ folder, artifacts, row, visit, serviceWorker }) {
    cpSync(apps, folder, { recursive: true });
    const bundle = async (name, entry, args) => {
      const output = path.join(folder, "out", name);
      await run(program, [entry, "--bundle", "--log-level=error", ...args, `--outdir=${output}`], { cwd: folder });
      return alone(output);
    };
    const onNode = [
      ["Node, ESM", "app.mjs", ["--platform=node", "--format=esm", "--out-extension:.js=.mjs"], "app.mjs"],
      ["Node, CommonJS", "app.mjs", ["--platform=node", "--out-extension:.js=.cjs"], "app.cjs"],
      ["Node, minified", "app.mjs", ["--platform=node", "--minify", "--out-extension:.js=.cjs"], "app.cjs"],
    ];
    for (const [name, entry, args, file] of onNode) {
      await row(name, { said: ok("node"), emitted: BYTES }, async () => {
        const output = await bundle(name, entry, args);
        return { said: lineIn(await node([file], { cwd: output })), emitted: emitted(artifacts, output) };
      });
    }
    await row("Node, require", { said: "OK alice same instance", emitted: TOKENS_ALONE }, async () => {
      const output = await bundle("require", "require.cjs", ["--platform=node", "--out-extension:.js=.cjs"]);
      return { said: lineIn(await node(["require.cjs"], { cwd: output })), emitted: emitted(artifacts, output) };
    });
    await row("Node, require, own conditions", { said: "OK alice twin instance", emitted: TOKENS_ALONE }, async () => {
      const args = ["--platform=node", "--conditions=own", "--out-extension:.js=.cjs"];
      const output = await bundle("conditions", "require.cjs", args);
      return { said: lineIn(await node(["require.cjs"], { cwd: output })), emitted: emitted(artifacts, output) };
    });
    await row("Node, packages external", { said: ok("node"), emitted: [] }, async () => {
      const args = ["--platform=node", "--format=esm", "--packages=external", "--out-extension:.js=.mjs"];
      const output = await bundle("external", "app.mjs", args);
      cpSync(path.join(folder, "node_modules"), path.join(output, "node_modules"), { recursive: true });
      const said = lineIn(await node(["app.mjs"], { cwd: output }));
      rmSync(path.join(output, "node_modules"), { recursive: true });
      return { said, emitted: emitted(artifacts, output) };
    });
    for (const [name, args, options, fetched] of [
      ["page, one file", ["--format=esm"], {}, BYTES],
      ["page, --splitting", ["--format=esm", "--splitting"], {}, BYTES],
      ["page, classic script", ["--format=iife"], { classic: true }, BYTES],
    ]) {
      await row(name, { said: ok("browser"), emitted: BYTES, fetched }, async () => {
        const output = await bundle(name, "page.js", args);
        return { ...(await visit(output, "page.js", options)), emitted: emitted(artifacts, output) };
      });
    }
    await row("service worker, one file", { said: ok("browser"), emitted: BYTES, fetched: BYTES }, async () => {
      const output = await bundle("service-worker", "service-worker.js", ["--format=iife"]);
      const seen = await serviceWorker(output, "service-worker.js", "classic");
      return { ...seen, emitted: emitted(artifacts, output) };
    });
    await row(
      "React Native's condition",
      { said: /TypeError: .*React Native does not have: verify tokens on a server/ },
      async () => {
        const args = ["--format=esm", "--conditions=react-native", "--out-extension:.js=.mjs"];
        const output = await bundle("react-native", "react-native.js", args);
        return node(["react-native.mjs"], { cwd: output }).catch(({ output }) => /TypeError: .*/.exec(output)?.[0]);
      },
    );
    await row("workerd, plain", { said: /No loader is configured for "\.wasm" files/ }, async () =>
      bundle("no-loader", "worker.js", ["--format=esm", "--conditions=workerd,worker,browser", "--external:node:*"]),
    );
    const worker = ["--format=esm", "--conditions=workerd,worker,browser", "--external:node:*"];
    const WASM = ["auth.wasm", "core.wasm", "engine.wasm"];
    await row("workerd, with --loader:.wasm=copy", { said: ok("workerd"), shipped: WASM }, async () => {
      const args = [...worker, "--loader:.wasm=copy", "--asset-names=[name]"];
      const output = await bundle("workerd", "worker.js", args);
      const { url, close } = await startWorkerd(output, { modules: WASM });
      const said = await ask(url);
      await close();
      return { said, shipped: emitted(artifacts, output) };
    });
  },
};
