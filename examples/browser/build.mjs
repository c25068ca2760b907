// Bundles src/ into public/dist/. The core's bytes are a script of their own, which the page imports when it verifies.
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const folder = fileURLToPath(new URL(".", import.meta.url));
await build({
  absWorkingDir: folder,
  entryPoints: ["src/main.js"],
  outdir: "public/dist",
  bundle: true,
  format: "esm",
  minify: true,
  splitting: true,
});
