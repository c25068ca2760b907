// 20 tabs that refresh one session, against npm's oidc-provider, which ends the session whose refresh token comes twice:
//
//   node tests/spa/load.mjs            1,000 rounds in Chromium and in Firefox
//   node tests/spa/load.mjs Firefox    in one of them
//
// The suite `spa` does the same for half a minute. In a round the access token has expired, and all tabs ask for one at once.

import assert from "node:assert/strict";
import path from "node:path";
import { fileURLToPath } from "node:url";

import { installPackage, target } from "../support/package.mjs";
import { atEnd, endAll } from "../support/processes.mjs";
import { summarize } from "../support/summary.mjs";
import { startBrowser } from "./browsers.mjs";
import { servePages } from "./pages.mjs";
import { startProvider } from "./provider.mjs";
import { accessToken, expire, seen, signIn, stateOf } from "./session.mjs";

const TABS = 20;
const ROUNDS = 1000;
export const loadBrowsers = ["Chromium", "Firefox"];

/** Refreshes until there were `most` rounds or, after 20 of them, `milliseconds` are over. */
export async function load(browser, { newContext, urls, provider }, { most = Infinity, milliseconds = Infinity }) {
  const { page: open, close } = await newContext();
  const first = await open(urls.local);
  await signIn(first);
  const tabs = [first];
  while (tabs.length < TABS) tabs.push(await open(`${urls.local}tab`));
  const before = provider.refreshes();
  const begun = Date.now();
  let rounds = 0;
  for (; rounds < most && (rounds < 20 || Date.now() < begun + milliseconds); rounds += 1) {
    const receivedAt = await expire(first, "local");
    await Promise.all(tabs.map((tab) => tab.evaluate(seen, receivedAt)));
    const tokens = await Promise.all(tabs.map(accessToken));
    assert.equal(new Set(tokens).size, 1, `round ${rounds}: ${tokens.map((token) => token.slice(-12))}`);
    assert.equal(tokens[0].split(".").length, 3, `round ${rounds}: ${tokens[0]}`);
    if (rounds % 100 === 99) console.log(`${browser}: ${rounds + 1} rounds`);
  }
  const refreshes = provider.refreshes() - before;
  const seconds = (Date.now() - begun) / 1000;
  console.log(`${browser}: ${TABS} tabs, ${rounds} rounds, ${refreshes} refreshes, ${seconds.toFixed(0)} s`);
  assert.equal(refreshes, rounds, "one refresh a round");
  assert.deepEqual(provider.refusals, [], "no refresh token came twice");
  for (const tab of tabs) assert.deepEqual([(await stateOf(tab)).sub, (await stateOf(tab)).ended], ["alice", false]);
  await close();
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const failures = [];
  let passed = 0;
  let skipped = 0;
  // oidc-provider says in warnings what development is for.
  console.warn = () => undefined;
  console.info = () => undefined;
  const [only] = process.argv.slice(2);
  for (const browser of loadBrowsers.filter((name) => only === undefined || name === only)) {
    try {
      const dist = path.join(await installPackage(path.join(target, "spa-load")), "dist");
      const provider = await startProvider();
      atEnd(provider.close);
      const options = { scope: "openid offline_access", resources: ["https://api.example"], storage: "local" };
      const urls = { local: await servePages(dist, provider.issuer, options) };
      const { newContext, problem } = await startBrowser(browser);
      if (problem === undefined) {
        await load(browser, { newContext, urls, provider }, { most: ROUNDS });
        passed += 1;
      } else {
        console.log(`skipped: ${browser}: ${problem}`);
        skipped += 1;
      }
    } catch (error) {
      failures.push(`${browser}: ${error?.stack ?? String(error)}`);
    } finally {
      await endAll();
    }
  }
  summarize({ passed, failures, skipped });
}
