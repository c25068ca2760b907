// The projects: those of every run, and those that only the nightly run has.

import { esbuild } from "./projects/esbuild.mjs";
import { jest } from "./projects/jest.mjs";
import { pages } from "./projects/pages.mjs";
import { plain } from "./projects/plain.mjs";
import { rollup } from "./projects/rollup.mjs";
import { typescript } from "./projects/typescript.mjs";
import { vite } from "./projects/vite.mjs";
import { webpack } from "./projects/webpack.mjs";
import { wrangler } from "./projects/wrangler.mjs";

export const projects = [plain, pages, esbuild, rollup, vite, webpack, jest, wrangler, typescript];
export const nightly = [];
