// countersign/spa in real browsers, with npm's oidc-provider: sign-in, refresh in many tabs, logout, and the way back.
//
//   node tests/spa/run.mjs                 20 tabs refresh for a minute
//   SPA_ROUNDS=1000 node tests/spa/run.mjs as often as this says

import assert from "node:assert/strict";
import path from "node:path";

import { installPackage, target } from "../support/package.mjs";
import { atEnd, endAll } from "../support/processes.mjs";
import { summarize } from "../support/summary.mjs";
import { browsers, ready, signInAtProvider, start } from "./browsers.mjs";
import { exampleIn } from "./example.mjs";
import { buildFrameworks, frameworks } from "./frameworks.mjs";
import { servePages } from "./pages.mjs";
import { startProvider } from "./provider.mjs";
import { apis, resourcesIn } from "./resources.mjs";
import { firstLoad } from "./sizes.mjs";

const folder = path.join(target, "spa-tests");
const TABS = 20;
const ROUNDS = Number(process.env.SPA_ROUNDS ?? Infinity);
const MINUTE = 60_000;

const failures = [];
let passed = 0;
let skipped = 0;
async function test(name, body) {
  try {
    await body();
    passed += 1;
  } catch (error) {
    failures.push(`${name}: ${error?.stack ?? String(error)}`);
  }
}

// oidc-provider says in warnings what development is for.
console.warn = () => undefined;
console.info = () => undefined;
try {
  const dist = path.join(await installPackage(folder), "dist");
  const provider = await startProvider();
  atEnd(provider.close);
  const options = { scope: "openid profile email offline_access", resources: ["https://api.example"] };
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
  for (const [name, begin] of Object.entries(browsers)) {
    const newContext = await begin();
    if (newContext === undefined) {
      console.log(`skipped: no ${name} on this machine`);
      skipped += 1;
      continue;
    }
    await inEvery(name, newContext, urls, provider);
    if (name !== "Chromium") continue;
    const { scripts, problem } = await buildFrameworks();
    if (problem !== undefined) {
      console.log(`skipped: ${problem}`);
      skipped += 1;
    }
    for (const app of ["plain", ...(scripts === undefined ? [] : frameworks)]) {
      await exampleIn(app, { folder, scripts, newContext, provider, test });
    }
    await inChromium(newContext, urls, provider);
    await resourcesIn(newContext, { urls, provider, test, signIn, expire });
  }
} finally {
  await endAll();
}
const { script, wasm } = await firstLoad();
console.log(`a page loads ${script} + ${wasm} bytes after Brotli`);
summarize({ passed, failures, skipped });

/** What the page of a tab says. */
async function stateOf(page) {
  const state = await page.evaluate(() => ({
    sub: globalThis.auth?.user?.sub,
    error: globalThis.auth?.getSnapshot().error?.code ?? globalThis.failure?.message,
    ended: globalThis.auth?.getSnapshot().ended,
    url: location.pathname + location.search + location.hash,
  }));
  return Object.fromEntries(Object.entries(state).filter(([, value]) => value !== undefined));
}

/** Moves the session in a storage into the past: its access token has expired. */
async function expire(page, kind) {
  return page.evaluate((kind) => {
    const storage = globalThis[`${kind}Storage`];
    const name = Object.keys(storage).find((key) => key.endsWith(":session"));
    const record = JSON.parse(storage[name]);
    for (const token of record.accessTokens) {
      token.receivedAt -= 4000;
      token.expiresAt -= 4000;
    }
    storage[name] = JSON.stringify(record);
    return record.accessTokens[0].receivedAt;
  }, kind);
}

/** Waits until a tab sees what another one has written: browsers give each process a copy of the storage. */
async function seen(receivedAt) {
  const name = Object.keys(localStorage).find((key) => key.endsWith(":session"));
  const isSeen = () => JSON.parse(localStorage[name]).accessTokens[0].receivedAt === receivedAt;
  while (!isSeen()) await new Promise((next) => setTimeout(next, 5));
}

async function signIn(page) {
  await start(page, () => void globalThis.auth.login());
  await signInAtProvider(page);
}

async function inEvery(browser, newContext, urls, provider) {
  await test(`${browser}: sign in, reload, refresh, log out`, async () => {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}notes?page=2#third`);
    assert.deepEqual(await stateOf(page), { ended: false, url: "/notes?page=2#third" });
    await signIn(page);
    const signedIn = { sub: "alice", ended: false, url: "/notes?page=2#third" };
    assert.deepEqual(await stateOf(page), signedIn);
    const token = await page.evaluate(() => globalThis.auth.accessToken());
    const [, claims] = token.split(".").map((part) => Buffer.from(part, "base64url").toString());
    assert.equal(JSON.parse(claims).aud, "https://api.example");
    await page.reload();
    await ready(page);
    assert.deepEqual(await stateOf(page), signedIn);
    assert.equal(await page.evaluate(() => globalThis.auth.accessToken()), token);
    await expire(page, "session");
    assert.notEqual(await page.evaluate(() => globalThis.auth.accessToken()), token);
    assert.equal(await page.evaluate(() => globalThis.auth.lock), "browser");
    await start(page, () => void globalThis.auth.logout());
    // The provider asks, and comes back.
    await ready(page, () => document.querySelector("[name=logout]") !== null);
    await start(page, () => document.querySelector("[name=logout]").click());
    await ready(page);
    assert.deepEqual(await stateOf(page), { ended: false, url: "/" });
    assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
    await close();
    assert.deepEqual(provider.refusals, []);
  });
}

async function inChromium(newContext, urls, provider) {
  await test("20 tabs refresh by turns", async () => {
    const { page: open, close } = await newContext();
    const first = await open(urls.local);
    await signIn(first);
    const tabs = [first];
    while (tabs.length < TABS) tabs.push(await open(`${urls.local}tab`));
    const before = provider.refreshes();
    const end = Date.now() + (process.env.SPA_ROUNDS === undefined ? MINUTE : Infinity);
    let rounds = 0;
    for (; rounds < ROUNDS && Date.now() < end; rounds += 1) {
      const receivedAt = await expire(first, "local");
      await Promise.all(tabs.map((tab) => tab.evaluate(seen, receivedAt)));
      const tokens = await Promise.all(tabs.map((tab) => tab.evaluate(() => globalThis.auth.accessToken())));
      assert.equal(new Set(tokens).size, 1, `round ${rounds}`);
    }
    console.log(`${TABS} tabs, ${rounds} rounds, ${provider.refreshes() - before} refreshes`);
    assert.equal(provider.refreshes() - before, rounds);
    assert.ok(rounds >= 20 || rounds === ROUNDS);
    assert.deepEqual(provider.refusals, []);
    await close();
  });

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
    await close();
  });

  await test("back after logout shows nobody's data", async () => {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}private`);
    await signIn(page);
    await page.goto(`${urls.session}other`);
    await ready(page);
    await start(page, () => void globalThis.auth.logout());
    await ready(page, () => document.querySelector("[name=logout]") !== null);
    await start(page, () => document.querySelector("[name=logout]").click());
    await ready(page);
    for (let step = 0; step < 3; step += 1) {
      await page.goBack();
      await ready(page, () => document.body !== null);
      await new Promise((resolve) => setTimeout(resolve, 300));
      assert.equal((await stateOf(page)).sub, undefined, page.url());
    }
    await close();
  });

  await test("two tabs sign in at once", async () => {
    for (const storage of ["session", "local"]) {
      const { page: open, close } = await newContext();
      const [one, two] = [await open(`${urls[storage]}one`), await open(`${urls[storage]}two`)];
      await start(one, () => void globalThis.auth.login());
      await ready(one, () => document.querySelector("[name=login]") !== null);
      await start(two, () => void globalThis.auth.login());
      await signInAtProvider(two);
      await signInAtProvider(one);
      for (const [page, url] of [
        [one, "/one"],
        [two, "/two"],
      ]) {
        assert.deepEqual(await stateOf(page), { sub: "alice", ended: false, url }, storage);
        assert.ok(await page.evaluate(() => globalThis.auth.accessToken()));
      }
      await close();
    }
  });

  await test("a response that was tampered with", async () => {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    provider.faults.issuer = "https://evil.example";
    await signIn(page);
    provider.faults.issuer = undefined;
    assert.deepEqual(await stateOf(page), { error: "response_issuer_mismatch", ended: false, url: "/start" });
    await page.goto(`${urls.session}other?code=mine&state=mine`);
    await ready(page);
    assert.deepEqual(await stateOf(page), { ended: false, url: "/other?code=mine&state=mine" });
    await close();
  });

  await test("a browser that stores nothing", async () => {
    const { context, page: open, close } = await newContext();
    await context.addInitScript(() => {
      for (const name of ["sessionStorage", "localStorage"]) {
        Object.defineProperty(globalThis, name, {
          get() {
            throw new DOMException("blocked", "SecurityError");
          },
        });
      }
    });
    const page = await open(urls.session);
    const code = await page.evaluate(() => globalThis.auth.login().catch((error) => error.code));
    assert.equal(code, "storage_unavailable");
    assert.equal(page.url(), urls.session);
    await close();
  });

  await test("tokens that are bound to a key of this browser", async () => {
    const { page: open, close } = await newContext();
    const page = await open(urls.dpop);
    await signIn(page);
    const bound = async () => {
      const token = await page.evaluate(() => globalThis.auth.accessToken());
      return JSON.parse(Buffer.from(token.split(".")[1], "base64url")).cnf?.jkt;
    };
    const thumbprint = await bound();
    assert.match(thumbprint, /^[\w-]{43}$/);
    await page.reload();
    await ready(page);
    await expire(page, "session");
    assert.equal(await bound(), thumbprint);
    await close();
  });

  await test("a provider that is down ends no session", async () => {
    const { page: open, close } = await newContext();
    const page = await open(urls.session);
    await signIn(page);
    await expire(page, "session");
    provider.faults.down = true;
    const code = await page.evaluate(() => globalThis.auth.accessToken().catch((error) => error.code));
    provider.faults.down = false;
    assert.equal(code, "refresh_unavailable");
    assert.ok(await page.evaluate(() => globalThis.auth.accessToken()));
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
