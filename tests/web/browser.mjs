// examples/worker-web in Chromium, by keyboard and on a small screen.

import assert from "node:assert/strict";
import path from "node:path";

import { chromiumProgram, startChromium } from "../support/browsers.mjs";
import { folder } from "./hosts.mjs";

export async function browser({ origin }, check) {
  if (!chromiumProgram()) throw new Error("no Chromium found: install `chromium`, or set CHROME to its path");
  const { browser: chromium } = await startChromium();
  const contextOf = (colorScheme, width) => chromium.newContext({ colorScheme, viewport: { width, height: 720 } });

  await check("chromium: a user signs in, writes a note and signs out, by keyboard", async () => {
    const context = await contextOf("light", 1000);
    const page = await context.newPage();
    const problems = [];
    page.on("console", (message) => {
      // The provider's own pages want fonts of other servers.
      if (message.type() === "error" && page.url().startsWith(origin)) problems.push(message.text());
    });
    await page.goto(origin);
    assert.equal(await page.textContent("h1"), "Hello");
    await page.keyboard.press("Tab");
    assert.equal(await focused(page), "Skip to the content");
    for (const expected of ["Home", "Notes"]) {
      await page.keyboard.press("Tab");
      assert.equal(await focused(page), expected);
    }
    await page.screenshot({ path: path.join(folder, "home.png") });
    await page.keyboard.press("Enter");
    await page.waitForURL(/\/interaction\//);
    await page.fill('input[name="login"]', "grace");
    await page.fill('input[name="password"]', "any");
    await page.click('button[type="submit"]');
    await page.waitForSelector('input[name="prompt"][value="consent"]', { state: "attached" });
    await page.click('button[type="submit"]');
    await page.waitForURL(`${origin}/notes`);
    assert.equal(await page.textContent(".user span"), "grace <of the tests>");
    await page.fill("#text", "<b>milk</b> & honey");
    await page.keyboard.press("Enter");
    await page.waitForSelector("li");
    assert.equal(await page.textContent("li"), "<b>milk</b> & honey");
    await page.screenshot({ path: path.join(folder, "notes.png") });
    const small = await contextOf("dark", 360);
    await small.addCookies(await context.cookies());
    const phone = await small.newPage();
    await phone.goto(`${origin}/notes`);
    const isWide = await phone.evaluate(() => document.documentElement.scrollWidth > innerWidth);
    assert.equal(isWide, false, "nothing is wider than the screen");
    await phone.screenshot({ path: path.join(folder, "notes-small.png") });
    await page.goto(`${origin}/auth/logout`);
    await page.keyboard.press("Tab");
    await page.screenshot({ path: path.join(folder, "sign-out.png") });
    await page.click("button");
    await page.waitForSelector('button[value="yes"]');
    await page.click('button[value="yes"]');
    await page.waitForURL((url) => url.origin === origin);
    assert.equal(await page.textContent("h1"), "Hello");
    // The session is gone for the other window too.
    await phone.goto(origin);
    assert.equal(await phone.textContent("h1"), "Hello");
    assert.deepEqual(problems, []);
  });

  await check("chromium: an error is a page that one can read", async () => {
    const context = await contextOf("dark", 500);
    const page = await context.newPage();
    await page.goto(`${origin}/auth/login?return_to=//evil.example`);
    assert.match(await page.textContent("main"), /return_to_refused/);
    await page.screenshot({ path: path.join(folder, "error.png") });
  });
}

const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim());
