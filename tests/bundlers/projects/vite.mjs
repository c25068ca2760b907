// Vite: pages as they are built and as its server gives them, and server-side rendering with the package inside the bundle.

import { cpSync, rmSync } from "node:fs";
import path from "node:path";

import { ok } from "../rows.mjs";
import { freePort } from "../../support/ports.mjs";
import { alone, apps, bytesFiles, emitted, lineIn, node, write } from "../support.mjs";
import { startServer } from "../../support/processes.mjs";

const BYTES = ["auth.bytes", "core.bytes", "engine.bytes"];
const WASM = ["auth.wasm", "core.wasm", "engine-scalar.wasm", "engine.wasm"];
const HTML = '<!doctype html><title>-</title><pre id="said"></pre><script type="module" src="/page.js"></script>\n';
const SERVER = `
import { createServer } from "vite";

for (const noExternal of [[], ["countersign"]]) {
  const common = { configFile: false, appType: "custom", logLevel: "error", ssr: { noExternal } };
  const server = await createServer({ ...common, server: { middlewareMode: true, ws: false } });
  const { check } = await server.ssrLoadModule("/check.js");
  console.log(await check());
  await server.close();
}
process.exit(0);
`;

/** The rows of one major version. */
export const viteOf = (name, version, fetchedInDev) => ({
  name,
  packages: { vite: version },
  async run({ folder, artifacts, row, visit, visitUrl }) {
    cpSync(apps, folder, { recursive: true });
    write(folder, { "index.html": HTML, "ssr.mjs": SERVER });
    const vite = (args, env) => node(["node_modules/vite/bin/vite.js", ...args], { cwd: folder, env });

    const emittedInBuild = [...BYTES, ...WASM].sort();
    const fetched = ["auth.wasm", "core.wasm", "engine.wasm"];
    await row("build", { said: ok("browser"), emitted: emittedInBuild, fetched }, async () => {
      await vite(["build", "--logLevel=error", "--outDir=out/web"]);
      const output = alone(path.join(folder, "out/web"));
      return { ...(await visit(output)), emitted: emitted(artifacts, output) };
    });
    const built = alone(path.join(folder, "out/web"));
    await row(
      "scripts that are not to be stored beforehand",
      { said: "auth.bytes.js core.bytes.js engine.bytes.js" },
      () => bytesFiles(artifacts, built).join(" "),
    );
    const policy = (script, more = "") => `default-src 'none'; script-src 'self' ${script}; img-src data:; ${more}`;
    const compiles = policy("'wasm-unsafe-eval'", "connect-src 'self'");
    await row("a policy with 'wasm-unsafe-eval'", { said: ok("browser"), fetched }, () =>
      visit(built, undefined, { policy: compiles }),
    );
    const said = /^FAIL CountersignError core_unavailable the host "browser" forbids to compile .*'wasm-unsafe-eval'/;
    await row("a policy without", { said, fetched: ["core.wasm", "engine.wasm"] }, () =>
      visit(built, undefined, { policy: policy("", "connect-src 'self'") }),
    );
    await row("a policy without connect-src", { said: ok("browser"), fetched: BYTES }, () =>
      visit(built, undefined, { policy: policy("'wasm-unsafe-eval'") }),
    );
    await row("a page for every path", { said: ok("browser"), fetched: ["a page for wasm", ...BYTES] }, () =>
      visit(built, undefined, { spa: true, without: /\.wasm$/ }),
    );
    await row("dev", { said: ok("browser"), fetched: fetchedInDev }, async () => {
      rmSync(path.join(folder, "node_modules/.vite"), { recursive: true, force: true });
      const port = await freePort();
      const { close } = await startServer(
        process.execPath,
        ["node_modules/vite/bin/vite.js", `--port=${port}`, "--strictPort", "--host=127.0.0.1"],
        { cwd: folder, log: path.join(folder, "dev.log"), ready: (line) => (/ready in/.test(line) ? true : undefined) },
      );
      const seen = await visitUrl(`http://127.0.0.1:${port}/`);
      await close();
      return seen;
    });
    await row("build for a server, package inside", { said: ok("node"), emitted: BYTES }, async () => {
      write(folder, { "ssr.config.js": 'export default { ssr: { noExternal: true }, logLevel: "error" };\n' });
      await vite(["build", "--ssr=app.mjs", "--outDir=out/ssr", "--config=ssr.config.js"]);
      const output = alone(path.join(folder, "out/ssr"));
      write(output, { "package.json": { type: "module" } });
      return { said: lineIn(await node(["app.js"], { cwd: output })), emitted: emitted(artifacts, output) };
    });
    await row("dev on a server, package outside and inside", { said: [ok("node"), ok("node")].join("\n") }, async () =>
      (await node(["ssr.mjs"], { cwd: folder })).match(/^(OK|FAIL) .*$/gm).join("\n"),
    );
  },
});

export const vite = viteOf("vite", "8.4.0", BYTES);
