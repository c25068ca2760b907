// createClient against a real OpenID Connect server, npm's oidc-provider:  node tests/client/javascript.mjs
//
// What the server is told to be like is in provider.mjs, which the suite of the Rust client starts too.

import assert from "node:assert/strict";

import { chromiumProgram } from "../support/browsers.mjs";
import { createSuite } from "../support/suite.mjs";
import { inChromium } from "./chromium.mjs";
import { startResource } from "./resource.mjs";
import { browse, command, createClient, issuer, redirectUri, refused, signIn, web } from "./world.mjs";

const tests = {
  async "a user signs in by query and by form"() {
    const client = createClient(web);
    for (const responseMode of ["query", "form_post"]) {
      const { url, transaction } = await client.authorize({ responseMode, maxAge: 3600 });
      assert.equal(transaction.maxAge, 3600);
      const response = await browse(url, "alice");
      const form = new FormData();
      for (const [name, value] of new URLSearchParams(response.replace(/^.*\?/, ""))) form.set(name, value);
      const tokens = await client.callback(responseMode === "query" ? response : form, transaction);
      assert.equal(tokens.issuer, issuer);
      assert.equal(tokens.claims.sub, "alice");
      assert.equal(typeof tokens.claims.auth_time, "number");
      assert.equal(tokens.tokenType, "Bearer");
      assert.ok(Math.abs(tokens.expiresAt - Date.now() / 1000 - 3600) < 60);
      assert.deepEqual(JSON.parse(JSON.stringify(tokens)), tokens);
      const user = await client.userinfo(tokens);
      assert.equal(user.name, "alice of the tests");
      const other = { ...tokens, claims: { ...tokens.claims, sub: "mallory" } };
      await refused(client.userinfo(other), "subject_mismatch");
    }
    const unknown = { issuer, accessToken: "nonsense", claims: { iss: issuer, sub: "alice" } };
    await refused(client.userinfo(unknown), "token_endpoint_error", "invalid_token");
  },

  async "the query alone is looked at, since proxies change the address"() {
    const client = createClient(web);
    for (const form of [
      (query) => query,
      (query) => `?${query}`,
      (query) => `http://pod:3000/other?${query}`,
      (query) => `/callback?${query}#fragment`,
      (query) => new URLSearchParams(query),
    ]) {
      const { url, transaction } = await client.authorize();
      const [, query] = (await browse(url, "bob")).split("?");
      assert.equal((await client.callback(form(query), transaction)).claims.sub, "bob");
    }
  },

  async "several sign-ins are under way, and each is answered by its own"() {
    const client = createClient(web);
    const begun = await Promise.all([client.authorize(), client.authorize(), client.authorize()]);
    const transactions = begun.map(({ transaction }) => transaction);
    for (const { url } of begun.reverse()) {
      assert.equal((await client.callback(await browse(url, "bob"), transactions)).claims.sub, "bob");
    }
    const stranger = await client.authorize();
    const response = await browse(stranger.url, "bob");
    await refused(client.callback(response, transactions), "state_mismatch");
    await refused(client.callback(response, []), "state_mismatch");
    await refused(client.callback(response, transactions[0]), "state_mismatch");
    await refused(client.callback("code=a", transactions), "authorization_response_invalid");
  },

  async "a code is used once, and a user who does not sign in is none"() {
    const client = createClient(web);
    const { url, transaction } = await client.authorize();
    const response = await browse(url, "bob");
    await client.callback(response, transaction);
    await refused(client.callback(response, transaction), "token_endpoint_error", "invalid_grant");
    const silent = await client.authorize({ params: { prompt: "none" } });
    const error = await refused(
      client.callback(await browse(silent.url, "nobody"), silent.transaction),
      "authorization_error",
    );
    assert.equal(error.status, 400);
  },

  async "what came back must be an answer to the request"() {
    const client = createClient(web);
    const { transaction } = await client.authorize();
    const { state } = transaction;
    const iss = encodeURIComponent(issuer);
    const answered = (query, changes = {}) => client.callback(query, { ...transaction, ...changes });
    await refused(answered(`code=a&state=${state}`), "response_issuer_mismatch");
    await refused(answered(`code=a&state=${state}&iss=https%3A%2F%2Fother.example`), "response_issuer_mismatch");
    await refused(answered(`state=${state}&iss=${iss}`), "authorization_response_invalid");
    await refused(answered(`code=a&error=access_denied&state=${state}&iss=${iss}`), "authorization_response_invalid");
    await refused(answered(`code=a&code=b&state=${state}&iss=${iss}`), "authorization_response_invalid");
    await refused(answered(`error=access_denied&state=${state}&iss=${iss}`), "authorization_error", "access_denied");
    await refused(answered(`error=access_denied&state=other&iss=${iss}`), "state_mismatch");
    await refused(answered(`code=a&state=${state}&iss=${iss}`, { expiresAt: 1 }), "transaction_expired");
    for (const change of [{ clientId: "other" }, { issuer: "https://other.example" }]) {
      await refused(answered(`code=a&state=${state}&iss=${iss}`, change), "response_issuer_mismatch");
    }
    await refused(answered(`code=a&state=${state}&iss=${iss}`), "token_endpoint_error", "invalid_grant");
    await assert.rejects(client.callback("code=a", {}), TypeError);
    await assert.rejects(client.callback(7, transaction), TypeError);
  },

  async "an ID token is that of this sign-in"() {
    const client = createClient(web);
    const { url, transaction } = await client.authorize();
    const response = await browse(url, "bob");
    await refused(client.callback(response, { ...transaction, nonce: "another" }), "nonce_mismatch");
    const strict = createClient({ ...web, idTokenAlgorithm: "ES256" }); // It is registered for RS256.
    await refused(signIn(strict, "bob"), "alg_not_allowed");
  },

  async "a refresh token is rotated, introspected and revoked"() {
    const client = createClient(web);
    const first = await signIn(client, "carol");
    const second = await client.refresh(first);
    assert.notEqual(second.refreshToken, first.refreshToken);
    assert.equal(second.claims.sub, "carol");
    const known = await client.introspect(second.accessToken, "access_token");
    assert.equal(known.active, true);
    assert.equal(known.sub, "carol");
    assert.deepEqual(await client.introspect("nonsense"), { active: false });
    const signed = await client.introspect(second.accessToken, "access_token", { signed: true });
    assert.deepEqual([signed.active, signed.sub], [true, "carol"]);
    assert.deepEqual(await client.introspect("nonsense", undefined, { signed: true }), { active: false });
    assert.equal(await client.revoke(second), undefined);
    assert.deepEqual(await client.introspect(second.accessToken), { active: false });
    await refused(client.refresh(second), "token_endpoint_error", "invalid_grant");
    await refused(client.refresh("nonsense"), "token_endpoint_error", "invalid_grant");
    await assert.rejects(client.refresh({ issuer, accessToken: "a" }), /refreshToken/);
  },

  async "refreshed tokens belong to the same user"() {
    const client = createClient(web);
    const tokens = await signIn(client, "carol");
    const claims = { ...tokens.claims, sub: "mallory" };
    await refused(client.refresh({ ...tokens, claims }), "subject_mismatch");
  },

  async "a bound client pushes its request and proves its key"() {
    const keys = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign", "verify"]);
    const jwk = {
      ...(await crypto.subtle.exportKey("jwk", keys.publicKey)),
      kid: "assertions",
      alg: "ES256",
      use: "sig",
    };
    await command("jwks", JSON.stringify({ keys: [jwk] }));
    const resource = await startResource();
    const privateJwk = { ...(await crypto.subtle.exportKey("jwk", keys.privateKey)), kid: "assertions" };
    for (const [key, kid] of [
      [keys.privateKey, { kid: "assertions" }],
      [privateJwk, {}],
    ]) {
      const client = createClient({
        issuer,
        clientId: "bound",
        clientAuthentication: { method: "private_key_jwt", key, ...kid },
        redirectUri,
        scope: "openid profile",
        idTokenAlgorithm: "ES256",
        pushedAuthorizationRequests: true,
        dpop: true,
        allowedOrigins: [new URL(resource.url).origin],
      });
      const { url, transaction } = await client.authorize();
      assert.ok(url.includes("request_uri=") && !url.includes("code_challenge"), url);
      const tokens = await client.callback(await browse(url, "dave"), transaction);
      assert.equal(tokens.tokenType, "DPoP");
      // Signed, and behind a proof.
      const user = await client.userinfo(tokens);
      assert.equal(user.name, "dave of the tests");
      assert.equal(user.iss, issuer);
      const other = { ...tokens, claims: { ...tokens.claims, sub: "mallory" } };
      await refused(client.userinfo(other), "subject_mismatch");
      assert.equal((await client.refresh(tokens)).tokenType, "DPoP");

      const response = await client.fetch(resource.url, { method: "post", body: "text" }, tokens);
      assert.equal(response.status, 200);
      const { authorization, dpop, body, asked } = await response.json();
      assert.equal(authorization, `DPoP ${tokens.accessToken}`);
      assert.equal(body, "text");
      const [, payload] = dpop.split(".").map((part) => Buffer.from(part, "base64url").toString());
      const { htm, htu, nonce, ath } = JSON.parse(payload);
      assert.deepEqual([htm, htu, nonce, ath.length], ["POST", resource.url, "n-1", 43]);
      assert.equal(asked, 2);
      // The nonce is known now.
      assert.equal((await (await client.fetch(resource.url, undefined, tokens)).json()).asked, 1);
    }
    resource.close();
  },

  async "a server that wants requests first gets them"() {
    const metadata = await (await fetch(`${issuer}/.well-known/openid-configuration`)).json();
    const { issuer: _, ...rest } = web;
    const client = createClient({ ...rest, metadata: { ...metadata, require_pushed_authorization_requests: true } });
    const { url, transaction } = await client.authorize();
    assert.ok(url.includes("request_uri="), url);
    assert.equal((await client.callback(await browse(url, "dave"), transaction)).claims.sub, "dave");
  },

  async "tokens go to allowed origins, and follow no redirect"() {
    const resource = await startResource();
    const { origin } = new URL(resource.url);
    const tokens = { issuer, accessToken: "a", tokenType: "Bearer" };
    const client = createClient({ ...web, allowedOrigins: [origin] });
    const response = await client.fetch(new Request(resource.url, { method: "PUT", body: "b" }), undefined, tokens);
    const { method, authorization, body } = await response.json();
    assert.deepEqual([method, authorization, body], ["PUT", "Bearer a", "b"]);
    const redirect = await client.fetch(`${origin}/redirect`, { redirect: "follow" }, tokens);
    assert.equal(redirect.status, 302);
    for (const url of ["https://other.example/", `http://user@${new URL(origin).host}/`, "http://api.example/"]) {
      await assert.rejects(client.fetch(url, undefined, tokens), /allowedOrigins|must be/, url);
    }
    await assert.rejects(createClient(web).fetch(resource.url, undefined, tokens), /allowedOrigins/);
    await assert.rejects(client.fetch(resource.url, undefined, { issuer }), TypeError);
    await assert.rejects(client.fetch(resource.url, undefined, { ...tokens, tokenType: "DPoP" }), /"dpop"/);
    resource.close();
  },

  async "a program has an access of its own"() {
    const service = (secret) =>
      createClient({ issuer, clientId: "service", clientAuthentication: { method: "client_secret_jwt", secret } });
    const client = service("a shared secret of thirty-two bytes or more");
    const tokens = await client.grant("client_credentials");
    assert.equal((await client.introspect(tokens.accessToken)).client_id, "service");
    assert.equal(tokens.claims, undefined);
    const stranger = service("another secret of thirty-two bytes or more");
    await refused(stranger.grant("client_credentials"), "token_endpoint_error", "invalid_client");
    await assert.rejects(createClient({ issuer, clientId: "tv" }).grant("client_credentials"), TypeError);
    await assert.rejects(client.grant("password", { client_secret: "x" }), TypeError);
    const refusal = await refused(client.grant("urn:unknown"), "token_endpoint_error", "unsupported_grant_type");
    assert.equal(refusal.status, 502);
  },

  async "a device waits for its user"() {
    const client = createClient({ issuer, clientId: "tv" });
    const events = [];
    let user;
    for await (const event of client.device()) {
      events.push(event.type);
      if (event.type === "prompt") {
        assert.match(event.userCode, /^\S+$/);
        assert.ok(event.verificationUri.startsWith(issuer));
        assert.ok(event.expiresAt > Date.now() / 1000 + 500);
        user = browse(event.verificationUriComplete, "erin", "http://nowhere.example");
      } else assert.equal(event.tokens.claims.sub, "erin");
    }
    assert.match(await user, /^200 /);
    assert.deepEqual(events, ["prompt", "tokens"]);

    const waiting = client.device({ signal: AbortSignal.timeout(50) });
    await waiting.next();
    await assert.rejects(waiting.next(), { name: "TimeoutError" });
    const unable = createClient(web).device();
    await refused(unable.next(), "token_endpoint_error");
  },

  async "a user signs out and the server says so"() {
    const client = createClient(web);
    const tokens = await signIn(client, "frank");
    const postLogoutRedirectUri = "http://127.0.0.1/bye";
    const url = await client.logoutUrl({ idToken: tokens.idToken, postLogoutRedirectUri, state: "mine" });
    const back = await browse(url, "frank", postLogoutRedirectUri);
    assert.equal(new URL(back).searchParams.get("state"), "mine");
    const [token] = JSON.parse(await command("logout-tokens")).slice(-1);
    const { subject, sid, jti, issuedAt, expiresAt, ...rest } = await client.verifyLogoutToken(token);
    assert.deepEqual([subject, sid, rest], ["frank", tokens.claims.sid, { issuer }]);
    assert.ok(jti.length > 0 && issuedAt < expiresAt);
    // No token of another kind signs anybody out.
    await refused(client.verifyLogoutToken(tokens.idToken), "typ_mismatch");
    await refused(client.verifyLogoutToken("nonsense"), "token_malformed");
    const { issuer: _, ...others } = web;
    const without = createClient({ ...others, metadata: { issuer, token_endpoint: `${issuer}/token` } });
    assert.equal(await without.logoutUrl(), undefined);
  },

  async "a server that is down judges nobody, and is asked again"() {
    let isDown = true;
    const flaky = async (url, init) => {
      if (isDown) throw new TypeError("nobody is there");
      return fetch(url, init);
    };
    const client = createClient({ ...web, fetch: flaky });
    const error = await refused(client.authorize(), "server_unavailable");
    assert.equal(error.status, 503);
    assert.equal(error.cause.message, "nobody is there");
    isDown = false;
    const tokens = await signIn(client, "carol");
    isDown = true;
    await refused(client.refresh(tokens), "server_unavailable");
    for (const status of [429, 500, 503]) {
      const busy = createClient({
        ...web,
        fetch: async (url, init) => (init.method === "POST" ? new Response("busy", { status }) : fetch(url, init)),
      });
      await refused(busy.refresh(tokens), "server_unavailable");
    }
    isDown = false;
    assert.equal((await client.refresh(tokens)).claims.sub, "carol");
  },

  async "an answer keeps to its bounds"() {
    const tokens = { issuer, refreshToken: "r" };
    const answering = (answer) =>
      createClient({
        ...web,
        fetch: async (url, init) => (init.method === "POST" ? answer() : fetch(url, init)),
      }).refresh(tokens);
    await refused(
      answering(() => new Response("x".repeat(300_000))),
      "server_unavailable",
    );
    await refused(
      answering(() => new Response(null, { status: 302, headers: { location: "https://other.example" } })),
      "server_unavailable",
    );
    await refused(
      answering(() => new Response("<html>")),
      "token_response_invalid",
    );
    await refused(
      answering(() => Response.json({ access_token: "a", token_type: "mac" })),
      "token_response_invalid",
    );
    const kept = await answering(() => Response.json({ access_token: "a", token_type: "bearer" }));
    assert.deepEqual(kept, { issuer, accessToken: "a", tokenType: "Bearer", refreshToken: "r" });
  },

  async "metadata is discovered once, by whoever is first"() {
    let asked = 0;
    const counting = async (url, init) => {
      if (url.includes("openid-configuration")) asked += 1;
      return fetch(url, init);
    };
    const client = createClient({ ...web, fetch: counting });
    assert.equal(asked, 0);
    await Promise.all([client.authorize(), client.authorize(), client.logoutUrl()]);
    await client.authorize();
    assert.equal(asked, 1);
  },

  async "a client that introduces itself has a document"() {
    const clientId = "https://app.example/client.json";
    const client = createClient({ issuer, clientId, redirectUri: "https://app.example/callback", dpop: true });
    assert.deepEqual(client.metadataDocument({ clientName: "An app" }), {
      client_id: clientId,
      client_name: "An app",
      redirect_uris: ["https://app.example/callback"],
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      token_endpoint_auth_method: "none",
      dpop_bound_access_tokens: true,
    });
    assert.throws(() => createClient(web).metadataDocument(), TypeError);
  },
};

const { check, skip, run } = createSuite();
const only = process.argv[2];
await run(async () => {
  for (const [name, test] of Object.entries(tests)) {
    if (only === undefined || name.includes(only)) await check(name, test);
  }
  if (!chromiumProgram()) skip("no Chromium on this machine (set CHROME to its path)");
  else if (only === undefined || only === "chromium") await check("in Chromium", inChromium);
});
