// SvelteKit: its server in development, and its adapters for Node and for Cloudflare.

import { cpSync } from "node:fs";
import path from "node:path";

import { startServer } from "../../support/processes.mjs";
import { ok } from "../rows.mjs";
import { freePort } from "../../support/ports.mjs";
import { alone, apps, ask, node, write } from "../support.mjs";

const VITE = "node_modules/vite/bin/vite.js";
const FILES = {
  "vite.config.js": `import { sveltekit } from "@sveltejs/kit/vite";

export default { plugins: [sveltekit()] };
`,
  "svelte.config.js": `import cloudflare from "@sveltejs/adapter-cloudflare";
import node from "@sveltejs/adapter-node";

export default { kit: { adapter: process.env.ADAPTER === "cloudflare" ? cloudflare() : node({ out: "out-node" }) } };
`,
  "wrangler.json": {
    name: "kit",
    compatibility_date: "2025-09-01",
    compatibility_flags: ["nodejs_als"],
    main: ".svelte-kit/cloudflare/_worker.js",
    assets: { directory: ".svelte-kit/cloudflare", binding: "ASSETS" },
  },
  "src/app.html": "<!doctype html><html><head>%sveltekit.head%</head><body><div>%sveltekit.body%</div></body></html>\n",
  "src/routes/api/+server.js": `import { check } from "$lib/check.js";

export const GET = async () => new Response(await check());
`,
  "src/routes/client/+page.svelte": `<script>
  import { onMount } from "svelte";
  import { check } from "$lib/check.js";

  let line = $state("");
  onMount(async () => {
    line = await check();
  });
</script>

<pre id="said">{line}</pre>
`,
};

export const sveltekit = {
  name: "sveltekit",
  packages: {
    "@sveltejs/adapter-cloudflare": "7.2.9",
    "@sveltejs/adapter-node": "5.4.0",
    "@sveltejs/kit": "2.70.4",
    "@sveltejs/vite-plugin-svelte": "6.2.3",
    svelte: "5.57.3",
    vite: "7.3.8",
    wrangler: "4.86.0",
  },
  async run({ folder, row, visitUrl }) {
    // The adapter puts into its output what are not `dependencies`.
    write(folder, { ...FILES, "package.json": { private: true, type: "module", devDependencies: this.packages } });
    cpSync(path.join(apps, "check.js"), path.join(folder, "src/lib/check.js"));
    const serve = async (args, { cwd = folder, env = {}, ready }, see) => {
      const port = await freePort();
      const { close } = await startServer(process.execPath, args(port), {
        cwd,
        env: {
          ...process.env,
          CI: "1",
          NO_COLOR: "1",
          WRANGLER_SEND_METRICS: "false",
          PORT: port,
          HOST: "127.0.0.1",
          ...env,
        },
        log: path.join(folder, "server.log"),
        ready: (line) => (ready.test(line) ? true : undefined),
        timeout: 60_000,
      });
      const seen = await see(`http://127.0.0.1:${port}`);
      await close();
      return seen;
    };
    const fetched = ["auth.wasm", "core.wasm", "engine.wasm"];
    const dev = (port) => [VITE, `--port=${port}`, "--strictPort", "--host=127.0.0.1"];
    await row("dev, server", { said: ok("node") }, () =>
      serve(dev, { ready: /127\.0\.0\.1/ }, (url) => ask(`${url}/api`)),
    );
    await row("dev, page", { said: ok("browser"), fetched: ["auth.bytes", "core.bytes", "engine.bytes"] }, () =>
      serve(dev, { ready: /127\.0\.0\.1/ }, (url) => visitUrl(`${url}/client`)),
    );

    await node([VITE, "build", "--logLevel=error"], { cwd: folder, env: { ADAPTER: "node" } });
    const built = alone(path.join(folder, "out-node"));
    write(built, { "package.json": { type: "module" } });
    const listening = { cwd: built, ready: /Listening on/ };
    await row("adapter-node, server", { said: ok("node") }, () =>
      serve(
        () => ["index.js"],
        listening,
        (url) => ask(`${url}/api`),
      ),
    );
    await row("adapter-node, page", { said: ok("browser"), fetched }, () =>
      serve(
        () => ["index.js"],
        listening,
        (url) => visitUrl(`${url}/client`),
      ),
    );

    await node([VITE, "build", "--logLevel=error"], { cwd: folder, env: { ADAPTER: "cloudflare" } });
    await row("adapter-cloudflare", { said: ok("workerd") }, async () => {
      const inspector = await freePort();
      const worker = (port) => [
        "node_modules/wrangler/bin/wrangler.js",
        "dev",
        "--ip=127.0.0.1",
        `--port=${port}`,
        `--inspector-port=${inspector}`,
      ];
      return serve(worker, { ready: /Ready on/ }, (url) => ask(`${url}/api`));
    });
  },
};
