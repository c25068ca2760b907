// examples/browser-spa in Chromium, with pictures: each application has the same screen, and the same is asked of each.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { get } from "node:http";
import path from "node:path";

import { installPackage, root } from "../support/package.mjs";
import { startServer } from "../support/processes.mjs";
import { fillLogin, ready, start } from "../support/drivers.mjs";
import { clientId, resource } from "./provider.mjs";

/** The sizes and schemes that pictures are taken in. */
const LOOKS = [
  { name: "desktop-light", viewport: { width: 1280, height: 800 }, colorScheme: "light" },
  { name: "phone-dark", viewport: { width: 390, height: 780 }, colorScheme: "dark" },
];

/** Serves one application of the example. Answers its address. */
export async function serveExample(app, { folder, scripts, provider }) {
  await installPackage(folder);
  const example = path.join(folder, "browser-spa");
  rmSync(example, { recursive: true, force: true });
  cpSync(path.join(root, "examples/browser-spa"), example, {
    recursive: true,
    filter: (source) => !["node_modules", "dist"].includes(path.basename(source)),
  });
  if (scripts !== undefined) cpSync(scripts, path.join(example, "dist"), { recursive: true });
  const { answer } = await startServer(process.execPath, [path.join(example, "serve.mjs"), app], {
    log: path.join(folder, `example-${app}.log`),
    env: { ...process.env, ISSUER: provider.issuer, CLIENT_ID: clientId, RESOURCE: resource, PORT: "0" },
    ready: (line) => (line.startsWith("http://") ? line : undefined),
  });
  return answer;
}

/** What its server says to whoever starts it for the first time. */
export async function startsOrSays({ folder, provider, test }) {
  await test("the example says what is missing", async () => {
    const url = await serveExample("plain", { folder, provider });
    const status = await new Promise((resolve, reject) => {
      // Its path is `//`, which is no address.
      get(`${url}/`, (response) => resolve(response.resume().statusCode)).once("error", reject);
    });
    assert.equal(status, 400);
    assert.equal((await fetch(url)).status, 200, "it is still there");
    const env = { ...process.env, ISSUER: provider.issuer, CLIENT_ID: clientId, RESOURCE: resource };
    const started = (change, ...args) => {
      const script = path.join(folder, "browser-spa/serve.mjs");
      const { status, stderr } = spawnSync(process.execPath, [script, ...args], {
        env: { ...env, ...change },
        encoding: "utf8",
      });
      return `${status} ${stderr}`;
    };
    assert.match(started({ CLIENT_ID: "" }), /^2 CLIENT_ID is not set: README\.md/);
    assert.match(started({ ISSUER: "tenant" }), /^2 ISSUER is the address/);
    assert.match(started({}, "react"), /^2 dist\/react\.js is not there: npm run build/);
  });
}

/** Tests one application of the example. The pictures go to `folder`/pictures. */
export async function exampleIn(app, { folder, scripts, newContext, provider, test }) {
  const url = await serveExample(app, { folder, scripts, provider });
  const pictures = path.join(folder, "pictures");
  mkdirSync(pictures, { recursive: true });

  for (const { name, ...look } of LOOKS) {
    await test(`example ${app}, ${name}`, async () => {
      const account = `alice-${name}`;
      const { close, context } = await newContext(look);
      const picture = (page, what) => page.screenshot({ path: path.join(pictures, `${app}-${name}-${what}.png`) });
      const page = await context.newPage();
      const errors = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
      await page.goto(`${url}?list=all`);
      await page.getByRole("button", { name: "Sign in" }).waitFor();
      await picture(page, "1-welcome");

      // Cancelled at the provider: an error with a remedy.
      await page.getByRole("button", { name: "Sign in" }).click();
      await page.locator("[name=login]").waitFor();
      await page.getByText("Cancel").click();
      const alert = page.getByRole("alert");
      await alert.waitFor();
      assert.match(await alert.innerText(), /You are not signed in\n+.*cancelled or refused.*\n+authorization_error/s);
      assert.equal(page.url(), `${url}?list=all`);
      await picture(page, "2-cancelled");

      // By keyboard alone.
      await page.getByRole("button", { name: "Sign in" }).focus();
      await page.keyboard.press("Enter");
      await fillLogin(page, account);
      await page.getByRole("heading", { name: `Hello, Alice-${name}` }).waitFor();
      assert.equal(page.url(), `${url}?list=all`);
      await page.getByText("Buy milk").waitFor();
      await page.getByLabel("A new note").fill("<b>Water the plants</b>");
      await page.keyboard.press("Enter");
      await page.getByText("<b>Water the plants</b>").waitFor();
      await picture(page, "3-notes");

      // The API is away: an error with a remedy, and nobody is signed out.
      await page.route("**/api/notes", (route) => route.abort());
      await page.getByLabel("A new note").fill("Later");
      await page.keyboard.press("Enter");
      await page.getByText("Your notes cannot be reached").waitFor();
      await picture(page, "4-api-away");
      await page.unroute("**/api/notes");
      await page.getByRole("button", { name: "Try again" }).click();
      await page.getByText("Later").waitFor();

      // The provider ends the session.
      await page.evaluate(() => {
        const name = Object.keys(sessionStorage).find((key) => key.endsWith(":session"));
        const record = JSON.parse(sessionStorage[name]);
        record.accessTokens[0].receivedAt -= 4000;
        record.accessTokens[0].expiresAt -= 4000;
        record.tokens.refreshToken = "revoked";
        sessionStorage[name] = JSON.stringify(record);
      });
      await page.getByLabel("A new note").fill("Too late");
      await page.keyboard.press("Enter");
      await page.getByText("You have been signed out").waitFor();
      await picture(page, "5-ended");
      await page.getByRole("button", { name: "Sign in again" }).click();
      // The provider knows the user, and asks for consent alone.
      await page.locator("[name=prompt][value=consent]").waitFor({ state: "attached" });
      await page.locator("[type=submit]").click();
      await page.getByRole("heading", { name: `Hello, Alice-${name}` }).waitFor();

      // A name that is one long word pushes nothing out of sight.
      await page.evaluate(() => {
        for (const place of document.querySelectorAll("h1, .who *, .notes li")) place.textContent = "w".repeat(200);
      });
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      assert.ok(await page.getByRole("button", { name: "Sign out" }).isVisible());
      await page.getByRole("button", { name: "Sign out" }).click();
      await ready(page, () => document.querySelector("[name=logout]") !== null);
      await start(page, () => document.querySelector("[name=logout]").click());
      await page.getByRole("button", { name: "Sign in" }).waitFor();
      assert.equal(page.url(), url);
      // Nothing sticks out, and nothing was wrong but what was made to be.
      assert.ok(await page.evaluate(() => document.documentElement.scrollWidth <= innerWidth));
      assert.deepEqual(
        errors.filter((text) => !/ERR_FAILED|NAME_NOT_RESOLVED|400 \(Bad Request\)/.test(text)),
        [],
      );
      provider.refusals.length = 0;
      await close();
    });
  }
}
