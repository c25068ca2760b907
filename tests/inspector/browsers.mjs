// Chromium and Firefox, driven alike.

import { chromiumProgram, firefoxProgram, startChromium, startFirefox } from "../support/browsers.mjs";

/** `open(url, { width, height, dark })` answers a page with `evaluate`, `press`, `screenshot` and `errors`. */
export const browsers = {
  async Chromium() {
    if (!chromiumProgram()) return undefined;
    const { browser } = await startChromium();
    return async (url, { width = 1280, height = 900, dark = false } = {}) => {
      const colorScheme = dark ? "dark" : "light";
      const page = await browser.newPage({ viewport: { width, height }, colorScheme });
      return opened(page, url, (message) => message.text());
    };
  },
  async Firefox() {
    if (!firefoxProgram()) return undefined;
    const { browser } = await startFirefox();
    return async (url, { width = 1280, height = 900 } = {}) => {
      const page = await browser.newPage();
      // Sets the orientation too, which older releases refuse; the size is set all the same, and tests look at it.
      await page.setViewport({ width, height }).catch(() => undefined);
      return opened(page, url, (message) => message.text());
    };
  },
};

async function opened(page, url, textOf) {
  const errors = [];
  page.on("pageerror", (error) => errors.push(error.message));
  page.on("console", (message) => message.type() === "error" && errors.push(textOf(message)));
  page.on("dialog", (dialog) => {
    errors.push(`dialog: ${dialog.message()}`);
    void dialog.dismiss();
  });
  await page.goto(url);
  // Not by `waitForFunction`, which is a script of the page that its policy forbids.
  await page.evaluate(async () => {
    for (let waited = 0; document.documentElement.dataset.ready !== ""; waited += 10) {
      if (waited > 10_000) throw new Error("the page does not start");
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
  return {
    evaluate: (...given) => page.evaluate(...given),
    press: (key) => page.keyboard.press(key),
    hold: async (modifier, key) => {
      await page.keyboard.down(modifier);
      await page.keyboard.press(key);
      await page.keyboard.up(modifier);
    },
    screenshot: (path) => page.screenshot({ path, fullPage: true }),
    close: () => page.close(),
    errors,
  };
}
