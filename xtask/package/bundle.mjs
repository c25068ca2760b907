// One bundle of all entry points, with what they share in chunks: a file for each module would cost each start a third of
// a millisecond per file. Imports with `#` stay, so that the conditions of the user's host choose.

import { readdirSync } from "node:fs";
import path from "node:path";

import { rolldown } from "rolldown";

import { commonJs } from "./commonjs.mjs";
import { ADAPTERS } from "./manifest.mjs";

export async function bundle(modules, dist, artifacts) {
  const entry = (name) => [name, path.join(modules, `${name}.js`)];
  const hosts = readdirSync(path.join(modules, "host")).filter((name) => name.endsWith(".js") && name !== "host.js");
  const whole = [
    entry("index"),
    ["slim/index", path.join(modules, "slim.js")],
    entry("client/index"),
    entry("spa/index"),
    ["web/index", entry("session/index")[1]],
    ["presets/fief/index", path.join(modules, "fief/index.js")],
  ];
  const guards = [
    entry("guard/index"),
    entry("openapi/index"),
    entry("user/index"),
    ...ADAPTERS.map((name) => [`${name}/index`, entry(`adapter/${name}`)[1]]),
  ];
  const input = Object.fromEntries([
    ...whole,
    ...guards,
    ...hosts.map((name) => entry(`host/${path.basename(name, ".js")}`)),
    ...["wasm/compile", "wasm/take", "wasm/fetched", "wasm/simd"].map(entry),
  ]);
  await write(dist, "esm", { input, plugins: [chosenLater] });
  for (const [name, module] of [
    ["browser", "index.js"],
    ["client-browser", "client/index.js"],
    ["spa-browser", "spa/index.js"],
  ]) {
    const input = { [name]: path.join(modules, module) };
    // One file, also with what others import when they need it: a part could be of another version than the rest is.
    await write(dist, "esm", { input, plugins: [forPages(modules, artifacts)] }, { codeSplitting: false });
  }
  // Each by itself: what they share with the others is small, and would be one more file for them to load.
  for (const [name, module] of [
    ["checks", "checks"],
    ["node-cli", "cli"],
    ["presets", "presets"],
    ["presets/providers", "providers"],
    ["stores", "store"],
    ["testing", "testing"],
  ]) {
    const input = { [`${name}/index`]: entry(`${module}/index`)[1] };
    await write(dist, "esm", { input });
    await write(path.join(dist, "cjs"), "cjs", { input });
  }
  await write(
    dist,
    "esm",
    { input: { "cli/countersign": entry("cli/bin")[1] }, plugins: [beside(modules)] },
    { banner: "#!/usr/bin/env node" },
  );
  const { entries, inject, plugin } = commonJs(modules);
  await write(path.join(dist, "cjs"), "cjs", {
    input: Object.fromEntries([...whole, ...guards, ...entries.map(entry)]),
    plugins: [plugin, chosenLater],
    transform: { inject },
  });
}

async function write(dist, format, options, more = {}) {
  const build = await rolldown({ external: /^node:/, ...options });
  await build.write({
    dir: dist,
    format,
    entryFileNames: "[name].js",
    chunkFileNames: "shared/[name].js",
    comments: false,
    ...more,
  });
  await build.close();
}

/** One file for pages and workers that use no bundler: nothing resolves `#` there. It has the browsers' choices in it. */
function forPages(modules, artifacts) {
  const chosen = {
    "#host": path.join(modules, "host/browser.js"),
    "#wasm/compile": path.join(modules, "wasm/compile.js"),
    ...Object.fromEntries(
      artifacts.map(({ name }) => [`#wasm/${name}`, { id: `./wasm/${name}.fetched.js`, external: true }]),
    ),
  };
  return { name: "pages", resolveId: (source) => chosen[source] ?? null };
}

/** The other entry points, for one that is bundled by itself and lies in a folder beside theirs: users have those anyway. */
function beside(modules) {
  const others = new Map(
    ["index", "client/index", "presets/index", "checks/index"].map((name) => [path.join(modules, `${name}.js`), name]),
  );
  return {
    name: "beside",
    resolveId(source, importer) {
      const other = importer && others.get(path.resolve(path.dirname(importer), source));
      return other ? { id: `../${other}.js`, external: true } : null;
    },
  };
}

/** What the conditions of the user's host choose. */
const chosenLater = {
  name: "imports",
  resolveId: (source) => (source.startsWith("#") ? { id: source, external: true } : null),
};
