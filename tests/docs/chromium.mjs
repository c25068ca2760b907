// Runs blocks in Chromium: a page at https://app.example under the very policy that the documentation names. The browser's
// network is played, so that the page talks to https://tenant.example as it would.

import { existsSync, readFileSync } from "node:fs";
import path from "node:path";

import { chromiumProgram, startChromium } from "../support/browsers.mjs";
import { root } from "../support/package.mjs";
import { blocksOf } from "./blocks.mjs";
import { tenant } from "./hosts/tenant.mjs";
import { world } from "./runners.mjs";

const origin = "https://app.example";
let chromium;

export async function runInChromium(folder, block, file) {
  if (!chromiumProgram()) return { skipped: "no Chromium on this machine (set CHROME to its path)" };
  chromium ??= await startChromium();
  const { privateJwk, tokens } = world(folder);
  const issuer = await tenant(privateJwk);
  const site = block.language === "html" ? unbundled(folder, block, tokens) : await bundled(folder, file, tokens);

  const context = await chromium.browser.newContext();
  try {
    await context.route("https://tenant.example/**", async (route) => {
      const request = route.request();
      const response = await issuer.answer(request.url(), { method: request.method(), body: request.postData() });
      const body = response.body === null ? "" : await response.text();
      await route.fulfill({ status: response.status, headers: Object.fromEntries(response.headers), body });
    });
    await context.route(`${origin}/**`, (route) => {
      const { pathname } = new URL(route.request().url());
      const answer = site(pathname);
      return route.fulfill(answer ?? { status: 404 });
    });
    return await visit(await context.newPage(), block);
  } finally {
    await context.close();
  }
}

/** The block is content when it has said `alice`, to the page or to the console. */
async function visit(page, block) {
  const errors = [];
  const said = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => (message.type() === "error" ? errors : said).push(message.text()));
  await page.goto(`${origin}/`);
  if (block.words.includes("sign-in")) await page.click("button");
  const deadline = Date.now() + 15_000;
  while (Date.now() < deadline && errors.length === 0) {
    const text = await page.evaluate(() => document.body?.textContent ?? "").catch(() => ""); // Between two pages.
    if ([text, ...said].some((line) => line.includes("alice"))) return undefined;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  return { problem: errors.join("; ") || `it never said alice, only ${JSON.stringify(said)}` };
}

const given = (tokens) =>
  Object.entries(tokens)
    .map(([name, value]) => `globalThis.${name} = ${JSON.stringify(value)};`)
    .join("\n");

/** A page with the block as its one script, bundled, under the policy. */
async function bundled(folder, file, tokens) {
  const { build } = await import("esbuild");
  const { outputFiles } = await build({
    entryPoints: [path.join(folder, file)],
    bundle: true,
    write: false,
    format: "esm",
    target: "esnext",
    conditions: ["browser"],
    banner: { js: given(tokens) },
    logLevel: "error",
  });
  const date = new Date().toUTCString();
  const headers = { "content-type": "text/html", "content-security-policy": policy(), date };
  const page = '<!doctype html><title>-</title><button>Sign in</button><script type="module" src="/page.js"></script>';
  const wasm = (name) => readFileSync(path.join(folder, "node_modules/countersign/dist/wasm", name));
  return (pathname) => {
    if (pathname === "/page.js") return { contentType: "text/javascript", body: outputFiles[0].text };
    if (pathname.endsWith(".wasm")) {
      return { contentType: "application/wasm", body: wasm(path.posix.basename(pathname)) };
    }
    if (pathname === "/favicon.ico") return { status: 204 };
    return { headers, body: page };
  };
}

/** A page with the block in its head and a script that imports the package by its name. No bundler, no policy. */
function unbundled(folder, block, tokens) {
  const script = `${given(tokens)}
    import { createVerifier } from "countersign";
    const verifier = createVerifier({ issuer: "https://tenant.example/", audience: "https://api.example" });
    console.log((await verifier.verify(jwt)).claims.sub);`;
  const page = `<!doctype html><title>-</title>${block.code}<script type="module">${script}</script>`;
  const types = { ".js": "text/javascript", ".wasm": "application/wasm" };
  return (pathname) => {
    if (pathname === "/") return { contentType: "text/html", body: page };
    if (pathname === "/favicon.ico") return { status: 204 };
    const file = path.join(folder, path.posix.normalize(pathname));
    return existsSync(file) ? { contentType: types[path.extname(file)], body: readFileSync(file) } : undefined;
  };
}

/** The policy of docs/guides/verify-in-a-browser.md. */
function policy() {
  const file = "docs/guides/verify-in-a-browser.md";
  const blocks = blocksOf(file, readFileSync(path.join(root, file), "utf8"));
  const found = blocks.find(({ language, code }) => language === "text" && code.includes("script-src"));
  if (!found) throw new Error(`${file} names no Content-Security-Policy`);
  return found.code.trim();
}
