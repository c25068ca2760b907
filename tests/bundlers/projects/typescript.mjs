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

/** One process for each compiler, which reads its libraries once. */
const CHECK = `
import { createRequire } from "node:module";

const [compiler, ...places] = process.argv.slice(2);
const ts = createRequire(import.meta.url)(compiler);
const libraries = new Map();
for (const place of places) {
  const { options, fileNames } = ts.parseJsonConfigFileContent(
    ts.readConfigFile(place + "/tsconfig.json", ts.sys.readFile).config, ts.sys, place);
  const host = ts.createCompilerHost(options);
  const read = host.getSourceFile;
  host.getSourceFile = (file, ...rest) => {
    if (!/lib\\.[\\w.]+\\.ts$/.test(file)) return read(file, ...rest);
    if (!libraries.has(file)) libraries.set(file, read(file, ...rest));
    return libraries.get(file);
  };
  const errors = ts.getPreEmitDiagnostics(ts.createProgram(fileNames, options, host));
  const text = ts.formatDiagnostics(errors, host).split("\\n").slice(0, 3).join(" ");
  console.log(errors.length === 0 ? "OK" : "FAIL " + text);
}
`;

export const typescript = {
  name: "typescript",
  packages: { "typescript-5.0": "npm:typescript@5.0.4", "typescript-5.9": "npm:typescript@5.9.3" },
  async run({ folder, row }) {
    write(folder, { "check.mjs": CHECK });
    const own = path.join(root, "node_modules/typescript");
    const compilers = ["typescript-5.0", "typescript-5.9"].map((name) => [
      name,
      path.join(folder, "node_modules", name),
    ]);
    for (const [name, compiler] of [...compilers, ["typescript of this checkout", own]]) {
      const places = Object.entries(WAYS).map(([way, { type, ...options }]) => {
        const place = path.join(folder, `${name}-${way}`.replaceAll(/\W+/g, "-"));
        cpSync(path.join(apps, "types.ts"), path.join(place, "types.ts"));
        const quiet = compiler === own && way === "node10" ? { ignoreDeprecations: "6.0" } : {};
        // The declarations are checked too; with the DOM's beside them once, since that is most of the time.
        const lib = way === "bundler" ? ["es2022", "dom"] : ["es2022"];
        const more = { strict: true, noEmit: true, target: "es2022", lib, types: [] };
        write(place, {
          "package.json": { type },
          "tsconfig.json": { compilerOptions: { ...options, ...more, ...quiet }, files: ["types.ts"] },
        });
        return place;
      });
      const lines = node(["check.mjs", path.join(compiler, "lib/typescript.js"), ...places], { cwd: folder });
      for (const [number, way] of Object.keys(WAYS).entries()) {
        await row(`${name}, ${way}`, { said: "OK" }, async () => (await lines).split("\n")[number]);
      }
    }
  },
};
