// Guards: what a request is answered, whether its handler ran, and what is told of it.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { mistaken } from "./support/assert.mjs";
import { ask, bearer, good, guard, guards, key, options, resource, url } from "./support/guard.mjs";
import { countersign } from "./support/package.mjs";
import { json, serve, status } from "./support/server.mjs";
import { audience, issuer, time } from "./support/tokens.mjs";

const { createGuard } = guards;

const server = await serve(json({ keys: [key.jwk] }));
after(() => server.close());

test("the status contract", async () => {
  const metadata = `resource_metadata="${resource}/.well-known/oauth-protected-resource"`;
  const error = (code) =>
    new RegExp(`^Bearer error="${code}", error_description="[a-z ,]+", scope="notes:read", resource`);
  const bare = new RegExp(`^Bearer scope="notes:read", ${metadata}$`);
  const expired = key.sign({ exp: time - 60, scope: "notes:read" });
  for (const [name, headers, expected, challenge] of [
    ["no credentials", {}, 401, bare],
    ["Basic", { authorization: "Basic YTpi" }, 401, bare],
    ["DPoP", { authorization: `DPoP ${good}` }, 401, bare],
    ["empty Bearer", { authorization: "Bearer" }, 400, error("invalid_request")],
    ["something after the token", { authorization: `Bearer ${good} x` }, 400, error("invalid_request")],
    ["two tokens", { authorization: `Bearer ${good}, Bearer ${good}` }, 400, error("invalid_request")],
    ["malformed", bearer("x"), 401, error("invalid_token")],
    ["expired", bearer(expired), 401, error("invalid_token")],
    ["another audience", bearer(key.sign({ aud: "https://other.example" })), 401, error("invalid_token")],
    ["another signature", bearer(`${good.slice(0, -4)}AAAA`), 401, error("invalid_token")],
    ["bound to a key", bearer(key.sign({ cnf: { jkt: "x" }, scope: "notes:read" })), 401, error("invalid_token")],
    ["no scope", bearer(key.sign()), 403, error("insufficient_scope")],
    ["another scope", bearer(key.sign({ scope: "notes:reader" })), 403, error("insufficient_scope")],
    ["good", bearer(good), 200],
    ["good, another case", { authorization: `bEARER ${good}` }, 200],
  ]) {
    for (const method of ["GET", "HEAD", "POST", "OPTIONS"]) {
      const answer = await ask(guard, { scope: "notes:read" }, headers, { method });
      assert.equal(answer.status, expected, name);
      assert.equal(answer.ran !== undefined, expected === 200, name);
      if (challenge) assert.match(answer.challenge, challenge, name);
      if (method === "HEAD" && expected !== 200) assert.equal(answer.body, "");
      if (expected === 200) continue;
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.equal(answer.headers.get("access-control-expose-headers"), "WWW-Authenticate, Retry-After");
      assert.ok(!JSON.stringify(answer.body).includes(good.slice(0, 20)));
    }
  }
});

test("a preflight is let by, and gets nothing", async () => {
  const headers = { origin: "https://app.example", "access-control-request-method": "POST" };
  const answer = await ask(guard, { scope: "x" }, headers, { method: "OPTIONS" });
  assert.deepEqual([answer.status, [...answer.headers], answer.ran], [204, [], undefined]);
});

test("keys that cannot be had are no verdict", async () => {
  const closed = await serve(status(500));
  await closed.close();
  for (const jwksUri of [`${closed.origin}/refused`, `${server.origin}/503`, `${server.origin}/html`]) {
    server.handle = (request, response) =>
      request.url === "/html" ? json("<html>")(request, response) : status(503)(request, response);
    const { jwks: _, ...others } = options;
    const guard = createGuard({ ...others, jwksUri });
    for (const need of [{}, { optional: true }]) {
      const answer = await ask(guard, need, bearer(good));
      assert.deepEqual([answer.status, answer.retry, answer.challenge, answer.ran], [503, "5", null, undefined]);
      assert.deepEqual(answer.body, {
        error: "temporarily_unavailable",
        error_description: "the token could not be checked, try again later",
      });
      assert.doesNotMatch(JSON.stringify([...answer.headers]), /127\.0\.0\.1|ECONN/);
    }
    assert.equal(await guard.ready(), false);
  }
  server.handle = json({ keys: [key.jwk] });
  const { jwks: _, ...others } = options;
  assert.equal(await createGuard({ ...others, jwksUri: `${server.origin}/jwks` }).ready(), true);
});

test("what no key could verify is refused while no keys can be had, and asks for none", async () => {
  server.handle = status(503);
  const { jwks: _, ...others } = options;
  const guard = createGuard({ ...others, jwksUri: `${server.origin}/jwks` });
  const header = (members) => Buffer.from(JSON.stringify(members)).toString("base64url");
  const [, claims, signature] = good.split(".");
  const before = server.requests.length;
  for (const [token, code] of [
    ["x", "token_malformed"],
    ["a.b.c", "token_malformed"],
    [`${header({ alg: "none" })}.${claims}.`, "token_malformed"],
    [`${header({ alg: "none" })}.${claims}.${signature}`, "alg_not_allowed"],
    [`${header({ alg: "HS256" })}.${claims}.${signature}`, "alg_not_allowed"],
    [`${header({ alg: "ES256", crit: ["x"] })}.${claims}.${signature}`, "crit_unsupported"],
  ]) {
    const answer = await ask(guard, {}, bearer(token));
    assert.deepEqual([answer.status, answer.body.code], [401, code], token);
  }
  assert.equal(server.requests.length, before);
  assert.equal((await ask(guard, {}, bearer(good))).status, 503);
  server.handle = json({ keys: [key.jwk] });
});

test("optional lets in those without a token, and nobody with a bad one", async () => {
  const nobody = await ask(guard, { optional: true, scope: "notes:read" });
  assert.deepEqual([nobody.status, nobody.ran.auth], [200, undefined]);
  assert.equal((await ask(guard, { optional: true }, bearer("x"))).status, 401);
  assert.equal((await ask(guard, { optional: true }, { authorization: "Bearer" })).status, 400);
  assert.equal((await ask(guard, { optional: true, scope: "x" }, bearer(good))).status, 403);
  assert.equal((await ask(guard, { optional: true }, bearer(good))).ran.auth.subject, "user");
});

test("what a handler is given", async () => {
  const token = key.sign({ scope: ["a", "b"], permissions: ["p"], client_id: "app", aud: [audience, "other"] });
  const { ran } = await ask(guard, {}, bearer(token));
  const { auth, rest } = ran;
  assert.deepEqual(rest, ["env"]);
  assert.deepEqual(
    [auth.scheme, auth.token, auth.issuer, auth.subject, auth.clientId],
    ["Bearer", token, issuer, "user", "app"],
  );
  assert.deepEqual([auth.audience, [...auth.scopes], [...auth.permissions]], [[audience, "other"], ["a", "b"], ["p"]]);
  assert.deepEqual([auth.expiresAt, auth.claims.exp, auth.header.kid], [auth.claims.exp, auth.expiresAt, "key"]);
  assert.equal(auth.signal.aborted, false);
  assert.equal(auth.signal, auth.signal);
  const { extra, ...info } = auth.toMcp();
  assert.deepEqual(info, {
    token,
    clientId: "app",
    scopes: ["a", "b"],
    expiresAt: auth.expiresAt,
    resource: new URL(resource),
  });
  assert.equal(extra.subject, "user");
});

test("the signal is aborted when the token expires", async () => {
  const now = Math.floor(Date.now() / 1000);
  const guard = createGuard({ ...options, now: () => Date.now(), clockTolerance: 5 });
  const late = await ask(guard, {}, bearer(key.sign({ iat: now - 60, exp: now - 1 })));
  // The tolerance lets it in, but not for long.
  await new Promise((resolve) => late.ran.auth.signal.addEventListener("abort", resolve));
  assert.equal(late.ran.auth.signal.aborted, true);
  const soon = await ask(guard, {}, bearer(key.sign({ iat: now, exp: now + 1 })));
  const { signal } = soon.ran.auth;
  assert.equal(signal.aborted, false);
  const keepAlive = setTimeout(() => undefined, 5000);
  await new Promise((resolve) => signal.addEventListener("abort", resolve));
  clearTimeout(keepAlive);
  assert.equal(signal.reason.name, "TimeoutError");
});

test("needs add up from router to handler", async () => {
  const router = guard.with({ scope: "notes:read", acr: ["gold", "silver"] });
  const answer = await ask(router, { scope: "notes:write", permissions: "a", acr: "silver" });
  assert.match(answer.challenge, /^Bearer scope="notes:read notes:write", /);
  const weak = await ask(router, { maxAge: 60 }, bearer(good));
  assert.equal(weak.status, 401);
  assert.match(
    weak.challenge,
    /error="insufficient_user_authentication".*scope="notes:read", acr_values="gold silver", max_age="60"/,
  );
  const strong = key.sign({ scope: "notes:read notes:write", permissions: ["a"], acr: "silver", auth_time: time });
  assert.equal(
    (await ask(router, { scope: "notes:write", permissions: "a", acr: "silver" }, bearer(strong))).status,
    200,
  );
  assert.equal((await ask(router, { permissions: ["a", "c"] }, bearer(strong))).status, 403);
  assert.equal((await ask(router, { anyScope: ["x", "notes:write"] }, bearer(strong))).status, 200);
  assert.equal((await ask(router.with({ optional: true }), { optional: true })).status, 401);
  await mistaken(() => router.with({ acr: "bronze" }), /"acr" must share a value with that of the outer guard/);
});

test("implied scopes, and claims of other names", async () => {
  const token = key.sign({ roles: ["admin"], realm_access: { roles: ["editor"] } });
  const own = createGuard({
    ...options,
    scopes: ["roles"],
    permissions: [["realm_access", "roles"]],
    implies: { admin: ["write"], write: ["read"] },
  });
  const answer = await ask(own, { scope: ["read", "admin"], permissions: "editor" }, bearer(token));
  assert.deepEqual([answer.status, [...answer.ran.auth.scopes]], [200, ["admin"]]);
  assert.equal((await ask(own, { permissions: "admin" }, bearer(token))).status, 403);
});

test("authorize decides last, and only true lets in", async () => {
  const seen = [];
  const need = (answer) => ({
    scope: "notes:read",
    authorize: (auth, request) => (seen.push([auth.subject, request.url]), answer),
  });
  assert.equal((await ask(guard, need(true), bearer(good))).status, 200);
  assert.deepEqual(seen, [["user", url]]);
  for (const answer of [false, undefined, null, 1, "true", Promise.resolve(false)]) {
    const refused = await ask(guard, need(answer), bearer(good));
    assert.deepEqual([refused.status, refused.challenge, refused.ran], [403, null, undefined]);
  }
  const more = await ask(guard, need({ scope: ["notes:admin"] }), bearer(good));
  assert.equal(more.status, 403);
  assert.match(more.challenge, /error="insufficient_scope".* scope="notes:read notes:admin"/);
  const stronger = await ask(guard, need(Promise.resolve({ acr: "gold" })), bearer(good));
  assert.equal(stronger.status, 401);
  assert.match(stronger.challenge, /error="insufficient_user_authentication".* acr_values="gold"/);
  for (const broken of [{ scope: 'a"' }, { scop: "x" }, {}]) {
    const answer = await ask(guard, need(broken), bearer(good));
    assert.ok([403, 500].includes(answer.status) && answer.ran === undefined, JSON.stringify(broken));
  }
  const throwing = { authorize: () => assert.fail("secret") };
  const failed = await ask(guard, throwing, bearer(good));
  assert.deepEqual([failed.status, failed.ran, failed.body.error], [500, undefined, "server_error"]);
  const both = await ask(
    guard.with({ authorize: () => false }),
    { authorize: () => assert.fail("asked") },
    bearer(good),
  );
  assert.equal(both.status, 403);
});

test("hooks change the answer, not the decision", async () => {
  const told = [];
  const hooked = (onRefusal) =>
    createGuard({ ...options, onRefusal, onDecision: (decision) => (told.push(decision), assert.fail()) });
  const own = await ask(
    hooked((refusal) => new Response(JSON.stringify(refusal.error.code), { status: 418 })),
    {},
  );
  assert.deepEqual([own.status, own.body, own.ran], [418, "token_missing", undefined]);
  const none = [() => undefined, () => true, () => ({}), async () => assert.fail("secret"), async () => undefined];
  for (const onRefusal of [() => assert.fail(), ...none]) {
    const answer = await ask(hooked(onRefusal), {}, bearer("x"));
    assert.deepEqual([answer.status, answer.ran], [401, undefined]);
  }
  await ask(hooked(), {}, bearer(good));
  await ask(hooked(), { optional: true });
  assert.deepEqual(
    told.map(({ outcome, code, issuer: of }) => [outcome, code, of]),
    [
      ["refused", "token_missing", undefined],
      ...Array.from({ length: 1 + none.length }, () => ["refused", "token_malformed", undefined]),
      ["accepted", undefined, issuer],
      ["anonymous", undefined, undefined],
    ],
  );
  assert.ok(told.every(({ durationMs }) => durationMs >= 0));
});

test("errors of the application say nothing of the request", async () => {
  const thrown = new countersign.CountersignError("audience_mismatch", 401, "of another token");
  const proxy = Proxy.revocable({}, {});
  proxy.revoke();
  for (const authorize of [
    () => Promise.reject(thrown),
    () => {
      throw proxy.proxy;
    },
  ]) {
    const answer = await ask(guard, { authorize }, bearer(good));
    assert.deepEqual([answer.status, answer.challenge, answer.body.error], [500, null, "server_error"]);
  }
  const choosing = createGuard({ resource, verifier: () => Promise.reject(thrown) });
  assert.equal((await ask(choosing, {}, bearer(good))).status, 503);
});

test("a preflight is answered whatever is broken", async () => {
  const headers = { get: () => assert.fail() };
  const route = guard.protect({}, () => assert.fail());
  assert.equal((await route({ method: "OPTIONS", url, headers })).status, 500);
});

test("what is told is what was sent", async () => {
  const told = [];
  const own = createGuard({ ...options, onDecision: ({ outcome, code }) => told.push([outcome, code]) });
  const answer = await ask(
    own.with({ acr: "gold" }),
    { authorize: () => ({ acr: "bronze" }) },
    bearer(key.sign({ acr: "gold" })),
  );
  assert.equal(answer.status, 500);
  assert.deepEqual(told, [["not-judged", "internal_error"]]);
  const asynchronous = createGuard({ ...options, onDecision: () => Promise.reject(new Error("metrics are down")) });
  assert.equal((await ask(asynchronous, {})).status, 401);
  await new Promise((resolve) => setImmediate(resolve));
});

test("a polluted prototype configures nothing", async () => {
  Object.prototype.issuer = "https://evil.example/";
  Object.prototype.clockTolerance = 300;
  try {
    const verifier = countersign.createVerifier({ issuer, audience, jwks: options.jwks, now: options.now });
    const guard = createGuard({ resource, verifier, now: options.now });
    const response = guard.metadataResponse(new Request(`${resource}/.well-known/oauth-protected-resource`));
    assert.ok(!(await response.text()).includes("evil"));
    const old = key.sign({ auth_time: time - 200 });
    assert.equal((await ask(guard, { maxAge: 60 }, bearer(old))).status, 401);
  } finally {
    delete Object.prototype.issuer;
    delete Object.prototype.clockTolerance;
  }
});

test("routes that are made anew do not pile up, and many implied scopes are quick", async () => {
  const begin = process.memoryUsage().rss;
  for (let round = 0; round < 20_000; round += 1) guard.protect({ scope: "notes:read" }, () => new Response());
  assert.ok(process.memoryUsage().rss - begin < 100_000_000);
  const implied = Array.from({ length: 1000 }, (_, index) => `s${index}`);
  const wide = createGuard({ ...options, implies: { all: implied } });
  assert.equal((await ask(wide, { scope: implied.slice(0, 9) }, bearer(key.sign({ scope: "all" })))).status, 200);
});

test("the token is in no copy of auth", async () => {
  const { auth } = (await ask(guard, {}, bearer(good))).ran;
  assert.ok(!JSON.stringify(auth).includes(good) && !Object.values({ ...auth }).includes(good));
  assert.equal(auth.token, good);
});

test("several issuers, by a verifier for each", async () => {
  const verifier = countersign.createVerifier({ issuer, audience, jwks: { keys: [key.jwk] }, now: options.now });
  const asked = [];
  const guard = createGuard({
    resource,
    now: options.now,
    authorizationServers: [issuer],
    verifier: async (iss) => (asked.push(iss), iss === issuer ? verifier : undefined),
  });
  assert.equal((await ask(guard, {}, bearer(good))).status, 200);
  const other = await ask(guard, {}, bearer(key.sign({ iss: "https://other.example/" })));
  assert.deepEqual([other.status, other.body.code], [401, "issuer_mismatch"]);
  assert.equal((await ask(guard, {}, bearer(key.sign({ iss: 7 })))).status, 401);
  assert.equal((await ask(guard, {}, bearer("x"))).body.code, "token_malformed");
  assert.deepEqual(asked, [issuer, "https://other.example/"]);
  assert.equal(await guard.ready(), true);
  const one = createGuard({ resource, verifier, now: options.now });
  assert.equal((await ask(one, {}, bearer(good))).status, 200);
  const failing = createGuard({ resource, verifier: () => assert.fail() });
  assert.equal((await ask(failing, {}, bearer(good))).status, 503);
  await mistaken(() => createGuard({ resource, verifier, audience }), /"audience" goes to createVerifier/);
});

test("metadata", async () => {
  const guard = createGuard({
    ...options,
    resource: "https://api.example/mcp",
    audience,
    metadata: { resource_name: "Notes", scopes_supported: ["notes:read"] },
  });
  const get = (address, method = "GET") => guard.metadataResponse({ method, url: address, headers: new Headers() });
  const response = get("https://internal:3000/.well-known/oauth-protected-resource/mcp?x#y");
  assert.equal(response.headers.get("access-control-allow-origin"), "*");
  assert.deepEqual(await response.json(), {
    resource: "https://api.example/mcp",
    authorization_servers: [issuer],
    bearer_methods_supported: ["header"],
    resource_name: "Notes",
    scopes_supported: ["notes:read"],
  });
  assert.equal(get("/.well-known/oauth-protected-resource").status, 200);
  assert.equal(get("/.well-known/oauth-protected-resource/mcp", "POST").status, 405);
  assert.equal(get("/.well-known/oauth-protected-resource/mcp", "OPTIONS").status, 204);
  assert.equal(get("/.well-known/oauth-protected-resource/other"), undefined);
  assert.equal(
    createGuard({ ...options, resource: undefined, audience }).metadataResponse(new Request(url)),
    undefined,
  );
});

test("a handler runs at once where nothing has to be waited for", async () => {
  await guard.ready();
  for (const protect of [guard, guard.with({ scope: "notes:read" })]) {
    let ran = false;
    const answer = protect.protect(() => {
      ran = true;
      return new Response();
    })(new Request(url, { headers: bearer(good) }));
    assert.ok(ran);
    assert.equal((await answer).status, 200);
  }
});
