// The package in a real page of Chromium: the HTTP cache, and what requests carry.
//
//   node tests/browser/run.mjs

import assert from "node:assert/strict";
import path from "node:path";

import { chromiumProgram, startChromium } from "../support/browsers.mjs";
import { installPackage, target } from "../support/package.mjs";
import { endAll } from "../support/processes.mjs";
import { summarize } from "../support/summary.mjs";
import { makeKey, signToken } from "../support/tokens.mjs";
import { servePackage } from "./serve.mjs";

const DAY = 86_400;

if (!chromiumProgram()) {
  console.log("skipped: no Chromium on this machine (set CHROME to its path)");
  summarize({ passed: 0, skipped: 1 });
} else {
  try {
    await main();
  } finally {
    await endAll();
  }
}

async function main() {
  const installed = await installPackage(path.join(target, "browser-tests"));
  const { browser } = await startChromium();
  const failures = [];
  let passed = 0;
  /** Runs one test in a new profile, on a new server. */
  async function test(name, body, options = {}) {
    const site = await servePackage(path.join(installed, "dist"), options);
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      if (options.script) await page.addInitScript(options.script);
      await page.goto(`${site.origin}/`);
      await body({ page, site });
      passed += 1;
    } catch (error) {
      failures.push(`${name}: ${error?.message ?? String(error)}`);
    } finally {
      await context.close();
      await site.close();
    }
  }

  for (const entry of ["browser", "slim"]) {
    await test(`${entry}: a withdrawn key ends with its freshness, whatever Cache-Control says`, (given) =>
      rotation(entry, given));
    await test(`${entry}: requests carry no cookies and no referrer, and ask no leave`, (given) =>
      bareRequests(entry, given));
  }
  summarize({ passed, failures });
}

async function rotation(entry, { page, site }) {
  const [old, next] = [makeKey("ES256", "old"), makeKey("ES256", "next")];
  const claims = { iss: site.origin, aud: "api", sub: "user", exp: 4_102_444_800 };
  const sign = (key) => signToken(key, { alg: "ES256", kid: key.kid }, claims);
  site.cacheControl = `public, max-age=${DAY}`;
  site.keys = [old.jwk];
  await page.evaluate(
    async ([entry, origin]) => {
      const { createVerifier, init } = await import(`/entry/${entry}.js`);
      await init(entry === "slim" ? "/core/countersign-slim.wasm" : undefined);
      let later = 0;
      const now = () => Date.now() + later * 1000;
      const verifier = createVerifier({ issuer: origin, audience: "api", jwksUri: `${origin}/jwks`, now });
      globalThis.ask = async (jwt, seconds) => {
        later = seconds;
        return verifier.verify(jwt).then(
          () => "ok",
          ({ code }) => code,
        );
      };
    },
    [entry, site.origin],
  );
  const ask = (key, seconds) => page.evaluate(([jwt, at]) => globalThis.ask(jwt, at), [sign(key), seconds]);

  assert.equal(await ask(old, 0), "ok");
  site.keys = [next.jwk];
  assert.equal(await ask(old, 590), "ok", "fresh for ten minutes");
  assert.equal(site.count("/jwks"), 1);
  assert.equal(await ask(old, 610), "key_not_found", "withdrawn");
  assert.equal(await ask(next, 610), "ok");
  assert.equal(site.count("/jwks"), 3, "fresh keys, and another look for the one that is missing");
  site.keys = [old.jwk];
  assert.equal(await ask(old, 1_180), "ok", "a new key is found before that");
  assert.equal(site.count("/jwks"), 4);
  assert.equal(await ask(next, 1_180 + 80_000), "key_not_found", "nor does a day bring it back");
  assert.equal(site.count("/jwks"), 6);
}

async function bareRequests(entry, { page, site }) {
  const elsewhere = await servePackage(undefined, {});
  try {
    for (const { origin } of [site, elsewhere]) {
      await page.evaluate(
        async ([entry, url]) => {
          document.cookie = "session=secret";
          const { createVerifier, init } = await import(`/entry/${entry}.js`);
          await init(entry === "slim" ? "/core/countersign-slim.wasm" : undefined);
          const verifier = createVerifier({ issuer: "https://tenant.example/", audience: "api", jwksUri: url });
          await verifier.loadKeys().catch(() => undefined);
        },
        [entry, `${origin}/jwks`],
      );
    }
    for (const { requests } of [site, elsewhere]) {
      const asked = requests.filter(({ url }) => url === "/jwks");
      assert.deepEqual(
        asked.map(({ method }) => method),
        ["GET"],
      );
      const [{ headers }] = asked;
      assert.equal(headers.cookie, undefined);
      assert.equal(headers.referer, undefined);
      assert.equal(headers["cache-control"], "no-cache");
    }
    assert.ok(
      site.requests.some(({ headers }) => headers.cookie === "session=secret"),
      "the page has a cookie to send",
    );
  } finally {
    await elsewhere.close();
  }
}
