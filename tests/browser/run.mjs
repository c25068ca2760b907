// The package in a real page of Chromium: the HTTP cache, what requests carry, and a core that cannot be had.
//
//   node tests/browser/run.mjs

import assert from "node:assert/strict";
import path from "node:path";

import { chromiumProgram, startChromium } from "../support/browsers.mjs";
import { installPackage, target } from "../support/package.mjs";
import { endAll } from "../support/processes.mjs";
import { createSuite } from "../support/suite.mjs";
import { summarize } from "../support/summary.mjs";
import { encode, makeKey, signToken } from "../support/tokens.mjs";
import * as tokens from "../js/support/tokens.mjs";
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
  const { check, counts } = createSuite();
  /** Runs one test in a new profile, on a new server. */
  const test = (name, body, options) => check(name, () => inProfile(body, options));
  async function inProfile(body, options = {}) {
    const site = await servePackage(path.join(installed, "dist"), options);
    const context = await browser.newContext();
    try {
      const page = await context.newPage();
      if (options.script) await page.addInitScript(options.script);
      await page.goto(`${site.origin}/`);
      await body({ page, site });
    } finally {
      await context.close();
      await site.close();
    }
  }

  for (const entry of ["/browser.js", "countersign", "countersign/slim"]) {
    await test(`${entry}: a withdrawn key ends with its freshness, whatever the HTTP cache holds`, (given) =>
      rotation(entry, given));
    await test(`${entry}: requests carry no cookies and no referrer, and ask no leave`, (given) =>
      bareRequests(entry, given));
  }
  for (const entry of ["/browser.js", "countersign"]) {
    await test(`${entry}: the engine is fetched when an algorithm needs it`, (given) => lazyEngine(entry, given));
  }
  await unavailable(test);
  summarize(counts);
}

async function rotation(entry, { page, site }) {
  const [old, next] = [makeKey("ES256", "old"), makeKey("ES256", "next")];
  const claims = { iss: site.origin, aud: "api", sub: "user", exp: 4_102_444_800 };
  const sign = (key) => signToken(key, { alg: "ES256", kid: key.kid }, claims);
  site.cacheControl = `public, max-age=${DAY}`;
  site.keys = [old.jwk];
  await page.evaluate(
    async ([entry, origin]) => {
      const { createVerifier, init } = await import(entry);
      await init();
      let later = 0;
      const now = () => Date.now() + later * 1000;
      // Shorter than the server's `max-age`: beyond it, only the HTTP cache would have the key.
      const keyCache = { maxFreshness: 600 };
      const verifier = createVerifier({ issuer: origin, audience: "api", jwksUri: `${origin}/jwks`, keyCache, now });
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

async function lazyEngine(entry, { page, site }) {
  const keys = ["RS256", "PS256", "ES256", "ES256K"].map((alg) => tokens.makeKey(alg));
  await page.evaluate(
    async ([entry, issuer, audience, jwks, time]) => {
      const { createVerifier, init } = await import(entry);
      const verifier = createVerifier({ issuer, audience, jwks, now: () => time * 1000 });
      globalThis.verify = async (jwt, how) => {
        if (how === "init") await init();
        return how === "at once" ? verifier.verifySync(jwt).header.alg : (await verifier.verify(jwt)).header.alg;
      };
    },
    [entry, tokens.issuer, tokens.audience, { keys: keys.map(({ jwk }) => jwk) }, tokens.time],
  );
  const verify = (key, how) =>
    page.evaluate(([jwt, how]) => globalThis.verify(jwt, how).catch(String), [key.sign(), how]);
  const engines = () => site.count("/wasm/engine.wasm");
  const byHost = keys.filter(({ alg }) => alg !== "ES256K");
  // More often than wasm is preferred after.
  for (let round = 0; round < 25; round += 1) for (const key of byHost) assert.equal(await verify(key), key.alg);
  assert.match(await verify(byHost[0], "at once"), /TypeError: .*await init\(\)/);
  assert.equal(engines(), 0);
  const other = keys.find(({ alg }) => alg === "ES256K");
  assert.equal(await verify(other), "ES256K");
  for (const key of keys) assert.equal(await verify(key, "at once"), key.alg);
  assert.equal(await verify(other, "init"), "ES256K");
  assert.equal(engines(), 1);
  assert.equal(site.count("/wasm/core.wasm"), 1);
}

async function bareRequests(entry, { page, site }) {
  const elsewhere = await servePackage(undefined, {});
  try {
    for (const { origin } of [site, elsewhere]) {
      await page.evaluate(
        async ([entry, url]) => {
          document.cookie = "session=secret";
          const { createVerifier, init } = await import(entry);
          await init();
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

/** A page's own policy, and files that are not there. */
async function unavailable(test) {
  const jwt = `${encode('{"alg":"ES256"}')}.${encode("{}")}.AAAA`;
  /** What `init` and the first `verify` say. */
  const ask = (page) =>
    page.evaluate(async (token) => {
      const { createVerifier, init, CountersignError } = await import("/browser.js");
      const verifier = createVerifier({ issuer: "https://tenant.example/", audience: "api" });
      const tell = (error) => ({
        isOurs: error instanceof CountersignError,
        code: error.code,
        status: error.status,
        message: error.message,
        cause: String(error.cause),
      });
      const calls = [() => init(), () => verifier.verify(token), () => verifier.loadKeys(), () => init()];
      const told = [];
      for (const call of calls) told.push(await call().then(() => "ok", tell));
      return told;
    }, jwt);
  const says = async (page, message, cause) => {
    for (const error of await ask(page)) {
      assert.equal(error.code, "core_unavailable", JSON.stringify(error));
      assert.equal(error.isOurs, true);
      assert.equal(error.status, 500);
      assert.match(error.message, message);
      assert.match(error.cause, cause);
    }
  };

  const policy = (script) => `default-src 'none'; script-src 'self' ${script}; connect-src 'self'`;
  await test(
    "a policy without 'wasm-unsafe-eval'",
    ({ page }) => says(page, /script-src 'self' 'wasm-unsafe-eval'/, /Content Security Policy|unsafe-eval/i),
    { policy: policy("") },
  );
  await test(
    "a policy with 'wasm-unsafe-eval'",
    async ({ page }) => {
      const told = await page.evaluate(async () => {
        const { init } = await import("/browser.js");
        return init().then(
          () => "ok",
          ({ code }) => code,
        );
      });
      assert.equal(told, "ok");
    },
    { policy: policy("'wasm-unsafe-eval'") },
  );
  const given = /`await init\(source\)`/;
  /** The module with the bytes does for the file. */
  const loads = async ({ page, site }) => {
    const told = await page.evaluate(async () => {
      const { init } = await import("/browser.js");
      return init().then(() => "ok", String);
    });
    assert.equal(told, "ok");
    assert.equal(site.count("/wasm/core.bytes.js"), 1);
  };
  await test("a file that is not there", loads, { wasm: "missing" });
  await test("a page in the place of the file", loads, { wasm: "page" });
  await test("a file that a policy keeps away", loads, {
    policy: "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'",
  });
  await test("neither file nor bytes", ({ page }) => says(page, given, /404.*dynamically imported/), {
    wasm: "missing",
    bytes: "missing",
  });
  await test("pages in the place of both", ({ page }) => says(page, given, /magic.*dynamically imported/), {
    wasm: "page",
    bytes: "page",
  });
  await test("a host without WebAssembly", ({ page }) => says(page, /has no WebAssembly/, /ReferenceError/), {
    script: "delete globalThis.WebAssembly",
  });
  await test(
    "a source that is given after the package's own was not there",
    async ({ page, site }) => {
      await says(page, given, /404/);
      site.wasm = "there";
      const thumbprint = await page.evaluate(async () => {
        const { init, thumbprint } = await import("/browser.js");
        await init("/wasm/core.wasm");
        return thumbprint({ kty: "OKP", crv: "Ed25519", x: "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo" });
      });
      assert.equal(thumbprint, "kPrK_qmxVWaYVA9wwBF6Iuo3vVzz7TxHCTwXBygrS4k");
    },
    { wasm: "missing", bytes: "missing" },
  );
}
