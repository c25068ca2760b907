// The twin in CommonJS, for those who cannot load modules: Node before 20.19 and 22.12, Jest, and resolvers that know no
// `exports`. Nothing resolves `#` for all of them, so it has Node's choices, and a map to the browsers' for bundlers.

import { writeFileSync } from "node:fs";
import path from "node:path";

import { bytesOf } from "./wasm.mjs";

/** Written among the compiled modules: what the twin has instead of globals that Jest's jsdom lacks. */
const TEXT = `import * as util from "node:util";
const host = typeof globalThis.TextEncoder === "function" ? globalThis : util;
export const { TextDecoder, TextEncoder } = host;
`;
const TEXT_IN_BROWSERS = "export const { TextDecoder, TextEncoder } = globalThis;\n";

/** What rolldown is told beyond what it is told of the modules. */
export function commonJs(modules) {
  const text = path.join(modules, "host/text.js");
  writeFileSync(text, TEXT);
  writeFileSync(path.join(modules, "host/text-browser.js"), TEXT_IN_BROWSERS);
  const chosen = {
    "#host": path.join(modules, "host/node.js"),
    "#wasm/compile": path.join(modules, "wasm/compile.js"),
  };
  return {
    entries: ["host/node", "host/browser", "host/text", "host/text-browser", "wasm/decode"],
    inject: { TextDecoder: [text, "TextDecoder"], TextEncoder: [text, "TextEncoder"] },
    plugin: {
      name: "commonjs",
      resolveId: (source) => chosen[source] ?? null,
      // The artifacts' modules are written by hand, beside the others.
      renderChunk(code, { fileName }) {
        const up = path.posix.relative(path.posix.dirname(fileName), "wasm");
        return code.replaceAll(/require\("#wasm\/(\w+)"\)/g, (_, name) => {
          return `require("${up.startsWith(".") ? up : `./${up}`}/${name}.js")`;
        });
      },
    },
  };
}

/** The modules of an artifact, and what package.json of the twin says. */
export function commonJsFiles(artifacts) {
  const files = artifacts.flatMap(({ name, file }) => [
    [
      `wasm/${name}.js`,
      `const { readFileSync } = require("node:fs");

/** The file, where it lies; in a bundle the module with its bytes, which bundlers follow and old versions of Node need not. */
function bytes() {
  try {
    return readFileSync(__dirname + "/../../wasm/${file}.wasm");
  } catch {
    return Buffer.from(require("../../wasm/${name}.bytes.js").default, "base64");
  }
}
exports.module = () => new WebAssembly.Module(bytes());
exports.load = undefined;
`,
    ],
    [
      `wasm/${name}-browser.js`,
      `const { decode } = require("./decode.js");
exports.module = undefined;
exports.load = async () => {
  const { default: base64 } = await import(${bytesOf(name)} "../../wasm/${name}.bytes.js");
  return WebAssembly.compile(decode(base64));
};
`,
    ],
  ]);
  const inBrowsers = ["host/node", "host/text", ...artifacts.map(({ name }) => `wasm/${name}`)];
  const forBrowsers = (name) => (name === "host/node" ? "host/browser" : `${name}-browser`);
  const manifest = {
    type: "commonjs",
    sideEffects: false,
    // Here, because only the nearest package.json counts.
    browser: Object.fromEntries(inBrowsers.map((name) => [`./${name}.js`, `./${forBrowsers(name)}.js`])),
  };
  return [...files, ["package.json", `${JSON.stringify(manifest, null, 2)}\n`]];
}
