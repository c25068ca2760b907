// Bundles src/ into public/dist/. esbuild leaves `new URL("….wasm", import.meta.url)` as it is, so the wasm file must
// lie beside the bundle. (Vite and webpack copy it by themselves.)
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
