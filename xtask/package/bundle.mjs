// One bundle of all entry points, with what they share in chunks: a file for each module would cost each start a third of
// a millisecond per file. Imports with `#` stay, so that the conditions of the user's host choose.

import { readdirSync } from "node:fs";
import path from "node:path";

import { rolldown } from "rolldown";

import { commonJs } from "./commonjs.mjs";
import { ADAPTERS } from "./manifest.mjs";

/**
 * Modules that every entry point with a core has, in one chunk, and in another those of a verifier, which pages that sign users
 * in have not. Of themselves they would be nine files, and each costs a start of Node a third of a millisecond.
 */
const CHUNKS = {
  base: {
    ".": ["tables", "wait"],
    options: ["base64url", "bytes", "readers", "text"],
    wasm: ["tag"],
    core: ["core", "instance", "known-answer", "memory", "wasm-instance"],
    engine: ["signatures", "webcrypto"],
    jwks: ["discovery", "download", "driver"],
    verifier: ["token-verifier", "verification"],
  },
  verifier: {
    ".": ["engines"],
    engine: ["host-engines", "node-crypto"],
    jwks: ["source-driver", "state"],
    verifier: ["answers", "create", "decode-by", "options", "verifier"],
  },
};

/** What is one for all entry points, also where they share no chunk: the class of errors, and what that needs. */
const ERRORS = ["errors", "options/own", "wasm/permission"];

/** Hosts whose file has what compiles wasm in it, too: `#host` and `#wasm/compile` are one file there. */
const WITH_COMPILER = ["host/node", "host/deno", "host/bun"];

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
  const input = Object.fromEntries([...whole, ...guards]);
  await write(dist, "esm", { input, plugins: [errorsApart(modules), chosenLater] }, chunks(modules));
  // What conditions choose, each by itself: what they share is a few lines.
  const hostFiles = hosts.map((name) => `host/${path.basename(name, ".js")}`);
  for (const name of ["errors", ...hostFiles, "wasm/compile", "wasm/take", "wasm/fetched", "wasm/simd"]) {
    const parts = name === "errors" ? ERRORS : WITH_COMPILER.includes(name) ? [name, "wasm/compile"] : [name];
    const text = parts.map((part) => `export * from ${JSON.stringify(entry(part)[1])};`).join("\n");
    await write(dist, "esm", { input: { [name]: `parts of ${name}` }, plugins: [written(text), compiler] });
  }
  for (const [name, module] of [
    ["browser", "index.js"],
    ["client-browser", "client/index.js"],
    ["spa-browser", "spa/index.js"],
  ]) {
    const input = { [name]: path.join(modules, module) };
    // One file, also with what others import when they need it: a part could be of another version than the rest is.
    await write(dist, "esm", { input, plugins: [forPages(modules, artifacts)] }, { codeSplitting: false });
  }
  // What most servers import, and start with: one file of JavaScript. It shares nothing with the other entry points but errors,
  // which know each other.
  await write(
    dist,
    "esm",
    { input: { "index-node": entry("index")[1] }, plugins: [errorsApart(modules), forNode(modules)] },
    { codeSplitting: false },
  );
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
  const build = await rolldown({ external: /^node:/, ...options, plugins: [...(options.plugins ?? []), glueAsObject] });
  await build.write({
    dir: dist,
    format,
    entryFileNames: "[name].js",
    chunkFileNames: "shared/[name].js",
    // Bundlers leave out what is marked as pure.
    comments: { legal: false, jsdoc: false, annotation: true },
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

/** {@link ERRORS}, as the file that they are by themselves. */
function errorsApart(modules) {
  const files = ERRORS.map((name) => path.join(modules, `${name}.js`));
  return {
    name: "errors",
    resolveId: (source, importer) =>
      importer && files.includes(path.resolve(path.dirname(importer), source))
        ? { id: "#errors", external: true }
        : null,
  };
}

/** Node's choices, made already. */
function forNode(modules) {
  const chosen = {
    "#host": path.join(modules, "host/node.js"),
    "#wasm/compile": path.join(modules, "wasm/compile.js"),
  };
  return {
    name: "node",
    resolveId(source) {
      const [, artifact] = /^#wasm\/(\w+)$/.exec(source) ?? [];
      if (chosen[source] !== undefined || artifact === undefined) return chosen[source] ?? null;
      return { id: `./wasm/${artifact}.bytes.js`, external: true };
    },
  };
}

/** The chunks of {@link CHUNKS}. */
const chunks = (modules) => ({
  codeSplitting: {
    groups: Object.entries(CHUNKS).map(([name, folders]) => {
      const members = Object.entries(folders).flatMap(([folder, names]) =>
        names.map((member) => path.join(modules, folder, `${member}.js`)),
      );
      return { name, test: (id) => members.includes(id) };
    }),
  },
});

/** An entry of this text. */
const written = (text) => ({
  name: "written",
  resolveId: (source) => (source.startsWith("parts of ") ? source : null),
  load: (id) => (id.startsWith("parts of ") ? text : null),
});

/** What compiles is a file of its own, which pages and others have already. */
const compiler = {
  name: "compiler",
  resolveId: (source, importer) => (importer && source === "./compile.js" ? { id: source, external: true } : null),
};

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

/**
 * The glue as the object that `cutGlue` writes, where the source has its namespace: of that, bundlers make an object with a getter
 * for each function, by a helper that is one more file.
 */
const glueAsObject = {
  name: "glue",
  transform: (code) =>
    code.includes("import * as glue from") ? code.replace("import * as glue from", "import { glue } from") : null,
};

/** What the conditions of the user's host choose. */
const chosenLater = {
  name: "imports",
  resolveId: (source) => (source.startsWith("#") ? { id: source, external: true } : null),
};
