// Signing out of web applications: by the user, by the authorization server, and what comes too late.

import assert from "node:assert/strict";
import { test } from "node:test";

import { application, Browser, fakeClient, origin, places, stores } from "./support/web.mjs";

test("a sign-out needs a page of ours, or the link of the session", async () => {
  for (const options of places()) {
    const app = application(options);
    for (const [path, init, status] of [
      ["/auth/logout", { method: "POST" }, 303],
      ["/auth/logout", { method: "POST", site: "cross-site" }, 403],
      ["/auth/logout", {}, 200],
      ["link", { site: "cross-site" }, 303],
    ]) {
      const browser = new Browser();
      await app.signIn(browser);
      const { logoutUrl } = await app.auth.session(browser.page("/"));
      const late = browser.copy();
      const response = browser.take(await app.fetch(browser.call(path === "link" ? logoutUrl : path, init)));
      assert.equal(response.status, status, path);
      assert.equal((await app.auth.session(browser.page("/"))) === undefined, status === 303);
      if (status !== 303) continue;
      assert.match(response.headers.get("location"), /^https:\/\/id\.example\/logout\?to=https:\/\/app\.example\//);
      // An answer to an earlier request comes late.
      browser.cookies.set("__Host-session", late.cookies.get("__Host-session"));
      assert.equal(await app.auth.session(browser.page("/")), undefined);
    }
    assert.equal(app.client.state.revoked.length, options.store === undefined ? 0 : 2);
  }
});

test("a revocation that does not answer holds nobody up", async () => {
  const client = { ...fakeClient(), revoke: () => new Promise(() => undefined) };
  const app = application({ client, store: stores.memoryStore() });
  const browser = new Browser();
  await app.signIn(browser);
  const begun = Date.now();
  assert.equal((await app.fetch(browser.call("/auth/logout", { method: "POST" }))).status, 303);
  assert.ok(Date.now() - begun < 4_000);
});

test("the authorization server ends sessions, in stores and in cookies", async () => {
  for (const options of places().slice(1)) {
    const app = application(options);
    const browser = new Browser();
    await app.signIn(browser);
    const post = (token) =>
      app.fetch(
        new Request(`${origin}/auth/backchannel-logout`, {
          method: "POST",
          body: new URLSearchParams({ logout_token: token }),
        }),
      );
    assert.equal((await post("bad")).status, 400);
    app.client.state.ended = { subject: "bob" };
    assert.equal((await post("1")).status, 200);
    assert.ok(await app.auth.session(browser.page("/")));
    app.client.state.ended = { subject: "alice" };
    const response = await post("2");
    assert.deepEqual([response.status, response.headers.get("cache-control")], [200, "no-store"]);
    assert.equal(await app.auth.session(browser.page("/")), undefined);
    assert.equal((await post("2")).status, 400, "sent again");
  }
  const { fetch } = application({}, () => new Response("not a route", { status: 404 }));
  assert.equal((await fetch(new Request(`${origin}/auth/backchannel-logout`, { method: "POST" }))).status, 404);
});

test("a sign-out in a handler drops what was to be set, and its question drops nothing", async () => {
  const app = application({}, async ({ auth, request, session }) => {
    if (session === undefined) return auth.signIn(request);
    await session.update({ visits: (session.data.visits ?? 0) + 1 });
    return new URL(request.url).pathname === "/out" ? auth.signOut(request) : new Response();
  });
  const browser = new Browser();
  await app.signIn(browser);
  // By a link, without the token of the session: the user is asked first.
  const asked = browser.take(await app.fetch(browser.page("/out")));
  assert.deepEqual([asked.status, /Sign out\?/.test(await asked.text())], [200, true]);
  assert.deepEqual((await app.auth.session(browser.page("/"))).data, { visits: 1 });
  const { logoutUrl } = await app.auth.session(browser.page("/"));
  const link = new URL(logoutUrl, origin).searchParams.get("token");
  const out = browser.take(await app.fetch(browser.page(`/out?token=${link}`)));
  assert.equal(out.status, 303);
  const ofSession = out.headers.getSetCookie().filter((line) => line.startsWith("__Host-session"));
  assert.ok(ofSession.length > 0 && ofSession.every((line) => line.includes("Max-Age=0;")));
  assert.deepEqual(browser.named("__Host-session"), []);
});
