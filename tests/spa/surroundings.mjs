// Where a page may be that is not as other pages: under the strictest policy, behind a service worker, on plain http in a
// LAN, in an extension. What works and what does not is what docs/guides/single-page-apps.md says.

import assert from "node:assert/strict";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import os from "node:os";
import path from "node:path";

import { startChromium } from "../support/browsers.mjs";
import { fillLogin, ready, start } from "../support/drivers.mjs";
import { startBrowser } from "./browsers.mjs";
import { hostileTexts } from "./hostile.mjs";
import { accessToken, expire, signIn, signOut, stateOf } from "./session.mjs";

/** The same in every browser. */
export const surroundings = {
  "texts of a provider and of an address are texts": ({ newContext, urls, provider }) =>
    hostileTexts({ newContext, url: urls.example, provider }),

  async "a policy without 'wasm-unsafe-eval'"({ newContext, urls }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.withoutWasm}start`);
    assert.deepEqual(await stateOf(page), { ended: false, url: "/start" });
    const { code, message } = await page.evaluate(() =>
      globalThis.auth.login().catch(({ code, message, cause }) => ({ code, message: `${message} ${cause}` })),
    );
    assert.equal(code, "core_unavailable", message);
    assert.match(message, /wasm-unsafe-eval/, "it says what to do");
    await close();
  },

  async "a service worker that answers from its cache"({ newContext, urls, provider }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    await page.evaluate(async () => {
      await navigator.serviceWorker.register("/worker.js");
      await navigator.serviceWorker.ready;
    });
    await page.reload();
    await ready(page, () => navigator.serviceWorker.controller !== null && globalThis.auth !== undefined);
    await signIn(page);
    assert.deepEqual(await stateOf(page), { sub: "alice", ended: false, url: "/start" });
    const token = await accessToken(page);
    await page.reload();
    await ready(page);
    await expire(page, "session");
    const next = await accessToken(page);
    assert.ok(next !== token && next.split(".").length === 3, next);
    await signOut(page);
    assert.deepEqual(await stateOf(page), { ended: false, url: "/" });
    // It has answered pages and files, and has never had an answer of the token endpoint to give again.
    const answered = await page.evaluate(async () => {
      const cache = await caches.open("pages");
      return (await cache.keys()).map(({ url }) => new URL(url).pathname);
    });
    assert.ok(answered.includes("/page.js") && !answered.includes("/token"), answered.join(" "));
    assert.deepEqual(provider.refusals, []);
    await close();
  },
};

/** How a browser is told that a name is on loopback, which makes no secure context of it. */
const LAN = {
  Chromium: { args: ["--host-resolver-rules=MAP app.lan 127.0.0.1"] },
  Firefox: { preferences: { "network.dns.localDomains": "app.lan" } },
};

export const lanBrowsers = Object.keys(LAN);

/** The page is there, and nobody can sign in: codes do not travel over plain http (RFC 9700 §2.6). */
export async function onPlainHttp(browser, { urls, provider }) {
  const { newContext } = await startBrowser(browser, LAN[browser]);
  const { page: open, close } = await newContext();
  for (const [url, message] of [
    [urls.local, /"redirectUri" must be.* an https URL \(http on loopback\)/],
    [urls.dpop, /"dpop" needs WebCrypto, which this page has over https alone/],
  ]) {
    const page = await open(`${url.replace("127.0.0.1", "app.lan")}start`);
    assert.deepEqual(await page.evaluate(() => [isSecureContext, typeof crypto.subtle, typeof navigator.locks]), [
      false,
      "undefined",
      "undefined",
    ]);
    assert.deepEqual(await stateOf(page), { ended: false, url: "/start" });
    assert.equal(await page.evaluate(() => globalThis.auth.lock), "tab");
    const refused = await page.evaluate(() => globalThis.auth.login().catch(({ name, message }) => [name, message]));
    assert.equal(refused[0], "TypeError");
    assert.match(refused[1], message);
    assert.equal(new URL(await page.url()).pathname, "/start");
  }
  await close();
  assert.deepEqual(provider.refusals, []);
}

/** In an extension of Chromium (Manifest V3) the page is of the extension, and so is where the provider sends it. */
export async function inExtension({ dist, provider, options }) {
  const folder = mkdtempSync(path.join(os.tmpdir(), "countersign-extension-"));
  const extension = path.join(folder, "extension");
  mkdirSync(extension);
  cpSync(dist, path.join(extension, "countersign"), { recursive: true });
  const manifest = {
    manifest_version: 3,
    name: "countersign",
    version: "1",
    background: { service_worker: "background.js" },
    host_permissions: ["http://127.0.0.1/*"],
    content_security_policy: { extension_pages: "script-src 'self' 'wasm-unsafe-eval'; object-src 'self'" },
    web_accessible_resources: [{ resources: ["index.html"], matches: ["http://127.0.0.1/*"] }],
  };
  writeFileSync(path.join(extension, "manifest.json"), JSON.stringify(manifest));
  writeFileSync(path.join(extension, "background.js"), "");
  writeFileSync(
    path.join(extension, "index.html"),
    '<!doctype html><meta charset="utf-8"><title>-</title><script type="module" src="page.js"></script>',
  );
  writeFileSync(
    path.join(extension, "page.js"),
    `import { createBrowserAuth } from "./countersign/spa-browser.js";
try {
  globalThis.auth = await createBrowserAuth({
    ...${JSON.stringify({ issuer: provider.issuer, ...options })},
    redirectUri: location.origin + "/index.html",
  });
} catch (error) {
  globalThis.failure = error;
}
document.documentElement.dataset.ready = "";
`,
  );
  const { context, close } = await startChromium({ extension, profile: path.join(folder, "profile") });
  try {
    const [worker = await context.waitForEvent("serviceworker", { timeout: 20_000 })] = context.serviceWorkers();
    const origin = worker.url().replace(/\/background\.js$/, "");
    provider.allow(`${origin}/index.html`);
    const page = await context.newPage();
    await page.goto(`${origin}/index.html`);
    await ready(page);
    assert.deepEqual(await stateOf(page), { ended: false, url: "/index.html" });
    await start(page, () => void globalThis.auth.login());
    await fillLogin(page, "alice");
    await ready(page);
    assert.deepEqual(await stateOf(page), { sub: "alice", ended: false, url: "/index.html" });
    await expire(page, "session");
    assert.equal((await accessToken(page)).split(".").length, 3);
    await signOut(page);
    assert.deepEqual(await stateOf(page), { ended: false, url: "/index.html" });
  } finally {
    await close();
    rmSync(folder, { recursive: true, force: true });
  }
}
