// The projects: those of every run, and those that only the nightly run has.

import { angular } from "./nightly/angular.mjs";
import { cloudflare } from "./nightly/cloudflare.mjs";
import { extension } from "./nightly/extension.mjs";
import { next15, next16 } from "./nightly/next.mjs";
import { parcel } from "./nightly/parcel.mjs";
import { reactNative } from "./nightly/react-native.mjs";
import { ncc, tsup, vitest, vitestWorkers } from "./nightly/small.mjs";
import { sveltekit } from "./nightly/sveltekit.mjs";
import { esbuild } from "./projects/esbuild.mjs";
import { jest } from "./projects/jest.mjs";
import { pages } from "./projects/pages.mjs";
import { plain } from "./projects/plain.mjs";
import { rollup } from "./projects/rollup.mjs";
import { typescript } from "./projects/typescript.mjs";
import { vite, viteOf } from "./projects/vite.mjs";
import { webpack } from "./projects/webpack.mjs";
import { wrangler } from "./projects/wrangler.mjs";

export const projects = [plain, pages, esbuild, rollup, vite, webpack, jest, wrangler, typescript];

/** The dev server of Vite 7 leaves the file's address as it was, as that of Vite 8. */
const vite7 = viteOf("vite 7", "7.3.8", ["auth.bytes", "core.bytes", "engine.bytes"]);

export const nightly = [
  ...[extension, vite7, ncc, tsup, vitest, vitestWorkers, parcel, cloudflare],
  ...[reactNative, sveltekit, angular, next15, next16],
];
