// WebKitGTK, whose engine is Safari's: MiniBrowser on a screen that is not there, by WebDriver (W3C) over HTTP.

import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import { onPath } from "./path.mjs";
import { freePort } from "./ports.mjs";
import { atEnd, startServer } from "./processes.mjs";

const POLL_INTERVAL = 15;
/** How long a page may take to load, in milliseconds. */
const PATIENCE = 30_000;
/** After so long a command is lost. */
const LOST = 45_000;
/** The name that WebDriver gives a reference to an element (W3C WebDriver §12.1). */
const ELEMENT = "element-6066-11e4-a52e-4f735466cecf";

/** The programs that it takes: `{ driver, browser, screen }`, or `{ problem }`. */
export function webkitPrograms() {
  const programs = {
    driver: process.env.WEBKIT_DRIVER ?? onPath(["WebKitWebDriver"]),
    browser: process.env.WEBKIT_BROWSER ?? miniBrowser(),
    screen: onPath(["Xvfb"]),
  };
  const names = { driver: "WebKitWebDriver", browser: "MiniBrowser of WebKitGTK", screen: "Xvfb" };
  const missing = Object.keys(names).filter((name) => programs[name] === undefined);
  if (missing.length === 0) return programs;
  return { problem: `no ${missing.map((name) => names[name]).join(", ")} (Debian's webkit2gtk-driver and xvfb)` };
}

/** Distributions have it beside the library, since it is for tests. */
function miniBrowser() {
  const folders = ["/usr/libexec", "/usr/lib", "/usr/lib64"].filter((folder) => existsSync(folder));
  const below = folders.flatMap((folder) => [folder, ...readdirSync(folder).map((name) => path.join(folder, name))]);
  const files = below.flatMap((folder) => ["webkit2gtk-4.1", "webkitgtk-6.0"].map((name) => path.join(folder, name)));
  return files.map((folder) => path.join(folder, "MiniBrowser")).find((file) => existsSync(file));
}

/** Starts the screen. Answers how to begin a browser without cookies and storage: `{ newPage, close }`. */
export async function startWebKit(log) {
  const { driver, browser, screen, problem } = webkitPrograms();
  if (problem !== undefined) throw new Error(problem);
  const onScreen = ["-displayfd", "3", "-screen", "0", "1280x900x24", "-nolisten", "tcp"];
  const { answer: display } = await startServer(screen, onScreen, {
    log: `${log}-screen.log`,
    fd: 3,
    ready: (line) => (/^\d+$/.test(line) ? `:${line}` : undefined),
  });
  let count = 0;
  return async () => {
    count += 1;
    const home = mkdtempSync(path.join(os.tmpdir(), "countersign-webkit-"));
    const folders = { HOME: home, XDG_CACHE_HOME: home, XDG_CONFIG_HOME: home, XDG_DATA_HOME: home };
    const port = await freePort();
    // It says nothing when it listens.
    const { close: end } = await startServer(driver, [`--port=${port}`], {
      log: `${log}-${count}.log`,
      env: { ...process.env, ...folders, DISPLAY: display, LIBGL_ALWAYS_SOFTWARE: "1", NO_AT_BRIDGE: "1" },
      ready: () => undefined,
      listens: `http://127.0.0.1:${port}/status`,
    });
    const session = await Session.begin(`http://127.0.0.1:${port}`, browser);
    const close = atEnd(async () => {
      await session.end();
      await end();
      rmSync(home, { recursive: true, force: true });
    });
    return { newPage: () => session.newPage(), close };
  };
}

/** A browser. Its pages are spoken to by turns, since a session has one current window. */
class Session {
  #address;
  #current;
  #last = Promise.resolve();
  #pages = 0;

  constructor(address) {
    this.#address = address;
  }

  static async begin(driver, browser) {
    const options = {
      browserName: "MiniBrowser",
      "webkitgtk:browserOptions": { binary: browser, args: ["--automation"] },
    };
    const { sessionId } = await command(`${driver}/session`, "POST", { capabilities: { alwaysMatch: options } });
    const session = new Session(`${driver}/session/${sessionId}`);
    session.#current = await command(`${session.#address}/window`, "GET");
    await command(`${session.#address}/timeouts`, "POST", { pageLoad: PATIENCE, script: PATIENCE });
    return session;
  }

  async newPage() {
    this.#pages += 1;
    // There is one from the beginning.
    if (this.#pages === 1) return new Page(this, this.#current);
    const { handle } = await this.run(this.#current, "window/new", { type: "tab" });
    return new Page(this, handle);
  }

  /** A command for a window: POST with `body`, else GET. */
  run(window, name, body, method = body === undefined ? "GET" : "POST") {
    const turn = this.#last.then(async () => {
      if (this.#current !== window) await command(`${this.#address}/window`, "POST", { handle: window });
      this.#current = window;
      return command(`${this.#address}/${name}`, method, body);
    });
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async end() {
    await command(this.#address, "DELETE", undefined, 5000).catch(() => undefined);
  }
}

async function command(url, method, body, milliseconds = LOST) {
  const signal = AbortSignal.timeout(milliseconds);
  const response = await fetch(url, { method, signal, ...(body !== undefined && { body: JSON.stringify(body) }) });
  const { value } = await response.json();
  if (!response.ok) throw new Error(`${value.error}: ${value.message}`);
  return value;
}

class Page {
  #session;
  #window;

  constructor(session, window) {
    this.#session = session;
    this.#window = window;
  }

  #run(name, body) {
    return this.#session.run(this.#window, name, body);
  }

  goto(url) {
    return this.#run("url", { url });
  }

  reload() {
    return this.#run("refresh", {});
  }

  goBack() {
    return this.#run("back", {});
  }

  goForward() {
    return this.#run("forward", {});
  }

  /** Where it is. */
  url() {
    return this.#run("url");
  }

  async close() {
    await this.#session.run(this.#window, "window", undefined, "DELETE");
  }

  async click(selector) {
    await this.#run(`element/${await this.#element(selector)}/click`, {});
  }

  async fill(selector, text) {
    const element = await this.#element(selector);
    await this.#run(`element/${element}/clear`, {});
    await this.#run(`element/${element}/value`, { text });
  }

  async #element(selector) {
    return (await this.#run("element", { using: "css selector", value: selector }))[ELEMENT];
  }

  /** Calls a function in the page. It is begun, and then asked after, so that several pages can be at it at once. */
  async evaluate(call, ...given) {
    const name = `call-${Math.random()}`;
    const begin = `const [name, given] = arguments;
      const slot = (globalThis[Symbol.for(name)] = {});
      Promise.resolve().then(() => (${call})(...given)).then(
        (value) => { slot.settled = { value }; },
        (error) => { slot.settled = { error: String(error?.stack ? error + "\\n" + error.stack : error) }; },
      );`;
    await this.#run("execute/sync", { script: begin, args: [name, given] });
    const ask = `const slot = globalThis[Symbol.for(arguments[0])];
      if (slot === undefined) return "left";
      if (slot.settled === undefined) return "pending";
      delete globalThis[Symbol.for(arguments[0])];
      return JSON.stringify(slot.settled);`;
    for (;;) {
      const answer = await this.#run("execute/sync", { script: ask, args: [name] });
      if (answer === "left") throw new Error("the page was left before it answered");
      if (answer !== "pending") {
        const { value, error } = JSON.parse(answer);
        if (error !== undefined) throw new Error(error);
        return value;
      }
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
    }
  }
}
