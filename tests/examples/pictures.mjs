// Pages of an example in Chromium: on a wide screen and on a narrow one, light and dark, by keyboard, with pictures.

import assert from "node:assert/strict";
import { mkdirSync } from "node:fs";
import path from "node:path";

import { chromiumProgram, startChromium } from "../support/browsers.mjs";
import { folder } from "./install.mjs";

const LOOKS = [
  { look: "wide-light", viewport: { width: 1000, height: 640 }, colorScheme: "light" },
  { look: "narrow-dark", viewport: { width: 360, height: 640 }, colorScheme: "dark" },
];
const REACHABLE = "a[href], button, input:not([type=hidden]), textarea, pre[tabindex]";

/**
 * Opens pages by their names, each `{ url, cookies, act }`, and takes `folder`/pictures/EXAMPLE-PAGE-LOOK.png of them. `cookies`
 * are those of a visitor, `act(page)` comes before the picture, and `status` is what the page answers with, 200 if nothing is
 * said.
 */
export async function takePictures(example, pages, check) {
  const pictures = path.join(folder, "pictures");
  mkdirSync(pictures, { recursive: true });
  await check(`${example}: its pages in Chromium`, async () => {
    if (!chromiumProgram()) throw new Error("no Chromium found: install `chromium`, or set CHROME to its path");
    const { browser, close } = await startChromium();
    for (const { look, ...options } of LOOKS) {
      for (const [name, { url, cookies = [], act, status = 200 }] of Object.entries(pages)) {
        const context = await browser.newContext(options);
        const { origin } = new URL(url);
        await context.addCookies([...cookies].map(([cookie, value]) => ({ name: cookie, value, url: origin })));
        const page = await context.newPage();
        const problems = [];
        page.on("pageerror", (error) => problems.push(error.message));
        page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
        const response = await page.goto(url);
        assert.equal(response.status(), status, `${name}, ${look}`);
        await allIsReached(page, `${name}, ${look}`);
        await act?.(page);
        await page.screenshot({ path: path.join(pictures, `${example}-${name}-${look}.png`), fullPage: true });
        assert.ok(
          await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth),
          `${name}, ${look}: nothing is wider than the screen`,
        );
        // What Chromium writes of an answer that is an error is none of the page.
        const own = problems.filter((text) => !text.startsWith("Failed to load resource"));
        assert.deepEqual(own, [], `${name}, ${look}`);
        await context.close();
      }
    }
    await close();
  });
}

/** The Tab key goes to all that one can use, in its order, and shows where it is. */
async function allIsReached(page, where) {
  const count = await page.locator(REACHABLE).count();
  for (let index = 0; index < count; index += 1) {
    await page.keyboard.press("Tab");
    const reached = await page.evaluate((selector) => {
      const element = document.activeElement;
      const { outlineStyle, outlineWidth } = getComputedStyle(element);
      const isShown = outlineStyle !== "none" && Number.parseFloat(outlineWidth) > 0;
      return { index: [...document.querySelectorAll(selector)].indexOf(element), isShown };
    }, REACHABLE);
    assert.deepEqual(reached, { index, isShown: true }, `${where}: the Tab key`);
  }
  await page.evaluate(() => document.activeElement.blur());
}
