// Pages and service workers of Chromium, and what each has fetched of the artifacts.

import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";

import { chromiumProgram, startChromium } from "../support/browsers.mjs";
import { atEnd } from "../support/processes.mjs";
import { Unavailable } from "./rows.mjs";
import { artifactsIn, lineIn } from "./support.mjs";

const TYPES = {
  ".html": "text/html",
  ".js": "text/javascript",
  ".mjs": "text/javascript",
  ".wasm": "application/wasm",
  ".css": "text/css",
};
const PATIENCE = 60_000;

export class Browser {
  #artifacts;
  #started;

  constructor(artifacts) {
    this.#artifacts = artifacts;
  }

  /**
   * Opens the page of a folder: its index.html, or one around `script`. `policy` is its Content-Security-Policy; with `spa`
   * the server answers whatever it does not have with a page, and `without` are files that it does not have.
   */
  visit = async (folder, script, options = {}) => {
    const site = await this.#serve(folder, script, options);
    const { said, logged } = await this.#open(site.url);
    await site.close();
    return { said, logged, fetched: site.fetched() };
  };

  /** Opens the page of a tool's own server. */
  visitUrl = async (url) => {
    const bodies = [];
    const seen = await this.#open(url, (page) => {
      page.on("response", (response) => {
        if (response.status() >= 400 && !/favicon/.test(response.url())) bodies.push(response.status());
        else bodies.push(response.body().catch(() => Buffer.alloc(0)));
      });
    });
    const found = (await Promise.all(bodies)).flatMap((body) =>
      typeof body === "number" ? [body] : artifactsIn(this.#artifacts, body),
    );
    return { said: seen.said, logged: seen.logged, fetched: [...new Set(found)].sort() };
  };

  /** Registers a service worker of a folder, and asks it to run the program. */
  serviceWorker = async (folder, script, type, options = {}) => {
    const register = `
      const said = document.getElementById("said");
      navigator.serviceWorker.addEventListener("message", ({ data }) => { said.textContent = data; });
      navigator.serviceWorker.register("./${script}", { type: "${type}" }).then(() => navigator.serviceWorker.ready).then(
        ({ active }) => active.postMessage("run"), (error) => { said.textContent = "FAIL " + error; });`;
    const site = await this.#serve(folder, undefined, { ...options, inline: register });
    const { said } = await this.#open(site.url);
    await site.close();
    return { said, fetched: site.fetched() };
  };

  async start() {
    if (!chromiumProgram()) throw new Unavailable("no Chromium on this machine (set CHROME to its path)");
    this.#started ??= startChromium();
    return (await this.#started).browser;
  }

  async #open(url, watch) {
    const browser = await this.start();
    const context = await browser.newContext();
    const page = await context.newPage();
    const logged = [];
    page.on("console", (message) => logged.push(message.text()));
    page.on("pageerror", (error) => logged.push(error.message));
    watch?.(page);
    const text = () => document.getElementById("said")?.textContent ?? "";
    try {
      await page.goto(url);
      await page.waitForFunction(() => /OK|FAIL/.test(document.getElementById("said")?.textContent ?? ""), undefined, {
        timeout: PATIENCE,
      });
      return { said: lineIn(await page.evaluate(text)), logged };
    } catch (error) {
      return { said: `${error.message.split("\n")[0]}; ${logged.slice(0, 3).join(" | ")}`, logged };
    } finally {
      await context.close();
    }
  }

  async #serve(folder, script, { policy, spa = false, without = /^$/, inline, classic = false }) {
    const seen = [];
    const page = `<!doctype html><title>-</title><link rel="icon" href="data:,"><pre id="said"></pre>${
      inline ? `<script>${inline}</script>` : `<script ${classic ? "" : 'type="module"'} src="./${script}"></script>`
    }\n`;
    const server = createServer((request, response) => {
      const { pathname } = new URL(request.url, "http://host");
      const file = path.join(folder, decodeURIComponent(pathname));
      const headers = policy ? { "content-security-policy": policy } : {};
      const isThere = existsSync(file) && statSync(file).isFile() && !without.test(pathname);
      const index = path.join(folder, "index.html");
      if (pathname === "/favicon.ico") {
        response.writeHead(204).end();
      } else if (pathname === "/") {
        const html = script || inline ? page : readFileSync(index, "utf8");
        response.writeHead(200, { "content-type": "text/html", ...headers }).end(html);
      } else if (isThere) {
        const contents = readFileSync(file);
        seen.push(...artifactsIn(this.#artifacts, contents));
        response.writeHead(200, { "content-type": TYPES[path.extname(file)] ?? "application/octet-stream" });
        response.end(contents);
      } else {
        const name = path.extname(pathname) === ".wasm" ? "wasm" : path.basename(pathname);
        seen.push(spa ? `a page for ${name}` : `404 for ${name}`);
        response.writeHead(spa ? 200 : 404, { "content-type": "text/html" }).end("<!doctype html><title>-</title>");
      }
    });
    await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
    const close = atEnd(() => {
      server.closeAllConnections();
      return new Promise((resolve) => server.close(resolve));
    });
    const url = `http://127.0.0.1:${server.address().port}/`;
    return { url, close, fetched: () => [...new Set(seen)].sort() };
  }
}
