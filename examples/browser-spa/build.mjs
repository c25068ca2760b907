// node build.mjs [react|vue|svelte]…      bundles src/ into dist/. The page in plain JavaScript needs none of this.
import { readFile } from "node:fs/promises";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL(".", import.meta.url));
const entries = { react: "src/react.jsx", vue: "src/vue.js", svelte: "src/svelte.js" };
const named = process.argv.slice(2);

const vue = {
  name: "vue",
  setup({ onLoad }) {
    onLoad({ filter: /\.vue$/ }, async ({ path: filename }) => {
      const { compileScript, parse } = await import("vue/compiler-sfc");
      const { descriptor } = parse(await readFile(filename, "utf8"), { filename });
      const { content } = compileScript(descriptor, { id: path.basename(filename), inlineTemplate: true });
      return { contents: content };
    });
  },
};

const svelte = {
  name: "svelte",
  setup({ onLoad }) {
    onLoad({ filter: /\.svelte$/ }, async ({ path: filename }) => {
      const { compile } = await import("svelte/compiler");
      const { js } = compile(await readFile(filename, "utf8"), { filename, css: "external", generate: "client" });
      return { contents: js.code };
    });
  },
};

for (const name of named.length > 0 ? named : Object.keys(entries)) {
  await build({
    absWorkingDir: folder,
    entryPoints: { [name]: entries[name] },
    outdir: "dist",
    bundle: true,
    format: "esm",
    minify: true,
    target: "es2022",
    conditions: ["browser", "production"],
    jsx: "automatic",
    define: {
      "process.env.NODE_ENV": '"production"',
      __VUE_OPTIONS_API__: "false",
      __VUE_PROD_DEVTOOLS__: "false",
      __VUE_PROD_HYDRATION_MISMATCH_DETAILS__: "false",
    },
    // Served as they are.
    external: ["/config.js", "/countersign/*"],
    plugins: [vue, svelte],
  });
}
