// Sign-in for web applications: what requests get, from the first page to the sign-out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { application, Browser, fakeClient, origin, places, stores } from "./support/web.mjs";

test("a user signs in, and the handler has the session", async () => {
  for (const options of places()) {
    const { fetch, auth, signIn } = application(options);
    const browser = new Browser();
    const callback = await signIn(browser);
    assert.deepEqual([callback.status, callback.headers.get("location")], [303, "/notes"]);
    assert.equal(callback.headers.get("cache-control"), "no-store");
    for (const line of callback.headers.getSetCookie()) {
      assert.match(line, /^__Host-[^;]*; Path=\/; Max-Age=\d+; HttpOnly; SameSite=Lax; Secure$/);
    }
    assert.deepEqual(browser.named("__Host-"), ["__Host-session"]);
    const page = await fetch(browser.page("/notes"));
    assert.deepEqual([page.status, await page.text()], [200, "Hello, Alice"]);
    assert.deepEqual(page.headers.getSetCookie(), [], "nothing to set");
    const me = await fetch(browser.call("/auth/me"));
    assert.deepEqual(await me.json(), { sub: "alice", name: "Alice" });
    assert.equal(await (await fetch(new Browser().call("/auth/me"))).json(), null);
    const session = await auth.session(browser.page("/"));
    assert.deepEqual([session.issuer, session.subject, session.data], ["https://id.example", "alice", {}]);
    assert.ok(session.expiresAt > Date.now() / 1000 + 86_000);
  }
});

test("calls hear 401, prefetches get 204, and a storm of pages leaves four cookies", async () => {
  const { fetch } = application();
  const browser = new Browser();
  const call = await fetch(browser.call("/api"));
  assert.deepEqual([call.status, (await call.json()).code, call.headers.getSetCookie()], [401, "token_missing", []]);
  const ahead = await fetch(browser.page("/notes", { "sec-purpose": "prefetch" }));
  assert.deepEqual([ahead.status, ahead.headers.getSetCookie()], [204, []]);
  for (let step = 0; step < 1_000; step += 1) {
    browser.take(await fetch(browser.page("/notes")));
    assert.ok(browser.named("__Host-sign-in").length <= 4);
  }
  assert.ok(browser.cookie.length <= 6_144 + 200);
});

test("requests of other sites' pages are refused, and programs with a token are let through without a session", async () => {
  const { fetch, signIn } = application({}, ({ session, auth, request }) =>
    session ? new Response("in") : request.method === "GET" ? auth.signIn(request) : new Response("nobody"),
  );
  const browser = new Browser();
  await signIn(browser);
  for (const [method, site, headers, status, text] of [
    ["POST", "same-origin", {}, 200, "in"],
    ["POST", "same-site", {}, 403],
    ["POST", "cross-site", { "x-csrf": "1" }, 403],
    ["DELETE", "none", {}, 403],
    ["GET", "cross-site", {}, 200, "in"],
    ["POST", "cross-site", { authorization: "Bearer x" }, 200, "nobody"],
  ]) {
    const response = await fetch(browser.call("/api", { method, site, headers }));
    assert.equal(response.status, status, `${method} ${site}`);
    const body = await response.text();
    if (status === 403) assert.equal(JSON.parse(body).code, "csrf_refused");
    else assert.equal(body, text);
  }
});

test("data is kept with the session, and answers that cannot be changed are made anew", async () => {
  for (const options of places()) {
    const seen = [];
    const app = application(options, async ({ auth, request, session }) => {
      if (session === undefined) return auth.signIn(request);
      seen.push(session.data);
      await session.update({ visits: (session.data.visits ?? 0) + 1 });
      const answer = Response.redirect("https://app.example/next");
      assert.throws(() => answer.headers.append("x", "y"));
      return answer;
    });
    const browser = new Browser();
    await app.signIn(browser);
    for (let visit = 0; visit < 3; visit += 1) {
      const response = browser.take(await app.fetch(browser.page("/")));
      assert.deepEqual([response.status, response.headers.get("location")], [302, "https://app.example/next"]);
      assert.equal(response.headers.get("cache-control"), "no-store");
    }
    assert.deepEqual(seen, [{}, { visits: 1 }, { visits: 2 }]);
    const session = await app.auth.session(browser.page("/"));
    await assert.rejects(session.update({}), { code: "session_refresh_needed" });
  }
});

test("what cannot be kept is refused by its code", async () => {
  const circle = {};
  circle.self = circle;
  const deep = JSON.parse(`${'{"a":'.repeat(20)}1${"}".repeat(20)}`);
  let data;
  const app = application({}, async ({ session, auth, request }) => {
    if (session === undefined) return auth.signIn(request);
    await assert.rejects(
      session.update(data),
      (error) => error.code === "session_invalid" || error instanceof TypeError,
    );
    return new Response();
  });
  const browser = new Browser();
  await app.signIn(browser);
  for (data of [undefined, null, 7, "x", [], circle, deep, { text: "x".repeat(30_000) }]) {
    const response = await app.fetch(browser.page("/"));
    assert.deepEqual([response.status, response.headers.getSetCookie()], [200, []]);
  }
});

test("caches believe nothing of a response with cookies", async () => {
  const app = application({}, async ({ session, auth, request }) => {
    if (session === undefined) return auth.signIn(request);
    await session.update({ a: 1 });
    const headers = {
      "cache-control": "public, s-maxage=60",
      "cdn-cache-control": "max-age=60",
      "surrogate-control": "x",
    };
    return new Response("x", { headers: [...Object.entries(headers), ["set-cookie", "a=1"], ["set-cookie", "b=2"]] });
  });
  const browser = new Browser();
  await app.signIn(browser);
  const { headers } = await app.fetch(browser.page("/"));
  assert.equal(headers.get("cache-control"), "no-store");
  assert.deepEqual([headers.get("cdn-cache-control"), headers.get("surrogate-control")], [null, null]);
  assert.deepEqual(headers.getSetCookie().slice(0, 2), ["a=1", "b=2"]);
});

test("a form that the server posts is posted again by a page of ours", async () => {
  const { fetch } = application();
  const browser = new Browser();
  browser.take(await fetch(browser.page("/notes")));
  const post = (from, body) =>
    fetch(from.call("/auth/callback", { method: "POST", site: "cross-site", headers: { accept: "text/html" }, body }));
  const page = await post(new Browser(), new URLSearchParams({ state: "s1", code: '"><script>' }));
  const html = await page.text();
  assert.ok(html.includes('value="&quot;&gt;&lt;script&gt;"'));
  const [, script] = /<script>(.*)<\/script>/.exec(html);
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", Buffer.from(script))).toString("base64");
  assert.ok(page.headers.get("content-security-policy").includes(`script-src 'sha256-${digest}'`));
  const again = await post(browser, new URLSearchParams({ state: "s1", code: "c", countersign_resubmitted: "1" }));
  assert.equal(again.headers.get("location"), "/notes");
  assert.equal((await post(browser, "x".repeat(70_000))).status, 400);
});

test("several clients, and origins that the host selects", async () => {
  const clients = { home: fakeClient(), work: fakeClient({ claims: { sub: "bob", name: "Bob" } }) };
  const origins = [origin, "https://preview.app.example"];
  const app = application({ clients, origin: origins });
  for (const [at, path, name] of [
    [origin, "/auth/login", "Alice"],
    [origins[1], "/auth/login?client=work&return_to=/x", "Bob"],
  ]) {
    const browser = new Browser(at);
    await app.signIn(browser, path);
    assert.equal(await (await app.fetch(browser.page("/notes"))).text(), `Hello, ${name}`);
    const moved = browser.copy();
    moved.at = at === origin ? origins[1] : origin;
    assert.equal(await app.auth.session(moved.page("/")), undefined);
  }
  assert.equal((await app.fetch(new Browser().page("/auth/login?client=none"))).status, 400);
  assert.equal((await app.fetch(new Browser().page("/notes", { "x-forwarded-host": "a b" }))).status, 400);
});

test("with SameSite=Strict a page of the application leads on, and transactions stay Lax", async () => {
  const target = "/notes?a=1&b=%22;c=2";
  for (const store of [undefined, stores.memoryStore()]) {
    const { fetch, signIn } = application({ ...(store && { store }), session: { sameSite: "Strict" } });
    const browser = new Browser();
    const begun = await fetch(browser.page(target));
    assert.match(begun.headers.getSetCookie().join("\n"), /^__Host-sign-in\.[^\n]*SameSite=Lax; Secure$/);
    const arrived = await signIn(browser, target);
    assert.deepEqual([arrived.status, arrived.headers.get("location")], [200, null]);
    const text = await arrived.text();
    const escaped = target.replace("&", "&amp;");
    assert.ok(text.includes(`<meta http-equiv="refresh" content="0;url=${escaped}">`), text);
    assert.ok(text.includes(`<a href="${escaped}">`), "for who turns refreshes off");
    assert.equal(arrived.headers.get("referrer-policy"), "no-referrer");
    assert.equal(arrived.headers.get("cache-control"), "no-store");
    assert.match(arrived.headers.get("content-security-policy"), /^default-src 'none'/);
    const ofSession = arrived.headers.getSetCookie().filter((line) => line.startsWith("__Host-session"));
    assert.ok(ofSession.length > 0 && ofSession.every((line) => line.includes("; SameSite=Strict; Secure")));
    assert.equal(await (await fetch(browser.page("/notes"))).text(), "Hello, Alice");
    const out = browser.take(await fetch(browser.call("/auth/logout", { method: "POST" })));
    const removed = out.headers.getSetCookie().filter((line) => line.startsWith("__Host-session"));
    assert.ok(removed.every((line) => /Max-Age=0; HttpOnly; SameSite=Strict/.test(line)));
    assert.deepEqual(browser.named("__Host-session"), []);
  }
});
