// Cloudflare's plugin for Vite: its server, and what a deployment would upload.

import { cpSync } from "node:fs";
import path from "node:path";

import { startServer } from "../../support/processes.mjs";
import { ok } from "../rows.mjs";
import { freePort } from "../../support/ports.mjs";
import { apps, ask, emitted, node, write } from "../support.mjs";

export const cloudflare = {
  name: "cloudflare's vite plugin",
  packages: { "@cloudflare/vite-plugin": "1.13.8", vite: "7.3.8", wrangler: "4.45.4" },
  async run({ folder, artifacts, row }) {
    cpSync(apps, folder, { recursive: true });
    write(folder, {
      "vite.config.js": `import { cloudflare } from "@cloudflare/vite-plugin";

export default { plugins: [cloudflare({ inspectorPort: false })], build: { outDir: "out" } };
`,
      "wrangler.json": { name: "worker", main: "worker.js", compatibility_date: "2025-09-01" },
    });
    const vite = "node_modules/vite/bin/vite.js";
    const serve = async (words) => {
      const port = await freePort();
      const { close } = await startServer(
        process.execPath,
        [vite, ...words, `--port=${port}`, "--strictPort", "--host=127.0.0.1"],
        {
          cwd: folder,
          env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false", NO_COLOR: "1" },
          log: path.join(folder, `${words[0] ?? "dev"}.log`),
          ready: (line) => (/127\.0\.0\.1/.test(line) ? true : undefined),
          timeout: 60_000,
        },
      );
      const said = await ask(`http://127.0.0.1:${port}/`);
      await close();
      return said;
    };
    await row("dev", { said: ok("workerd") }, () => serve([]));
    await row("build", { said: "OK", shipped: ["auth.wasm", "core.wasm", "engine.wasm"] }, async () => {
      await node([vite, "build", "--logLevel=error"], { cwd: folder });
      return { said: "OK", shipped: emitted(artifacts, path.join(folder, "out")) };
    });
    await row("preview", { said: ok("workerd") }, () => serve(["preview"]));
  },
};
