// The declarations, by old and new compilers and each way in which they find modules; the package's own types are checked.

import { cpSync } from "node:fs";
import path from "node:path";

import { root } from "../../support/package.mjs";
import { apps, node, write } from "../support.mjs";

const WAYS = {
  "node16, module": { module: "node16", type: "module" },
  "node16, CommonJS": { module: "node16", type: "commonjs" },
  nodenext: { module: "nodenext", type: "module" },
  bundler: { module: "esnext", moduleResolution: "bundler", type: "module" },
  node10: { module: "commonjs", moduleResolution: "node10", type: "commonjs" },
};

export const typescript = {
  name: "typescript",
  packages: { "typescript-5.0": "npm:typescript@5.0.4", "typescript-5.9": "npm:typescript@5.9.3" },
  async run({ folder, row }) {
    const own = path.join(root, "node_modules/typescript");
    const compilers = ["typescript-5.0", "typescript-5.9"].map((name) => [name, path.join(folder, "node_modules", name)]);
    for (const [name, compiler] of [...compilers, ["typescript of this checkout", own]]) {
      for (const [way, { type, ...options }] of Object.entries(WAYS)) {
        const place = path.join(folder, `${name}-${way}`.replaceAll(/\W+/g, "-"));
        cpSync(path.join(apps, "types.ts"), path.join(place, "types.ts"));
        const isOwn = compiler === own;
        const quiet = isOwn && way === "node10" ? { ignoreDeprecations: "6.0" } : {};
        const more = { strict: true, noEmit: true, target: "es2022", lib: ["es2022", "dom"], types: [] };
        write(place, {
          "package.json": { type },
          "tsconfig.json": { compilerOptions: { ...options, ...more, ...quiet }, files: ["types.ts"] },
        });
        await row(`${name}, ${way}`, { said: "OK" }, async () => {
          await node([path.join(compiler, "lib/tsc.js"), "--project", place]);
          return "OK";
        });
      }
    }
  },
};
