// Bundlers for Node, and Vitest.

import { cpSync, existsSync } from "node:fs";
import path from "node:path";

import { ok } from "../rows.mjs";
import { alone, apps, emitted, lineIn, node, write } from "../support.mjs";

const TOKENS_ALONE = ["core.bytes", "engine.bytes"];
const BYTES = ["auth.bytes", ...TOKENS_ALONE];

export const ncc = {
  name: "ncc",
  packages: { "@vercel/ncc": "0.45.0" },
  async run({ folder, artifacts, row }) {
    cpSync(apps, folder, { recursive: true });
    // It finds the files that the twin in CommonJS reads.
    const files = ["core.wasm", "engine.wasm"];
    for (const [entry, said, kept] of [
      ["app.mjs", ok("node"), BYTES],
      ["require.cjs", "OK alice twin instance", [...TOKENS_ALONE, ...files].sort()],
    ]) {
      await row(entry, { said, emitted: kept }, async () => {
        const out = path.join(folder, "out", entry);
        await node(["node_modules/@vercel/ncc/dist/ncc/cli.js", "build", entry, "--out", out, "--quiet"], {
          cwd: folder,
        });
        const output = alone(out);
        const [file] = ["index.mjs", "index.cjs", "index.js"].filter((name) => existsSync(path.join(output, name)));
        return { said: lineIn(await node([file], { cwd: output })), emitted: emitted(artifacts, output) };
      });
    }
  },
};

export const tsup = {
  name: "tsup",
  packages: { tsup: "8.5.0", typescript: "5.9.3" },
  async run({ folder, artifacts, row }) {
    cpSync(apps, folder, { recursive: true });
    write(folder, {
      "tsup.config.js":
        'export default { entry: ["app.mjs"], format: ["esm", "cjs"], outDir: "out", noExternal: [/countersign/], silent: true, splitting: false };\n',
    });
    await node(["node_modules/tsup/dist/cli-default.js"], { cwd: folder });
    const output = alone(path.join(folder, "out"));
    write(output, { "package.json": { type: "module" } });
    for (const file of ["app.js", "app.cjs"]) {
      await row(file, { said: ok("node"), emitted: BYTES }, async () => ({
        said: lineIn(await node([file], { cwd: output })),
        emitted: emitted(artifacts, output),
      }));
    }
  },
};

const TEST = (environment) => `// @vitest-environment ${environment}
import { expect, test } from "vitest";
import { check } from "./check.js";

test("the program", async () => {
  const line = await check();
  process.stdout.write(line + "\\n");
  expect(line).toMatch(/^OK/);
});
`;

export const vitest = {
  name: "vitest 4",
  packages: { vitest: "4.1.12", jsdom: "27.3.0" },
  async run({ folder, row }) {
    cpSync(apps, folder, { recursive: true });
    write(folder, { "node.test.js": TEST("node"), "jsdom.test.js": TEST("jsdom") });
    for (const environment of ["node", "jsdom"]) {
      await row(environment, { said: ok("node") }, async () =>
        lineIn(await node(["node_modules/vitest/vitest.mjs", "run", `${environment}.test.js`], { cwd: folder })),
      );
    }
  },
};

export const vitestWorkers = {
  name: "vitest-pool-workers",
  packages: { "@cloudflare/vitest-pool-workers": "0.9.14", vitest: "3.2.4" },
  async run({ folder, row }) {
    cpSync(apps, folder, { recursive: true });
    write(folder, {
      "worker.test.js": `import { expect, test } from "vitest";
import { check } from "./check.js";

test("the program", async () => {
  const line = await check();
  console.log(line);
  expect(line).toMatch(/^OK workerd/);
});
`,
      "vitest.config.js": `import { defineWorkersConfig } from "@cloudflare/vitest-pool-workers/config";

const miniflare = { compatibilityDate: "2025-09-01", compatibilityFlags: ["nodejs_compat"] };
export default defineWorkersConfig({ test: { include: ["worker.test.js"], poolOptions: { workers: { miniflare } } } });
`,
    });
    await row("EdDSA, with nodejs_compat", { said: ok("workerd") }, async () =>
      lineIn(await node(["node_modules/vitest/vitest.mjs", "run"], { cwd: folder })),
    );
  },
};
