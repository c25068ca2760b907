// The browsers of these tests, and what a user does at the provider.

import { drivers } from "../support/drivers.mjs";

/** Starts a browser. `newContext()` answers one without cookies and storage, with `page(url)`; or there is a `problem`. */
export async function startBrowser(name, options) {
  const { newContext, problem } = await drivers[name](options);
  if (problem !== undefined) return { problem };
  return {
    async newContext(look) {
      const { newPage, ...context } = await newContext(look);
      return { ...context, newPage, page: async (url) => opened(await newPage(), url) };
    },
  };
}

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
  throw new Error(`waited in vain at ${await page.url()}`);
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
