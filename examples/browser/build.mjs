// Bundles src/ into public/dist/, with the wasm file beside it. (Vite and webpack find and copy that file by themselves.)
import { copyFile } from "node:fs/promises";
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
});
await copyFile(new URL(import.meta.resolve("countersign/countersign.wasm")), `${folder}public/dist/countersign.wasm`);
