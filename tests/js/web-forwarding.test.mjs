// The access token of a session at APIs: ours behind a guard, and others behind `forward`; and who says who a user is.

import assert from "node:assert/strict";
import { test } from "node:test";

import { application, Browser, fakeClient, guards, origin } from "./support/web.mjs";

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
