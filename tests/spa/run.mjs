// countersign/spa in real browsers, with npm's oidc-provider: sign-in, refresh in many tabs, logout, and the way back.
//
//   node tests/spa/run.mjs
//
// The suite `spa:load` has more tabs refresh more often.

import assert from "node:assert/strict";
import path from "node:path";

import { installPackage, target } from "../support/package.mjs";
import { atEnd } from "../support/processes.mjs";
import { createSuite } from "../support/suite.mjs";
import { startBrowser } from "./browsers.mjs";
import { drivers, ready } from "../support/drivers.mjs";
import { exampleIn, serveExample, startsOrSays } from "./example.mjs";
import { buildFrameworks, frameworks } from "./frameworks.mjs";
import { load, loadBrowsers } from "./load.mjs";
import { runScenarios, table } from "./matrix.mjs";
import { servePages } from "./pages.mjs";
import { clientId, startProvider } from "./provider.mjs";
import { apis, resourcesIn } from "./resources.mjs";
import { expire, signIn, stateOf } from "./session.mjs";
import { firstLoad } from "./sizes.mjs";
import { inExtension, lanBrowsers, onPlainHttp } from "./surroundings.mjs";

const folder = path.join(target, "spa-tests");
const HALF_A_MINUTE = 30_000;
/** For whoever looks into something: one browser, scenarios whose name has this. */
const { SPA_BROWSER, SPA_ONLY } = process.env;

const { check: test, skip, run } = createSuite();

// oidc-provider says in warnings what development is for.
console.warn = () => undefined;
console.info = () => undefined;
await run(async () => {
  const dist = path.join(await installPackage(folder), "dist");
  const provider = await startProvider();
  atEnd(provider.close);
  const options = { clientId, scope: "openid profile email offline_access", resources: ["https://api.example"] };
  const urls = {};
  for (const storage of ["session", "local"])
    urls[storage] = await servePages(dist, provider.issuer, { ...options, storage });
  urls.dpop = await servePages(dist, provider.issuer, { ...options, dpop: true });
  for (const storage of ["session", "local"]) {
    urls[`${storage} resources`] = await servePages(dist, provider.issuer, {
      ...options,
      resources: apis,
      storage,
    });
  }
  urls["unknown resource"] = await servePages(dist, provider.issuer, {
    ...options,
    resources: [...apis, "https://unknown.example"],
  });
  urls.localhost = urls.session.replace("127.0.0.1", "localhost");
  urls.withoutWasm = await servePages(dist, provider.issuer, options, { scripts: "'self'" });
  urls.blocked = await servePages(dist, provider.issuer, options, { isBlocked: true });
  await startsOrSays({ folder, provider, test });
  urls.example = await serveExample("plain", { folder, provider });
  const columns = {};
  for (const name of Object.keys(drivers)) {
    if (SPA_BROWSER !== undefined && SPA_BROWSER !== name) continue;
    const { newContext, problem: absence } = await startBrowser(name);
    columns[name] = {};
    if (absence !== undefined) {
      skip(`${name}: ${absence}`);
      continue;
    }
    columns[name] = await runScenarios(name, { newContext, urls, provider }, test, SPA_ONLY);
    if (SPA_ONLY !== undefined) continue;
    if (lanBrowsers.includes(name)) {
      await test(`${name}: plain http on another host`, () => onPlainHttp(name, { urls, provider }));
    }
    if (loadBrowsers.includes(name)) {
      await test(`${name}: 20 tabs refresh by turns`, () =>
        load(name, { newContext, urls, provider }, { milliseconds: HALF_A_MINUTE }));
    }
    if (name !== "Chromium") continue;
    const { scripts, problem } = await buildFrameworks();
    if (problem !== undefined) skip(problem);
    for (const app of ["plain", ...(scripts === undefined ? [] : frameworks)]) {
      await exampleIn(app, { folder, scripts, newContext, provider, test });
    }
    await test("an extension of Chromium", () => inExtension({ dist, provider, options }));
    await inChromium(newContext, urls, provider);
    await resourcesIn(newContext, { urls, provider, test, signIn, expire });
  }
  console.log(table(columns));
  const { script, wasm } = await firstLoad();
  console.log(`a page loads ${script} + ${wasm} bytes after Brotli`);
});

async function inChromium(newContext, urls, provider) {
  await test("a tab that is duplicated goes on", async () => {
    const { context, page: open, close } = await newContext();
    const page = await open(urls.session);
    await signIn(page);
    // What a duplicate has: `window.open` copies the storage of the opener.
    const [copy] = await Promise.all([
      context.waitForEvent("page"),
      page.evaluate(() => void window.open("/copy", "_blank", "opener")),
    ]);
    await ready(copy);
    assert.equal((await stateOf(copy)).sub, "alice");
    for (let round = 0; round < 5; round += 1) {
      await Promise.all([expire(page, "session"), expire(copy, "session")]);
      const tokens = await Promise.all([page, copy].map((tab) => tab.evaluate(() => globalThis.auth.accessToken())));
      assert.equal(tokens[0], tokens[1]);
    }
    assert.deepEqual(provider.refusals, []);
    // Both have a token that is good yet.
    await page.evaluate(() => void globalThis.auth.logout());
    await copy.waitForFunction(() => globalThis.auth.getSnapshot().ended);
    const refusal = await copy.evaluate(() => globalThis.auth.accessToken().catch(({ code }) => code));
    assert.equal(refusal, "session_ended");
    await close();
  });

  await test("the page is painted before it asks for the core", async () => {
    const { page: open, close } = await newContext();
    const page = await open(urls.session);
    const times = await page.evaluate(async () => {
      const found = () => performance.getEntriesByType("resource").find(({ name }) => name.endsWith(".wasm"));
      while (found() === undefined) await new Promise((resolve) => setTimeout(resolve, 20));
      const [painted] = performance.getEntriesByName("first-contentful-paint");
      return { painted: painted.startTime, asked: found().startTime };
    });
    assert.ok(times.asked > times.painted, JSON.stringify(times));
    await close();
  });
}
