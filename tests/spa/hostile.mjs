// Texts that a provider or an address chooses, on the screen of examples/browser-spa: they are shown as texts.

import assert from "node:assert/strict";

import { fillLogin, ready, start } from "../support/drivers.mjs";
import { foundIn, HARMLESS, MARKUP } from "../support/markup.mjs";

/** For the example at `url`, whose user may be called what they like. */
export async function hostileTexts({ newContext, url, provider }) {
  const { newPage, close } = await newContext();
  const page = await newPage();
  const login = async () => {
    await ready(page, () => document.querySelector("main button") !== null);
    await start(page, () => document.querySelector("main button").click());
  };

  await page.goto(`${url}?list=${encodeURIComponent(MARKUP)}#${encodeURIComponent(MARKUP)}`);
  provider.faults.response = (response) => {
    response.delete("code");
    response.set("error", "access_denied");
    response.set("error_description", MARKUP);
    response.set("error_uri", "javascript:pwned=8");
  };
  await login();
  await fillLogin(page, MARKUP);
  await ready(page, () => document.querySelector("[role=alert]") !== null);
  provider.faults.response = undefined;
  assert.deepEqual(await page.evaluate(foundIn), HARMLESS, "an error");
  assert.match(await page.evaluate(() => document.querySelector("[role=alert]").textContent), /authorization_error/);

  // The provider knows the user, and asks for consent alone.
  await start(page, () => document.querySelector(".welcome button, main button.main, [role=alert] button").click());
  await ready(page, () => document.querySelector("[name=prompt][value=consent], .who") !== null);
  if (await page.evaluate(() => document.querySelector(".who") === null)) {
    await start(page, () => document.querySelector("[type=submit]").click());
  }
  await ready(page, () => document.querySelector(".who") !== null);
  assert.deepEqual(await page.evaluate(foundIn, MARKUP), HARMLESS, "claims");
  await close();
}
