// Three browsers, driven alike: Chromium by Playwright, Firefox by Puppeteer, WebKitGTK by WebDriver.
//
// A page has `goto`, `reload`, `goBack`, `goForward`, `click(selector)`, `fill(selector, text)`, `evaluate(call, given)`, `url()`
// and `close()`. All of them are to be awaited.

import path from "node:path";

import { chromiumProgram, firefoxProgram, startChromium, startFirefox } from "./browsers.mjs";
import { target } from "./package.mjs";
import { startWebKit, webkitPrograms } from "./webkit.mjs";

/** How long a page may take to do what it is asked for, in milliseconds. */
const PATIENCE = 30_000;

/**
 * Browsers by name. Each function answers `newContext()`, or `{ problem }` on a machine without it: a context is a browser
 * without cookies and storage, `{ newPage, close }`. Chromium's takes Playwright's options, and has `context`.
 */
export const drivers = {
  async Chromium(options) {
    if (!chromiumProgram()) return { problem: "no Chromium on this machine" };
    const { browser } = await startChromium(options);
    return {
      async newContext(look) {
        const context = await browser.newContext(look);
        context.setDefaultTimeout(PATIENCE);
        return { context, newPage: () => context.newPage(), close: () => context.close() };
      },
    };
  },
  async Firefox(options) {
    if (!firefoxProgram()) return { problem: "no Firefox on this machine" };
    const { browser } = await startFirefox(options);
    return {
      async newContext() {
        const context = await browser.createBrowserContext();
        const newPage = async () => {
          const page = await context.newPage();
          page.setDefaultTimeout(PATIENCE);
          return Object.assign(page, { fill: (selector, text) => page.type(selector, text) });
        };
        return { newPage, close: () => context.close() };
      },
    };
  },
  async WebKit() {
    const { problem } = webkitPrograms();
    if (problem !== undefined) return { problem };
    return { newContext: await startWebKit(path.join(target, "webkit/log")) };
  },
};

/** WebKitWebDriver loses a command now and then, and the scenario with it: that gets another try, in a browser of its own. */
export async function withSecondTry(browser, scenario) {
  try {
    await scenario();
  } catch (error) {
    if (browser !== "WebKit") throw error;
    console.log(`WebKit, once more: ${error.message.split("\n", 1)}`);
    await scenario();
  }
}

/** Waits until something holds in a page: that its script has run. Not by `waitForFunction`, which the policy of the page forbids. */
export async function ready(page, has = () => document.documentElement.dataset.ready === "", given) {
  const until = Date.now() + 30_000;
  while (Date.now() < until) {
    // A page that is being left answers nothing.
    if (await page.evaluate(has, given).catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain at ${await page.url()}`);
}

/** Clicks as a person does; what follows is awaited by the caller. */
export const start = (page, call, given) => page.evaluate(call, given).catch(() => undefined);

/** Fills the forms of npm's oidc-provider until it sends the browser back. */
export async function fillLogin(page, account) {
  await ready(page, () => document.querySelector("[name=login]") !== null);
  await page.evaluate((name) => {
    document.querySelector("[name=login]").value = name;
    document.querySelector("[name=password]").value = "any";
  }, account);
  await start(page, () => document.querySelector("[type=submit]").click());
  await ready(page, () => document.querySelector("[name=prompt][value=consent]") !== null);
  await start(page, () => document.querySelector("[type=submit]").click());
}
