// Headless browsers that the machine has: Chromium through playwright-core, Firefox through puppeteer-core.

import { onPath } from "./path.mjs";
import { atEnd } from "./processes.mjs";

/** Chromium's program: CHROME from the environment, else the first that PATH has. Undefined when there is none. */
export const chromiumProgram = () =>
  process.env.CHROME ?? onPath(["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"]);

/** Firefox's program: FIREFOX from the environment, else the first that PATH has. Undefined when there is none. */
export const firefoxProgram = () => process.env.FIREFOX ?? onPath(["firefox-esr", "firefox"]);

/**
 * Starts Chromium, with more arguments. Its page has `goto`, `evaluate` and the rest of Playwright's API. With the folder of an
 * `extension` there is one context, whose profile is in a folder too.
 */
export async function startChromium({ args = [], extension, profile } = {}) {
  const executablePath = chromiumProgram();
  if (!executablePath) throw new Error("no Chromium found: install `chromium`, or set CHROME to its path");
  const { chromium } = await import("playwright-core");
  const options = {
    executablePath,
    args: [
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      // Chromium's sandbox refuses to run as root.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      ...args,
      ...(extension === undefined ? [] : [`--disable-extensions-except=${extension}`, `--load-extension=${extension}`]),
    ],
  };
  // Playwright turns off what users have: pages that the back button brings back as they were.
  const unwanted = ["--disable-back-forward-cache"];
  if (extension === undefined) {
    const browser = await chromium.launch({ ...options, ignoreDefaultArgs: unwanted });
    return { browser, close: atEnd(() => browser.close()) };
  }
  // Extensions want a profile, and the Chromium that has a window.
  const all = [...options.args, "--headless=new"];
  const ignoreDefaultArgs = [...unwanted, "--headless", "--headless=old", "--disable-extensions"];
  const context = await chromium.launchPersistentContext(profile, { ...options, args: all, ignoreDefaultArgs });
  return { context, close: atEnd(() => context.close()) };
}

/** Starts Firefox, with more preferences. Its page has `goto` and `evaluate`, as Puppeteer spells them. */
export async function startFirefox({ preferences = {} } = {}) {
  const executablePath = firefoxProgram();
  if (!executablePath) throw new Error("no Firefox found: install `firefox-esr`, or set FIREFOX to its path");
  const { default: puppeteer } = await import("puppeteer-core");
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath,
    headless: true,
    protocolTimeout: 300_000,
    extraPrefsFirefox: preferences,
  });
  return { browser, close: atEnd(() => browser.close()) };
}
