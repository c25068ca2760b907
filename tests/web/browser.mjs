// examples/worker-web in Chromium, by keyboard and on a small screen; and cookies with SameSite=Strict.

import assert from "node:assert/strict";
import path from "node:path";

import { chromiumProgram, startChromium } from "../support/browsers.mjs";
import { folder } from "./hosts.mjs";

export async function browser({ applications, strict }, check) {
  const { origin } = applications.at(-1);
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
    await signIn(page, "grace");
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

  await check("chromium: with SameSite=Strict the first page after a sign-in has the session", async () => {
    const context = await contextOf("light", 800);
    const page = await context.newPage();
    const asked = [];
    page.on("request", (request) => {
      const url = new URL(request.url());
      if (request.isNavigationRequest() && url.origin === strict) asked.push(url.pathname);
    });
    const way = () => asked.splice(0);
    await page.goto(`${strict}/notes?page=2`);
    await signIn(page, "heidi");
    await page.waitForURL(`${strict}/notes?page=2`);
    assert.equal(await page.textContent("body"), "Notes of heidi");
    assert.deepEqual(way(), ["/notes", "/auth/callback", "/notes"]);
    const cookies = await context.cookies(strict);
    assert.deepEqual(
      cookies.map(({ name, sameSite }) => [name, sameSite]),
      [["session", "Strict"]],
    );
    // A page of this site's.
    await follow(page, `${strict}/notes?page=3`);
    assert.equal(await page.textContent("body"), "Notes of heidi");
    assert.deepEqual(way(), ["/notes"]);
    // A link of another site's page: the cookie stays at home, and the authorization server knows the user. It asks for consent
    // alone, as it does each time for an application on loopback.
    await page.goto(applications[0].origin);
    await follow(page, `${strict}/notes?page=4`, /\/interaction\//);
    await consent(page);
    await page.waitForURL(`${strict}/notes?page=4`);
    assert.equal(await page.textContent("body"), "Notes of heidi");
    assert.deepEqual(way(), ["/notes", "/auth/callback", "/notes"]);
    // The page that led on is not in the history.
    await page.goBack();
    assert.match(page.url(), /\/interaction\//);
  });

  await check("chromium: an error is a page that one can read", async () => {
    const context = await contextOf("dark", 500);
    const page = await context.newPage();
    await page.goto(`${origin}/auth/login?return_to=//evil.example`);
    assert.match(await page.textContent("main"), /return_to_refused/);
    await page.screenshot({ path: path.join(folder, "error.png") });
  });
}

async function signIn(page, user) {
  await page.waitForURL(/\/interaction\//);
  await page.fill('input[name="login"]', user);
  await page.fill('input[name="password"]', "any");
  await page.click('button[type="submit"]');
  await consent(page);
}

async function consent(page) {
  await page.waitForSelector('input[name="prompt"][value="consent"]', { state: "attached" });
  await page.click('button[type="submit"]');
}

/** Goes to another page as by a link of this one. */
async function follow(page, url, until = url) {
  await page.evaluate((to) => {
    const link = document.createElement("a");
    link.href = to;
    document.body.append(link);
    link.click();
  }, url);
  await page.waitForURL(until);
}

const focused = (page) => page.evaluate(() => document.activeElement.textContent.trim());
