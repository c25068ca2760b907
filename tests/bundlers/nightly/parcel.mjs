// Parcel: without its option it knows neither `exports` nor `imports`, and takes the folders of the entry points.

import { cpSync } from "node:fs";
import path from "node:path";

import { ok } from "../rows.mjs";
import { alone, apps, emitted, lineIn, node, write } from "../support.mjs";

const BYTES = ["auth.bytes", "core.bytes", "engine.bytes"];
const WASM = ["auth.wasm", "core.wasm", "engine-scalar.wasm", "engine.wasm"];
const HTML = '<!doctype html><title>-</title><pre id="said"></pre><script type="module" src="./page.js"></script>\n';

export const parcel = {
  name: "parcel",
  packages: { parcel: "2.16.4" },
  async run({ folder, artifacts, row, visit }) {
    const build = async (name, entry, manifest, args = []) => {
      const place = path.join(folder, name);
      cpSync(apps, place, { recursive: true });
      write(place, {
        "index.html": HTML,
        "package.json": { private: true, ...manifest },
        // The folder with a lock is the one whose package.json configures Parcel.
        "yarn.lock": "",
      });
      const common = [
        "--no-autoinstall",
        "--no-cache",
        "--no-source-maps",
        "--log-level=error",
        `--dist-dir=${place}/out`,
      ];
      await node([`${folder}/node_modules/parcel/lib/bin.js`, "build", entry, ...common, ...args], { cwd: place });
      return alone(path.join(place, "out"));
    };
    await row("page", { said: ok("browser"), emitted: BYTES, fetched: BYTES }, async () => {
      const output = await build("web", "index.html", {}, ["--public-url=./"]);
      return { ...(await visit(output)), emitted: emitted(artifacts, output) };
    });
    await row("Node", { said: ok("node"), emitted: BYTES }, async () => {
      const target = { context: "node", outputFormat: "commonjs", includeNodeModules: true, engines: { node: ">=20" } };
      const output = await build("node", "app.mjs", { targets: { default: target } });
      return { said: lineIn(await node(["app.js"], { cwd: output })), emitted: emitted(artifacts, output) };
    });
    const exports = { "@parcel/resolver-default": { packageExports: true } };
    const fetched = ["auth.wasm", "core.wasm", "engine.wasm"];
    await row(
      "page, packageExports",
      { said: ok("browser"), emitted: [...BYTES, ...WASM].sort(), fetched },
      async () => {
        const output = await build("exports", "index.html", exports, ["--public-url=./"]);
        return { ...(await visit(output)), emitted: emitted(artifacts, output) };
      },
    );
  },
};
