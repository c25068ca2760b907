// The client in a page of Chromium, whose key stays in IndexedDB.

import assert from "node:assert/strict";
import { copyFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { startChromium } from "../support/browsers.mjs";
import { servePage } from "../support/page.mjs";
import { folder } from "./world.mjs";

const here = fileURLToPath(new URL(".", import.meta.url));

/** The key of a page stays in IndexedDB, out of reach, for the next page. */
export async function inChromium() {
  const entry = path.join(folder, "page-entry.mjs");
  copyFileSync(path.join(here, "page.mjs"), entry);
  const { url } = await servePage(entry, path.join(folder, "page"));
  const { browser } = await startChromium();
  const page = await browser.newPage();
  const visit = async () => {
    await page.goto(url);
    await page.waitForFunction(() => globalThis.said !== undefined, undefined, { timeout: 20_000 });
    return page.evaluate(() => globalThis.said);
  };
  const first = await visit();
  assert.equal(first.error, undefined);
  assert.equal(first.jwks.length, 2);
  assert.equal(first.jwks[0].crv, "P-256");
  assert.deepEqual(first.jwks[0], first.jwks[1]);
  assert.deepEqual((await visit()).jwks, first.jwks);
}
