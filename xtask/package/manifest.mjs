// What package.json says of entry points, hosts and artifacts.

/** The entry points, by their folder in dist/. */
const SUBPATHS = ["", "slim/"];

export function exportsOf(artifacts) {
  const files = artifacts.flatMap(({ file, withoutSimd }) => [file, ...(withoutSimd ? [withoutSimd] : [])]);
  return {
    ...Object.fromEntries(SUBPATHS.map((folder) => [`./${folder}`.replace(/\/$/, ""), `./dist/${folder}index.js`])),
    ...Object.fromEntries(files.map((file) => [`./${file}.wasm`, `./dist/wasm/${file}.wasm`])),
    "./browser": "./dist/browser.js",
    "./package.json": "./package.json",
  };
}

/** In this order: Deno and Bun have the condition `node` too, and the edge's bundlers have `browser`. */
export function importsOf(artifacts) {
  const byHost = (targets) => Object.fromEntries(targets.map(([condition, file]) => [condition, `./dist/${file}.js`]));
  const hosts = ["workerd", "edge-light", "deno", "bun", "node", "browser"];
  const forms = ["static", "edge-light", "embedded", "embedded", "embedded", "fetched"];
  return {
    "#host": byHost([...hosts.map((host) => [host, `host/${host}`]), ["default", "host/browser"]]),
    "#wasm/compile": byHost([
      ["workerd", "wasm/take"],
      ["edge-light", "wasm/take"],
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
