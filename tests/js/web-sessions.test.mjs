// Sign-in for web applications: what requests get, from the first page to the sign-out.

import assert from "node:assert/strict";
import { test } from "node:test";

import { application, Browser, Failure, fakeClient, guards, origin, secret, stores, web } from "./support/web.mjs";

const places = () => [
  {},
  { store: stores.memoryStore() },
  { store: stores.memoryStore(), session: { storage: "cookie" } },
];

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

test("header fields that name a user do not come in from outside", async () => {
  const seen = [];
  const { fetch } = application({}, ({ request }) => {
    seen.push([...request.headers.keys()]);
    return new Response();
  });
  const headers = { "x-user": "root", "x-forwarded-user": "root", "x-auth-request-email": "a@b", "x-other": "1" };
  await fetch(new Request(origin, { headers }));
  assert.deepEqual(seen, [["x-other"]]);
});

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

test("fifty requests at once spend a refresh token once", async () => {
  for (const options of [...places().slice(1), { refresh: "unlocked" }]) {
    const app = application({ ...options, client: fakeClient({ expiresIn: 1 }) });
    const browser = new Browser();
    await app.signIn(browser);
    app.client.state.expiresIn = 3600;
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    const answers = await Promise.all(Array.from({ length: 50 }, () => app.fetch(browser.page("/token"))));
    assert.deepEqual(new Set(await Promise.all(answers.map((answer) => answer.text()))), new Set(["at1"]));
    assert.deepEqual([app.client.state.refreshes, app.client.state.over], [1, false]);
    // With the old cookie a moment later, and with the new one.
    assert.equal(await (await app.fetch(browser.page("/token"))).text(), "at1");
    browser.take(answers[0]);
    assert.equal(await (await app.fetch(browser.page("/token"))).text(), "at1");
    assert.equal(app.client.state.refreshes, 1);
  }
});

test("only invalid_grant ends a session", async () => {
  const app = application(
    { store: stores.memoryStore(), client: fakeClient({ expiresIn: 0 }) },
    async ({ session, auth, request }) => {
      if (session === undefined) return auth.signIn(request);
      return new Response(await session.accessToken().catch((error) => error.code));
    },
  );
  const browser = new Browser();
  await app.signIn(browser);
  const token = async () => browser.take(await app.fetch(browser.page("/"))).text();
  for (const code of ["server_unavailable", "token_endpoint_error", "server_response_invalid"]) {
    app.client.state.failure = new Failure(code, 502, code, { actual: "invalid_client: no" });
    assert.equal(await token(), "refresh_unavailable", code);
  }
  app.client.state.failure = new Error("something else");
  assert.equal(await token(), "refresh_unavailable");
  app.client.state.failure = new Failure("token_endpoint_error", 502, "no", { actual: "invalid_grant" });
  assert.equal(await token(), "session_ended");
  assert.deepEqual(browser.named("__Host-session"), []);
});

test("where nothing can be set nothing is refreshed", async () => {
  const app = application({ refresh: "unlocked", client: fakeClient({ expiresIn: 0 }) });
  const browser = new Browser();
  await app.signIn(browser);
  const session = await app.auth.session(browser.page("/"));
  await assert.rejects(session.accessToken(), { code: "session_refresh_needed", status: 401 });
  assert.equal(app.client.state.refreshes, 0);
});

test("a store that is down signs nobody out", async () => {
  const store = stores.memoryStore();
  let isDown = false;
  const get = (key) => {
    if (isDown) throw new Error("down");
    return store.get(key);
  };
  const app = application({ store: { ...store, get } });
  const browser = new Browser();
  await app.signIn(browser);
  isDown = true;
  const response = await app.fetch(browser.page("/notes"));
  assert.equal(response.status, 503);
  assert.ok(response.headers.has("retry-after"));
  assert.deepEqual(response.headers.getSetCookie(), []);
  await assert.rejects(app.auth.session(browser.page("/")), { code: "store_unavailable" });
  isDown = false;
  assert.equal((await app.fetch(browser.page("/notes"))).status, 200);
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

test("the guard takes the token of a session, and asks who called", async () => {
  const testing = await import("./support/package.mjs").then(({ folder }) =>
    import("../support/package.mjs").then(({ importPackage }) => importPackage(folder, "countersign/testing")),
  );
  const issuer = await testing.createTestIssuer({ issuer: "https://id.example", audience: origin });
  const client = fakeClient();
  const { callback } = client;
  const accessToken = await issuer.mint({ sub: "alice", scope: "notes:write" });
  client.callback = async (...args) => ({ ...(await callback(...args)), accessToken });
  const app = application({ client });
  const guard = guards.createGuard({
    issuer: "https://id.example",
    resource: origin,
    fetch: issuer.fetch,
    tokens: [guards.fromAuthorization(), app.auth.tokenSource],
  });
  const route = guard.protect({ scope: "notes:write" }, (request, auth) => new Response(auth.subject));
  const browser = new Browser();
  await app.signIn(browser);
  assert.equal(await (await route(browser.call("/api", { method: "POST" }))).text(), "alice");
  assert.equal((await route(browser.call("/api", { method: "POST", site: "cross-site" }))).status, 403);
  assert.equal((await route(new Browser().call("/api"))).status, 401);
  // As the adapters for Node see a request: its address is the path.
  const { method, headers } = browser.call("/api", { method: "POST" });
  for (const url of ["/api?x=1", "//other.example/api"]) {
    assert.equal(await (await route({ method, url, headers })).text(), "alice");
  }
  const forged = new Request(origin, {
    headers: { "x-session-token": accessToken, "x-countersign-session": accessToken },
  });
  assert.equal((await route(forged)).status, 401);
});

test("a request is forwarded with the token and nothing that names a user", async () => {
  const sent = [];
  const fetch = async (url, init) => {
    sent.push([url, init]);
    const cached = { "cache-control": "max-age=300", "surrogate-control": "max-age=300", "clear-site-data": '"*"' };
    return new Response("ok", { status: 201, headers: { "set-cookie": "a=1", "x-api": "1", ...cached } });
  };
  const api = { fetch, allowedOrigins: ["https://api.example"] };
  const app = application({}, ({ auth, request, session }) =>
    session
      ? auth.forward(request, session, "https://api.example/notes?x=1", { ...api, headers: ["X-Trace", "cookie"] })
      : auth.signIn(request),
  );
  const browser = new Browser();
  await app.signIn(browser);
  const headers = { "x-user": "root", "x-trace": "7", "content-type": "text/plain" };
  const response = await app.fetch(browser.call("/api/notes", { method: "POST", headers, body: "note" }));
  assert.deepEqual([response.status, await response.text(), response.headers.get("x-api")], [201, "ok", "1"]);
  assert.deepEqual(response.headers.getSetCookie(), []);
  assert.deepEqual(
    ["cache-control", "surrogate-control", "clear-site-data"].map((name) => response.headers.get(name)),
    ["private, no-store", null, null],
  );
  const [[url, init]] = sent;
  assert.deepEqual([url, init.method, init.redirect], ["https://api.example/notes?x=1", "POST", "manual"]);
  assert.equal(await new Response(init.body).text(), "note");
  const fields = Object.fromEntries(init.headers);
  assert.deepEqual(fields, {
    "accept-encoding": "identity",
    authorization: "Bearer at0",
    "content-type": "text/plain",
    "x-trace": "7",
  });
  const session = await app.auth.session(browser.page("/"));
  const elsewhere = ["https://evil.example/", "https://api.example.evil.example/", "https://api.example@evil.example/"];
  const others = [
    "https://user@api.example/",
    "https://api.example:444/",
    new URL("//evil.example/x", "https://api.example"),
  ];
  for (const bad of ["http://api.example/", "ftp://x", "/relative", ...elsewhere, ...others]) {
    await assert.rejects(app.auth.forward(browser.page("/"), session, bad, api), TypeError);
  }
  for (const options of [undefined, {}, { allowedOrigins: [] }, { allowedOrigins: ["https://api.example/x"] }]) {
    const forwarded = app.auth.forward(browser.page("/"), session, "https://api.example/", options);
    await assert.rejects(forwarded, { name: "TypeError", message: /^forward.*(?:object|"allowedOrigins")/ });
  }
  assert.equal(sent.length, 1);
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

test("mistakes in the options are named where they are made", () => {
  const good = { origin, client: fakeClient(), secrets: [secret] };
  web.createWebAuth(good);
  const { client: _, ...without } = good;
  for (const [options, words] of [
    [undefined, /createWebAuth takes an object/],
    [{ ...good, origin: undefined }, /"origin" is mandatory/],
    [{ ...good, origin: "http://app.example" }, /origin.*https origin/],
    [{ ...good, origin: "https://app.example/" }, /origin.*without a path/],
    [{ ...good, origin: [] }, /origin/],
    [without, /either the option "client"/],
    [{ ...good, clients: { a: fakeClient() } }, /either the option "client"/],
    [{ ...good, client: { issuer: "https://id.example", clientId: "a" } }, /createClient\(/],
    [{ ...without, clients: { "a b": fakeClient() } }, /clients/],
    [{ ...without, clients: {} }, /clients/],
    [{ ...good, secrets: [] }, /one to eight secrets/],
    [{ ...good, secrets: ["short"] }, /openssl rand/],
    [{ ...good, secrets: [secret, secret] }, /differ/],
    [{ ...good, secrets: secret }, /array/],
    [{ ...good, store: {} }, /store of countersign\/stores/],
    [{ ...good, basePath: "auth" }, /basePath.*such as/],
    [{ ...good, returnTo: "https://evil.example" }, /returnTo.*path/],
    [{ ...good, refresh: "always" }, /"unlocked"/],
    [{ ...good, session: { idle: 0 } }, /idle.*seconds/],
    [{ ...good, session: { name: "a=b" } }, /name/],
    [{ ...good, session: { sameSite: "None" } }, /"Lax" or "Strict"|"sameSite"/],
    [{ ...good, session: { storage: "store" } }, /where the option "store" has one/],
    [{ ...good, cookie: "x" }, /no option "cookie"/],
  ]) {
    assert.throws(
      () => web.createWebAuth(options),
      (error) => error instanceof TypeError && words.test(error.message),
      String(words),
    );
  }
  assert.throws(() => web.createWebAuth(good).mount(), TypeError);
});
