// The browsers of these tests, and what a user does at the provider.

import { drivers, fillLogin, ready } from "../support/drivers.mjs";

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

/** Signs in at the provider's forms, which the page has left for, and waits for the page that comes back. */
export async function signInAtProvider(page, account = "alice") {
  await fillLogin(page, account);
  await ready(page);
}
