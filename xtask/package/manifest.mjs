// What package.json says of entry points, hosts and artifacts.

/** Those of the entry points that put a guard into a framework: a module of js/adapter/ each. */
export const ADAPTERS = ["hono", "express", "fastify", "node"];

/** The entry points beside the root, by their folders in dist/. */
const SUBPATHS = [
  "client",
  "web",
  "spa",
  "slim",
  "guard",
  "openapi",
  "presets",
  "presets/providers",
  "checks",
  "node-cli",
  "presets/fief",
  "stores",
  "testing",
  "user",
  ...ADAPTERS,
];
const REACT_NATIVE = "./dist/react-native.js";

/** The fields that are not the same in every version. */
export function fields(artifacts) {
  return {
    sideEffects: [REACT_NATIVE],
    // For those that know no `exports`.
    main: "./dist/cjs/index.js",
    types: "./dist/index.d.ts",
    "react-native": REACT_NATIVE,
    unpkg: "./dist/browser.js",
    jsdelivr: "./dist/browser.js",
    exports: exportsOf(artifacts),
    imports: importsOf(artifacts),
    files: SUBPATHS,
  };
}

/** The folders in which those that know no `exports` look for the other entry points. */
export function stubs() {
  return SUBPATHS.map((folder) => [
    `${folder}/package.json`,
    { main: `${up(folder)}dist/cjs/${folder}/index.js`, types: `${up(folder)}dist/${folder}/index.d.ts` },
  ]);
}

const up = (folder) => "../".repeat(folder.split("/").length);

function exportsOf(artifacts) {
  const files = artifacts.flatMap(({ file, withoutSimd }) => [file, ...(withoutSimd ? [withoutSimd] : [])]);
  return {
    ".": entryPoint("index.js", "index-node.js"),
    ...Object.fromEntries(SUBPATHS.map((folder) => [`./${folder}`, entryPoint(`${folder}/index.js`)])),
    "./browser": "./dist/browser.js",
    "./client/browser": "./dist/client-browser.js",
    "./spa/browser": "./dist/spa-browser.js",
    ...Object.fromEntries(files.map((file) => [`./${file}.wasm`, `./dist/wasm/${file}.wasm`])),
    "./package.json": "./package.json",
  };
}

/**
 * Whoever can `require` a module gets the very one that `import` gives, and the others its twin in CommonJS. With `forNode`, Node
 * gets that one: it is asked for where `#host` is Node's.
 */
function entryPoint(file, forNode) {
  const module = `./dist/${file}`;
  const others = Object.fromEntries(["workerd", "edge-light", "deno", "bun"].map((host) => [host, module]));
  const chosen = forNode === undefined ? module : { ...others, node: `./dist/${forNode}`, default: module };
  const conditions = [
    ["bun", module],
    ["deno", module],
    ["module-sync", chosen],
    ["module", chosen],
  ];
  return {
    "react-native": REACT_NATIVE,
    require: { ...Object.fromEntries(conditions), default: `./dist/cjs/${file}` },
    ...(typeof chosen === "string" ? { default: chosen } : chosen),
  };
}

/** In this order: Deno and Bun have the condition `node` too, and the edge's bundlers have `browser`. */
function importsOf(artifacts) {
  const byHost = (targets) => Object.fromEntries(targets.map(([condition, file]) => [condition, `./dist/${file}.js`]));
  const hosts = ["workerd", "edge-light", "deno", "bun", "node", "browser"];
  const forms = ["static", "edge-light", "bytes", "bytes", "bytes", "fetched"];
  return {
    "#errors": byHost([["default", "errors"]]),
    "#host": byHost([...hosts.map((host) => [host, `host/${host}`]), ["default", "host/browser"]]),
    "#wasm/compile": byHost([
      ["workerd", "wasm/take"],
      ["edge-light", "wasm/take"],
      // One file with the host's: each is a part of every start.
      ...["deno", "bun", "node"].map((host) => [host, `host/${host}`]),
      ["default", "wasm/compile"],
    ]),
    ...Object.fromEntries(
      artifacts.map(({ name }) => [
        `#wasm/${name}`,
        byHost([...hosts.map((host, at) => [host, `wasm/${name}.${forms[at]}`]), ["default", `wasm/${name}.fetched`]]),
      ]),
    ),
  };
}
