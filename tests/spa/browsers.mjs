// What Playwright and Puppeteer spell differently, for the pages of these tests.

import { chromiumProgram, firefoxProgram, startChromium, startFirefox } from "../support/browsers.mjs";

/** `context()` answers a browser without cookies and storage, with `page(url)`. */
export const browsers = {
  async Chromium() {
    if (!chromiumProgram()) return undefined;
    const { browser } = await startChromium();
    return async (options) => {
      const context = await browser.newContext(options);
      context.setDefaultTimeout(15_000);
      return { context, page: async (url) => opened(await context.newPage(), url), close: () => context.close() };
    };
  },
  async Firefox() {
    if (!firefoxProgram()) return undefined;
    const { browser } = await startFirefox();
    return async () => {
      const context = await browser.createBrowserContext();
      return { context, page: async (url) => opened(await context.newPage(), url), close: () => context.close() };
    };
  },
};

async function opened(page, url) {
  await page.goto(url);
  await ready(page);
  return page;
}

/** Waits until the page's script has run. Not by `waitForFunction`, which the policy of the page forbids. */
export async function ready(page, has = () => document.documentElement.dataset.ready === "") {
  const until = Date.now() + 15_000;
  while (Date.now() < until) {
    // A page that is being left answers nothing.
    if (await page.evaluate(has).catch(() => false)) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`waited in vain at ${page.url()}`);
}

/** Clicks as a person does; what follows is awaited by the caller. */
export const start = (page, call) => page.evaluate(call).catch(() => undefined);

/** Signs in at the provider's forms, which the page has left for, and waits for the page that comes back. */
export async function signInAtProvider(page, account = "alice") {
  await fillLogin(page, account);
  await ready(page);
}

/** Fills the forms of the provider until it sends the browser back. */
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
