// One bundle of all entry points, with what they share in chunks: a file for each module would cost each start a third of
// a millisecond per file. Imports with `#` stay, so that the conditions of the user's host choose.

import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";

import { rolldown } from "rolldown";

import { commonJs } from "./commonjs.mjs";
import { ADAPTERS } from "./manifest.mjs";

/** Marks a module of the second tree. */
const TWIN = "?slim";

export async function bundle(modules, dist) {
  const entry = (name) => [name, path.join(modules, `${name}.js`)];
  const hosts = readdirSync(path.join(modules, "host")).filter((name) => name.endsWith(".js") && name !== "host.js");
  const both = [entry("index"), ["slim/index", path.join(modules, "index.js") + TWIN]];
  const guards = [entry("guard/index"), ...ADAPTERS.map((name) => [`${name}/index`, entry(`adapter/${name}`)[1]])];
  const input = Object.fromEntries([
    ...both,
    ...guards,
    ...hosts.map((name) => entry(`host/${path.basename(name, ".js")}`)),
    ...["wasm/compile", "wasm/take", "wasm/fetched", "wasm/simd"].map(entry),
  ]);
  await write(dist, "esm", { input, plugins: [twins(modules)] });
  await write(dist, "esm", { input: { browser: path.join(modules, "index.js") }, plugins: [forPages(modules)] });
  // By itself: what it shares with the others is small, and would be one more file for them to load.
  const presets = { "presets/index": path.join(modules, "presets/index.js") };
  await write(dist, "esm", { input: presets });
  await write(path.join(dist, "cjs"), "cjs", { input: presets });
  const { entries, inject, plugin } = commonJs(modules);
  await write(path.join(dist, "cjs"), "cjs", {
    input: Object.fromEntries([...both, ...guards, ...entries.map(entry)]),
    plugins: [plugin, twins(modules)],
    transform: { inject },
  });
}

async function write(dist, format, options) {
  const build = await rolldown({ external: /^node:/, ...options });
  await build.write({
    dir: dist,
    format,
    entryFileNames: "[name].js",
    chunkFileNames: "shared/[name].js",
    comments: false,
  });
  await build.close();
}

/** One file for pages and workers that use no bundler: nothing resolves `#` there. It has the browsers' choices in it. */
function forPages(modules) {
  const chosen = {
    "#host": path.join(modules, "host/browser.js"),
    "#wasm/compile": path.join(modules, "wasm/compile.js"),
    "#wasm/core": { id: "./wasm/core.fetched.js", external: true },
  };
  return { name: "pages", resolveId: (source) => chosen[source] ?? null };
}

/**
 * `countersign/slim` is the same modules on another artifact. Those that know the artifact, and those that import them,
 * exist twice; everything else is shared, `CountersignError` with it.
 */
function twins(modules) {
  const twin = modulesWithArtifact(modules);
  return {
    name: "slim",
    async resolveId(source, importer) {
      const inTwin = importer?.endsWith(TWIN) ?? false;
      if (source.startsWith("#")) {
        return { id: inTwin && source === "#wasm/core" ? "#wasm/slim" : source, external: true };
      }
      if (!inTwin || !source.startsWith(".")) return null;
      const file = path.resolve(path.dirname(importer), source);
      return twin.has(file) ? file + TWIN : file;
    },
    load: (id) => (id.endsWith(TWIN) ? readFileSync(id.slice(0, -TWIN.length), "utf8") : null),
  };
}

/** The glue, which has one instance behind it, and whatever leads to `#wasm/core`. */
function modulesWithArtifact(modules) {
  const files = readdirSync(modules, { recursive: true })
    .filter((name) => name.endsWith(".js"))
    .map((name) => path.join(modules, name));
  const imported = new Map(
    files.map((file) => {
      const specifiers = [...readFileSync(file, "utf8").matchAll(/from "([^"]+)"/g)].map(([, name]) => name);
      return [file, specifiers.map((name) => (name.startsWith(".") ? path.resolve(path.dirname(file), name) : name))];
    }),
  );
  const found = new Set(["#wasm/core", path.join(modules, "core/countersign.js")]);
  for (let size = 0; size !== found.size;) {
    size = found.size;
    for (const [file, targets] of imported) if (targets.some((target) => found.has(target))) found.add(file);
  }
  return found;
}
