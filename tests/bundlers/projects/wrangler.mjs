// Wrangler: it uploads every wasm file that is resolved, used or not. Hence the list of what is shipped.

import { cpSync, readdirSync } from "node:fs";
import path from "node:path";

import { startServer } from "../../support/processes.mjs";
import { ok } from "../rows.mjs";
import { freePort } from "../../support/ports.mjs";
import { apps, artifactsIn, ask, emptyFolder, node, write } from "../support.mjs";
import { readFileSync } from "node:fs";

const PROGRAM = "node_modules/wrangler/bin/wrangler.js";
const DATE = "2026-01-01";

export const wrangler = {
  name: "wrangler",
  // The last whose runtime knows the dates that the package supports, and that runs on Node 20.
  packages: { wrangler: "4.86.0" },
  async run({ folder, artifacts, row }) {
    cpSync(apps, folder, { recursive: true });
    const dry = async (main, flags) => {
      const output = emptyFolder(path.join(folder, "out", main, flags.join("")));
      const config = { name: "worker", main, compatibility_date: DATE, compatibility_flags: flags };
      write(folder, { "wrangler.json": config });
      await node([PROGRAM, "deploy", "--dry-run", `--outdir=${output}`], { cwd: folder });
      const files = readdirSync(output).filter((name) => !/\.(map|md)$/.test(name));
      const found = files.flatMap((name) => artifactsIn(artifacts, readFileSync(path.join(output, name))));
      return { said: "OK", shipped: [...new Set(found)].sort() };
    };
    const all = ["auth.wasm", "core.wasm", "engine.wasm"];
    await row("dry run, all entry points", { said: "OK", shipped: all }, () => dry("worker.js", []));
    // Resolved is shipped: none of these may so much as reach another's core.
    const [auth, , engine] = all;
    await row("dry run, a guard", { said: "OK", shipped: [engine, "guard.wasm"] }, () => dry("guard-alone.js", []));
    await row("dry run, sign-in", { said: "OK", shipped: [auth, engine] }, () => dry("sign-in-alone.js", []));
    await row("dry run, slim", { said: "OK", shipped: ["core.wasm"] }, () => dry("tokens-alone.js", []));
    for (const flags of [[], ["nodejs_compat"]]) {
      await row(`dev ${flags.join("")}`.trim(), { said: ok("workerd") }, async () => {
        write(folder, {
          "wrangler.json": { name: "worker", main: "worker.js", compatibility_date: DATE, compatibility_flags: flags },
        });
        const [port, inspector] = [await freePort(), await freePort()];
        const { close } = await startServer(
          process.execPath,
          [PROGRAM, "dev", "--ip=127.0.0.1", `--port=${port}`, `--inspector-port=${inspector}`],
          {
            cwd: folder,
            env: { ...process.env, CI: "1", WRANGLER_SEND_METRICS: "false" },
            log: path.join(folder, "dev.log"),
            ready: (line) => (/Ready on/.test(line) ? true : undefined),
            timeout: 60_000,
          },
        );
        const said = await ask(`http://127.0.0.1:${port}/`);
        await close();
        return said;
      });
    }
  },
};
