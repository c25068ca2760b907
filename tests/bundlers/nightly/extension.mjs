// An extension of Chromium (Manifest V3): its pages and its service worker, which may compile wasm if its policy says so.

import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createRequire } from "node:module";
import { cpSync } from "node:fs";

import { chromiumProgram } from "../../support/browsers.mjs";
import { root } from "../../support/package.mjs";
import { Unavailable, ok } from "../rows.mjs";
import { apps, emptyFolder, lineIn, run, write } from "../support.mjs";

const program = createRequire(path.join(root, "package.json")).resolve("esbuild/bin/esbuild");
const POPUP = '<!doctype html><title>-</title><pre id="said"></pre><script type="module" src="page.js"></script>\n';
const BACKGROUND = `import { check } from "./check.js";

check().then((line) => {
  globalThis.said = line;
});
`;

export const extension = {
  name: "extension",
  async run({ folder, row }) {
    cpSync(apps, folder, { recursive: true });
    write(folder, { "background.js": BACKGROUND });
    const build = async (name, policy) => {
      const output = emptyFolder(path.join(folder, "out", name));
      const args = ["--bundle", "--format=esm", "--log-level=error", `--outdir=${output}`];
      await run(program, ["page.js", "background.js", ...args], { cwd: folder });
      write(output, {
        "popup.html": POPUP,
        "manifest.json": {
          manifest_version: 3,
          name: "test",
          version: "1",
          action: { default_popup: "popup.html" },
          background: { service_worker: "background.js", type: "module" },
          ...(policy && { content_security_policy: { extension_pages: policy } }),
        },
      });
      return output;
    };
    const refused = /^FAIL CountersignError core_unavailable the host "browser" forbids to compile/;
    for (const [name, policy, said] of [
      ["wasm-unsafe-eval", "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'", ok("browser")],
      ["the default policy", undefined, refused],
    ]) {
      const output = await build(name.replaceAll(" ", "-"), policy);
      const extensionOf = () => visit(output);
      const seen = extensionOf();
      seen.catch(() => undefined);
      await row(`background, ${name}`, { said }, async () => (await seen).background);
      await row(`popup, ${name}`, { said }, async () => (await seen).popup);
    }
  },
};

/** Loads the extension, and answers what its two places say. */
async function visit(folder) {
  if (!chromiumProgram()) throw new Unavailable("no Chromium on this machine (set CHROME to its path)");
  const { chromium } = await import("playwright-core");
  const profile = mkdtempSync(path.join(tmpdir(), "countersign-extension-"));
  const sandbox = process.getuid?.() === 0 ? ["--no-sandbox"] : [];
  const context = await chromium.launchPersistentContext(profile, {
    executablePath: chromiumProgram(),
    headless: false,
    args: ["--headless=new", ...sandbox, `--disable-extensions-except=${folder}`, `--load-extension=${folder}`],
  });
  try {
    const worker = context.serviceWorkers()[0] ?? (await context.waitForEvent("serviceworker", { timeout: 15_000 }));
    const wait = async () => {
      for (let turns = 0; turns < 50 && globalThis.said === undefined; turns += 1) {
        await new Promise((resolve) => setTimeout(resolve, 200));
      }
      return globalThis.said ?? "nothing";
    };
    const background = lineIn(await worker.evaluate(wait));
    const page = await context.newPage();
    await page.goto(new URL("/popup.html", worker.url()).href);
    await page.waitForFunction(() => /OK|FAIL/.test(document.getElementById("said")?.textContent ?? ""));
    return { background, popup: lineIn(await page.textContent("#said")) };
  } finally {
    await context.close();
    rmSync(profile, { recursive: true, force: true });
  }
}
