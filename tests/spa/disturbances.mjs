// What is asked of every browser: reload, back and forward in the middle of things, responses that were changed, and a
// browser or a provider that does not do its part.

import assert from "node:assert/strict";

import { fillLogin, ready, start } from "../support/drivers.mjs";
import { TAMPERINGS } from "../support/tampering.mjs";
import {
  accessToken,
  back,
  confirmSignOut,
  consent,
  expire,
  forward,
  signIn,
  signInAgain,
  signOut,
  stateOf,
  until,
} from "./session.mjs";

const nobody = (url) => ({ ended: false, url });
const alice = (url) => ({ sub: "alice", ended: false, url });

export const disturbances = {
  async "reload before the sign-in, and at each form of the provider"({ newContext, urls }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    await page.reload();
    await ready(page);
    await start(page, () => void globalThis.auth.login());
    await ready(page, () => document.querySelector("[name=login]") !== null);
    await page.reload();
    await page.fill("[name=login]", "alice");
    await page.fill("[name=password]", "any");
    await start(page, () => document.querySelector("[type=submit]").click());
    await ready(page, () => document.querySelector("[name=prompt][value=consent]") !== null);
    await page.reload();
    await consent(page);
    assert.deepEqual(await stateOf(page), alice("/start"));
    await close();
  },

  async "reload while the page leaves for the provider"({ newContext, urls, provider }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    provider.faults.slow = { "/.well-known/openid-configuration": 5000 };
    await start(page, () => void globalThis.auth.login());
    await page.reload();
    provider.faults.slow = {};
    await ready(page);
    assert.deepEqual(await stateOf(page), nobody("/start"));
    await signIn(page);
    assert.deepEqual(await stateOf(page), alice("/start"));
    await until(() => provider.waiting() === 0, "the answer of the provider");
    await close();
  },

  async "reload while the code is exchanged"({ newContext, urls, provider }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    provider.faults.slow = { "/token": 5000 };
    await start(page, () => void globalThis.auth.login());
    await fillLogin(page, "alice");
    // The response has gone from the address, and the tokens are not here yet.
    await ready(page, () => location.pathname === "/start" && globalThis.auth === undefined);
    await page.reload();
    provider.faults.slow = {};
    await ready(page);
    assert.deepEqual(await stateOf(page), nobody("/start"));
    await signInAgain(page);
    assert.deepEqual(await stateOf(page), alice("/start"));
    await until(() => provider.waiting() === 0, "the answer of the provider");
    await close();
    assert.deepEqual(provider.refusals, []);
  },

  async "reload while a token is refreshed"({ newContext, urls, provider }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    await signIn(page);
    await expire(page, "session");
    provider.faults.slow = { "/token": 5000 };
    await start(page, () => void globalThis.auth.accessToken());
    await until(() => provider.waiting() > 0, "the request for tokens");
    await page.reload();
    provider.faults.slow = {};
    await ready(page);
    await until(() => provider.waiting() === 0, "the answer of the provider");
    assert.deepEqual(await stateOf(page), alice("/start"));
    // The provider has given the next refresh token to a page that was no more, and takes the old one for stolen.
    assert.equal(await accessToken(page), "session_ended");
    assert.equal((await stateOf(page)).ended, true);
    provider.refusals.length = 0;
    await signInAgain(page);
    assert.deepEqual(await stateOf(page), alice("/start"));
    assert.equal((await accessToken(page)).split(".").length, 3);
    await close();
  },

  async "reload while the user is signed out"({ newContext, urls, provider }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    await signIn(page);
    provider.faults.slow = { "/token/revocation": 1500 };
    await start(page, () => void globalThis.auth.logout());
    await until(() => provider.waiting() > 0, "the request for a revocation");
    await page.reload();
    provider.faults.slow = {};
    await until(() => provider.waiting() === 0, "the answer of the provider");
    // A browser that ends the request for the reload may go on to the provider in place of it.
    await ready(page, () => !globalThis.auth?.user && document.querySelector("[name=logout], [data-ready]") !== null);
    await page.goto(`${urls.session}start`);
    await ready(page);
    assert.deepEqual(await stateOf(page), nobody("/start"));
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await close();
  },

  async "a provider that does not answer holds up no sign-out"({ newContext, urls, provider }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    await signIn(page);
    // Of this page it has no metadata yet.
    await page.reload();
    await ready(page);
    provider.faults.slow = { "/.well-known/openid-configuration": 10_000 };
    const began = Date.now();
    await start(page, () => void globalThis.auth.logout());
    await ready(page, () => location.pathname === "/" && globalThis.auth !== undefined);
    const seconds = ((await page.evaluate(() => performance.timeOrigin)) - began) / 1000;
    provider.faults.slow = {};
    // A request for metadata ends after five.
    assert.ok(seconds < 4.8, `${seconds} s`);
    assert.deepEqual(await stateOf(page), nobody("/"));
    assert.equal(await page.evaluate(() => sessionStorage.length), 0);
    await until(() => provider.waiting() === 0, "the answer of the provider");
    await close();
  },

  async "reload at the provider's question about the sign-out"({ newContext, urls }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    await signIn(page);
    await start(page, () => void globalThis.auth.logout());
    await ready(page, () => document.querySelector("[name=logout]") !== null);
    await page.reload();
    await confirmSignOut(page);
    assert.deepEqual(await stateOf(page), nobody("/"));
    await close();
  },

  async "back from the provider, and the button works again"({ newContext, urls }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    await start(page, () => void globalThis.auth.login());
    await ready(page, () => document.querySelector("[name=login]") !== null);
    await back(page);
    await ready(page);
    assert.deepEqual(await stateOf(page), nobody("/start"));
    await signIn(page);
    assert.deepEqual(await stateOf(page), alice("/start"));
    await close();
  },

  async "back and forward after a sign-in"({ newContext, urls }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    await signIn(page);
    await page.goto(`${urls.session}other`);
    await ready(page);
    assert.deepEqual(await stateOf(page), alice("/other"));
    await back(page);
    await ready(page);
    assert.deepEqual(await stateOf(page), alice("/start"));
    await forward(page);
    await ready(page);
    assert.deepEqual(await stateOf(page), alice("/other"));
    assert.equal((await accessToken(page)).split(".").length, 3);
    await close();
  },

  async "back to a page, after another one has refreshed"({ newContext, urls, provider, browser }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    await signIn(page);
    await page.goto(`${urls.session}other`);
    await ready(page);
    await expire(page, "session");
    assert.equal((await accessToken(page)).split(".").length, 3);
    await back(page);
    await ready(page);
    await expire(page, "session");
    const answer = await accessToken(page);
    // Firefox gives the page the storage of when it was left. The old refresh token is not sent, since the mark says so.
    if (browser === "Firefox" && answer === "session_ended") await signInAgain(page);
    else assert.equal(answer.split(".").length, 3, answer);
    assert.deepEqual(await stateOf(page), alice("/start"));
    assert.deepEqual(provider.refusals, []);
    await close();
  },

  async "back and forward after a logout show nobody's data"({ newContext, urls }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}private`);
    await signIn(page);
    await page.goto(`${urls.session}other`);
    await ready(page);
    await signOut(page);
    for (const step of [back, back, back, forward, forward, forward]) {
      await step(page);
      assert.equal((await stateOf(page)).sub, undefined, await page.url());
    }
    await close();
  },

  async "a response that was tampered with"({ newContext, urls, provider }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    const codes = {
      issuer: "response_issuer_mismatch",
      code: "token_endpoint_error",
      state: "state_mismatch",
      error: "authorization_error",
    };
    let isKnown = false;
    for (const [what, code] of Object.entries(codes)) {
      provider.faults.response = TAMPERINGS[what];
      await (isKnown ? signInAgain(page) : signIn(page));
      provider.faults.response = undefined;
      isKnown = true;
      const { error, sub, url } = await stateOf(page);
      assert.deepEqual({ error, sub, isClean: !url.includes("code=") }, { error: code, sub: undefined, isClean: true });
    }
    provider.refusals.length = 0;
    // What is nobody's here stays in the address.
    await page.goto(`${urls.session}other?code=mine&state=mine`);
    await ready(page);
    assert.deepEqual(await stateOf(page), nobody("/other?code=mine&state=mine"));
    await signInAgain(page);
    assert.deepEqual(await stateOf(page), alice("/other?code=mine&state=mine"));
    await close();
  },

  async "a response that comes twice"({ newContext, urls, provider }) {
    const { page: open, close } = await newContext();
    const page = await open(`${urls.session}start`);
    let response = "";
    provider.faults.response = (params) => void (response = params.toString());
    await signIn(page);
    provider.faults.response = undefined;
    assert.deepEqual(await stateOf(page), alice("/start"));
    await page.goto(`${urls.session}?${response}`);
    await ready(page);
    const { sub, url } = await stateOf(page);
    assert.deepEqual([sub, url], ["alice", "/"]);
    assert.equal((await accessToken(page)).split(".").length, 3);
    assert.deepEqual(provider.refusals, [], "the code was not sent again");
    await close();
  },

  async "a browser that stores nothing"({ newContext, urls }) {
    const { page: open, close } = await newContext();
    const page = await open(urls.blocked);
    assert.deepEqual(await stateOf(page), nobody("/"));
    const code = await page.evaluate(() => globalThis.auth.login().catch((error) => error.code));
    assert.equal(code, "storage_unavailable");
    assert.equal(await page.url(), urls.blocked);
    await close();
  },

  async "a provider that is down ends no session"({ newContext, urls, provider }) {
    const { page: open, close } = await newContext();
    const page = await open(urls.session);
    await signIn(page);
    await expire(page, "session");
    provider.faults.down = true;
    const code = await accessToken(page);
    provider.faults.down = false;
    assert.equal(code, "refresh_unavailable");
    assert.equal((await accessToken(page)).split(".").length, 3);
    await close();
  },
};
