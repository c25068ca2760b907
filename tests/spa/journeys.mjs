// What is asked of every browser: sign-in, refresh, sign-out, and more tabs than one.

import assert from "node:assert/strict";

import { signInAtProvider } from "./browsers.mjs";
import { fillLogin, ready, start } from "../support/drivers.mjs";
import { accessToken, confirmSignOut, expire, seen, signIn, signOut, stateOf, until } from "./session.mjs";

const claimsOf = (token) => JSON.parse(Buffer.from(token.split(".")[1], "base64url"));

export const journeys = {
  "sign in, reload, refresh, log out": ({ newContext, urls, provider }) =>
    journey({ newContext, url: urls.session, provider }),

  "the same on localhost": ({ newContext, urls, provider }) => journey({ newContext, url: urls.localhost, provider }),

  async "tabs share a session, and one refreshes for all"({ newContext, urls, provider }) {
    const { page: open, close } = await newContext();
    const first = await open(`${urls.local}one`);
    await signIn(first);
    const tabs = [first, await open(`${urls.local}two`), await open(`${urls.local}three`)];
    for (const tab of tabs) assert.equal((await stateOf(tab)).sub, "alice");
    const before = provider.refreshes();
    for (let round = 0; round < 3; round += 1) {
      const receivedAt = await expire(first, "local");
      for (const tab of tabs) await tab.evaluate(seen, receivedAt);
      const tokens = await Promise.all(tabs.map(accessToken));
      assert.equal(new Set(tokens).size, 1, `round ${round}`);
      assert.equal(tokens[0].split(".").length, 3);
    }
    assert.equal(provider.refreshes() - before, 3);
    await close();
  },

  async "who signs out in one tab is signed out in the others"({ newContext, urls }) {
    const { page: open, close } = await newContext();
    const one = await open(`${urls.local}one`);
    await signIn(one);
    const two = await open(`${urls.local}two`);
    await signOut(one);
    await until(async () => (await stateOf(two)).ended === true, "the other tab hears of it");
    assert.equal(await accessToken(two), "session_ended");
    await two.reload();
    await ready(two);
    assert.deepEqual(await stateOf(two), { ended: false, url: "/two" });
    await close();
  },

  async "two tabs sign in at once"({ newContext, urls }) {
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
        assert.equal((await accessToken(page)).split(".").length, 3);
      }
      await close();
    }
  },

  async "tokens that are bound to a key of this browser"({ newContext, urls }) {
    const { page: open, close } = await newContext();
    const page = await open(urls.dpop);
    await signIn(page);
    const bound = async () => claimsOf(await accessToken(page)).cnf?.jkt;
    const thumbprint = await bound();
    assert.match(thumbprint, /^[\w-]{43}$/);
    await page.reload();
    await ready(page);
    await expire(page, "session");
    assert.equal(await bound(), thumbprint);
    await close();
  },
};

async function journey({ newContext, url, provider }) {
  const { page: open, close } = await newContext();
  const page = await open(`${url}notes?page=2#third`);
  assert.deepEqual(await stateOf(page), { ended: false, url: "/notes?page=2#third" });
  await start(page, () => void globalThis.auth.login());
  await fillLogin(page, "alice");
  await ready(page);
  const signedIn = { sub: "alice", ended: false, url: "/notes?page=2#third" };
  assert.deepEqual(await stateOf(page), signedIn);
  const token = await accessToken(page);
  assert.equal(claimsOf(token).aud, "https://api.example");
  await page.reload();
  await ready(page);
  assert.deepEqual(await stateOf(page), signedIn);
  assert.equal(await accessToken(page), token);
  await expire(page, "session");
  const refreshed = await accessToken(page);
  assert.ok(refreshed !== token && refreshed.split(".").length === 3, refreshed);
  assert.equal(await page.evaluate(() => globalThis.auth.lock), "browser");
  await start(page, () => void globalThis.auth.logout());
  await confirmSignOut(page);
  assert.deepEqual(await stateOf(page), { ended: false, url: "/" });
  assert.equal(await page.evaluate(() => sessionStorage.length + localStorage.length), 0);
  await close();
  assert.deepEqual(provider.refusals, []);
}
