// No bundler in a browser: the package's files as they are, for pages and for service workers.

import { cpSync, readFileSync } from "node:fs";
import path from "node:path";

import { ok } from "../rows.mjs";
import { apps, write } from "../support.mjs";

/** The program with the entry points there are for plain files. */
const plainProgram = () =>
  readFileSync(path.join(apps, "check.js"), "utf8")
    .replace('"countersign"', '"./countersign/dist/browser.js"')
    .replace('"countersign/client"', '"./countersign/dist/client-browser.js"')
    .replace('"countersign/slim"', '"./countersign/dist/browser.js"');

/** Of the root's entry point twice. */
const SAID = ok("browser");

export const pages = {
  name: "pages",
  async run({ folder, installed, row, visit, serviceWorker }) {
    cpSync(installed, path.join(folder, "countersign"), { recursive: true });
    for (const name of ["page.js", "service-worker.js"]) cpSync(path.join(apps, name), path.join(folder, name));
    write(folder, { "check.js": plainProgram() });
    const fetched = ["auth.wasm", "core.wasm", "engine.wasm"];
    await row("plain files", { said: SAID, fetched }, () => visit(folder, "page.js"));
    await row("service worker, plain files", { said: SAID, fetched }, () =>
      serviceWorker(folder, "service-worker.js", "module"),
    );

    const { imports } = JSON.parse(readFileSync(path.join(installed, "package.json"), "utf8"));
    const address = (file) => file.replace("./", "./countersign/");
    const own = Object.entries(imports).map(([name, targets]) => [name, address(targets.browser ?? targets.default)]);
    const names = {
      countersign: "./countersign/dist/index.js",
      "countersign/client": "./countersign/dist/client/index.js",
      "countersign/slim": "./countersign/dist/slim/index.js",
    };
    const map = JSON.stringify({ imports: { ...names, ...Object.fromEntries(own) } });
    const mapped = path.join(folder, "mapped");
    cpSync(apps, mapped, { recursive: true });
    cpSync(installed, path.join(mapped, "countersign"), { recursive: true });
    write(mapped, {
      "index.html": `<!doctype html><script type="importmap">${map}</script><pre id="said"></pre><script type="module" src="page.js"></script>`,
    });
    await row("import map", { said: ok("browser"), fetched: ["auth.wasm", "core.wasm", "engine.wasm"] }, () =>
      visit(mapped),
    );
  },
};
