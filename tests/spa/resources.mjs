// A token for each resource (RFC 8707), by npm's oidc-provider, in tabs that share a session.

import assert from "node:assert/strict";

import { ready } from "../support/drivers.mjs";

/** The APIs that the provider knows. */
export const apis = ["https://api.example", "https://api.example/notes", "urn:example:files"];

const audienceOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url")).aud;

const tokenFor = (page, resource) =>
  page.evaluate((resource) => globalThis.auth.accessToken({ resource }).catch((error) => error.code), resource);

export async function resourcesIn(newContext, { urls, provider, test, signIn, expire }) {
  for (const storage of ["session", "local"]) {
    await test(`a token for each resource, in ${storage}Storage`, async () => {
      const { context, page: open, close } = await newContext();
      const url = urls[`${storage} resources`];
      const page = await open(url);
      await signIn(page);
      const [copy] = await Promise.all([
        context.waitForEvent("page"),
        page.evaluate(() => void window.open("/copy", "_blank", "opener")),
      ]);
      await ready(copy);
      const tabs = [page, copy];
      let before = provider.refreshes();
      for (let round = 0; round < 4; round += 1) {
        const all = await Promise.all(apis.flatMap((api) => tabs.map((tab) => tokenFor(tab, api))));
        assert.deepEqual(
          all.map(audienceOf),
          apis.flatMap((api) => [api, api]),
        );
        // The sign-in has brought the first one.
        assert.equal(provider.refreshes() - before, round === 0 ? 2 : 3);
        before = provider.refreshes();
        for (const tab of storage === "local" ? [page] : tabs) await expire(tab, storage);
        // Browsers give each process a copy of the storage.
        await copy.waitForTimeout(200);
      }
      await Promise.all(apis.map((api) => tokenFor(page, api)));
      assert.deepEqual(provider.refusals, []);
      await close();
    });
  }

  await test("a resource that the provider refuses", async () => {
    const { page: open, close } = await newContext();
    const page = await open(urls["unknown resource"]);
    await page.evaluate(() => void (globalThis.auth.login(), (document.documentElement.dataset.ready = "no")));
    await ready(page);
    const { error } = await page.evaluate(() => {
      const { code, actual } = globalThis.auth.getSnapshot().error;
      return { error: [code, actual.split(":")[0]] };
    });
    assert.deepEqual(error, ["resource_refused", "invalid_target"]);
    await close();
  });
}
