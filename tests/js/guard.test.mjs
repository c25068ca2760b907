// Guards: what a request is answered, whether its handler ran, and what is told of it.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { mistaken } from "./support/assert.mjs";
import { countersign, folder } from "./support/package.mjs";
import { json, serve, status } from "./support/server.mjs";
import { audience, issuer, makeKey, time } from "./support/tokens.mjs";

const { createGuard, fromAuthorization, fromCookie, fromHeader, fromWebSocket } = await importPackage(
  folder,
  "countersign/guard",
);
const key = makeKey("ES256", "key");
const server = await serve(json({ keys: [key.jwk] }));
after(() => server.close());

const resource = audience;
const url = `${resource}/notes?access_token=x`;
const options = { issuer, resource, jwks: { keys: [key.jwk] }, now: () => time * 1000 };
const guard = createGuard(options);
const good = key.sign({ scope: "notes:read", permissions: ["a", "b"] });
const bearer = (jwt) => ({ authorization: `Bearer ${jwt}` });

/** What a route answers, and what its handler was given. */
async function ask(guard, need, headers = {}, init = {}) {
  let ran;
  const route = guard.protect(need, (_, auth, ...rest) => {
    ran = { auth, rest };
    return new Response("in");
  });
  const response = await route(new Request(url, { headers, ...init }), "env");
  const body = await response.text();
  return {
    status: response.status,
    challenge: response.headers.get("www-authenticate"),
    retry: response.headers.get("retry-after"),
    headers: response.headers,
    body: response.status < 400 || body === "" ? body : JSON.parse(body),
    ran,
  };
}

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
  assert.equal(late.ran.auth.signal.aborted, true, "the tolerance lets it in, but not for long");
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

test("tokens in other places", async () => {
  const tokens = [fromAuthorization(), fromHeader("Cf-Access-Jwt-Assertion"), fromWebSocket("access-token")];
  const guard = createGuard({ ...options, tokens });
  for (const [headers, expected] of [
    [{ "cf-access-jwt-assertion": good }, 200],
    [{ "cf-access-jwt-assertion": `${good}, ${good}` }, 400],
    [{ "sec-websocket-protocol": `access-token, ${good}` }, 200],
    [{ "sec-websocket-protocol": `access-token, ${good}, chat` }, 400],
    [{ "sec-websocket-protocol": "chat" }, 401],
    [{ ...bearer("x"), "cf-access-jwt-assertion": good }, 401],
    [{ authorization: "Basic x", "cf-access-jwt-assertion": good }, 200],
    [{ cookie: `access-token=${good}` }, 401],
  ]) {
    assert.equal((await ask(guard, {}, headers)).status, expected, JSON.stringify(Object.keys(headers)));
  }
});

test("tokens in cookies only serve pages of our own", async () => {
  const guard = createGuard({ ...options, tokens: [fromCookie("__Host-t")], origins: ["https://app.example"] });
  const cookie = { cookie: `a=1; __Host-t=${good}` };
  for (const [method, headers, expected] of [
    ["GET", {}, 200],
    ["HEAD", { "sec-fetch-site": "cross-site" }, 200],
    ["POST", {}, 403],
    ["POST", { "sec-fetch-site": "same-origin" }, 200],
    ["POST", { "sec-fetch-site": "same-site" }, 403],
    ["POST", { "sec-fetch-site": "same-site", origin: "https://app.example" }, 200],
    ["POST", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }, 403],
    ["DELETE", { origin: "https://app.example" }, 200],
    ["DELETE", { origin: resource }, 200],
    ["DELETE", { origin: "https://evil.example" }, 403],
    ["PUT", { "x-csrf": "1" }, 200],
    ["GET", { upgrade: "websocket" }, 403],
    ["GET", { upgrade: "websocket", origin: "https://app.example" }, 200],
    ["GET", { upgrade: "websocket", origin: "https://evil.example" }, 403],
  ]) {
    const fields = { ...cookie, ...headers };
    const request = { method, url, headers: { get: (name) => fields[name] ?? null } };
    const { ok, refusal } = await guard.authenticate(request);
    assert.equal(ok ? 200 : refusal.status, expected, `${method} ${JSON.stringify(headers)}`);
    if (!ok) assert.equal(refusal.error.code, "csrf_refused");
  }
  assert.equal((await ask(guard, {}, { cookie: `__Host-t=${good}; __Host-t=${good}` })).status, 400);
  assert.equal((await ask(guard, {}, { cookie: "__Host-t=" })).status, 401);
});

test("a field that a proxy sets is as good as a cookie, and no better", async () => {
  for (const [source, expected] of [
    [fromHeader("Cf-Access-Jwt-Assertion"), 403],
    [fromHeader("X-Goog-IAP-JWT-Assertion"), 403],
    [fromHeader("x-own", { setByProxy: true }), 403],
    [fromHeader("cf-access-jwt-assertion", { setByProxy: false }), 200],
    [fromHeader("x-own"), 200],
  ]) {
    const guard = createGuard({ ...options, tokens: [source] });
    const headers = { [source.field]: good, "sec-fetch-site": "cross-site" };
    assert.equal((await ask(guard, {}, headers, { method: "POST" })).status, expected, source.field);
    assert.equal((await ask(guard, {}, headers)).status, 200, source.field);
  }
  for (const name of ["Cookie", "authorization", "Sec-WebSocket-Protocol"])
    await mistaken(() => fromHeader(name), /takes another field than/);
});

test("a source is copied, and is one", async () => {
  const forged = (members) => ({ kind: 2, field: "cookie", name: "t", ...members });
  for (const source of [
    forged({ kind: "2" }),
    forged({ kind: 258 }),
    forged({ kind: 2.5 }),
    forged({ kind: 1 }),
    forged({ field: "x" }),
    forged({ name: "" }),
    forged({ kind: 0 }),
  ])
    await mistaken(() => createGuard({ ...options, tokens: [source] }), /must be an array of sources/);
  const source = forged({});
  const guard = createGuard({ ...options, tokens: [source] });
  source.kind = 1;
  assert.equal((await ask(guard, {}, { cookie: `t=${good}` }, { method: "POST" })).status, 403);
});

test("what is asked for and undefined is a mistake", async () => {
  for (const need of [{ scope: undefined }, { authorize: undefined }, { scope: [] }, { permissions: [] }, undefined]) {
    await mistaken(() => guard.protect(need, () => new Response()), /undefined|empty|takes/);
    await mistaken(() => guard.with(need), /undefined|empty|takes/);
    await mistaken(() => guard.authenticate(new Request(url), need), /undefined|empty|takes/);
  }
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

test("verifiers that are not ours, and functions that know none", async () => {
  const by = (verifier, need = {}) => ask(createGuard({ resource, now: options.now, verifier }), need, bearer(good));
  for (const nothing of [undefined, null, false, "constructor", {}])
    assert.equal((await by(() => nothing)).body.code, "issuer_mismatch");
  for (const claims of [{}, { iss: issuer }, { iss: issuer, exp: NaN }, { exp: time }])
    assert.equal((await by({ verify: async () => ({ claims, header: {} }) })).status, 500);
  const secret = countersign.createSharedSecretVerifier({
    secret: new Uint8Array(32).fill(7),
    algorithm: "HS256",
    issuer,
    audience,
  });
  assert.equal(await createGuard({ resource, verifier: secret }).ready(), true);
  const clockless = createGuard({
    resource,
    now: () => NaN,
    verifier: () =>
      countersign.createVerifier(options.jwks ? { issuer, audience, jwks: options.jwks, now: options.now } : {}),
  });
  assert.equal((await ask(clockless, {}, bearer(good))).status, 500);
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

test("mistakes say what to write", async () => {
  for (const [wrong, message] of [
    [{ resource: "http://api.example" }, /"resource" must be an https URL/],
    [{ resource: undefined }, /"audience" is mandatory/],
    [{ scope: "x" }, /no option "scope"/],
    [{ tokens: [] }, /"tokens" must be an array of sources, e\.g\. \[fromAuthorization\(\)/],
    [{ tokens: ["authorization"] }, /"tokens" must be an array of sources/],
    [{ scopes: "scope" }, /"scopes" must be an array of 1 to 16 claims/],
    [{ implies: ["a"] }, /"implies" must be an object/],
    [{ implies: { "a b": ["c"] } }, /"implies" must be scopes/],
    [{ origins: ["https://app.example/"] }, /"origins" must be origins such as/],
    [{ metadata: "x" }, /"metadata" must be an object/],
    [{ metadata: { resource: "x" } }, /"metadata" must not have a member that the guard writes/],
    [{ onRefusal: 1 }, /"onRefusal" must be a function/],
    [{ acceptMissingIssuer: true }, /"acceptMissingIssuer" is for createVerifier alone/],
    [{ verifier: {} }, /"verifier" must be what createVerifier returns/],
  ]) {
    await mistaken(() => createGuard({ ...options, ...wrong }), message);
  }
  for (const [need, message] of [
    [{ scope: "a b" }, /"scope" must be scopes of printable ASCII/],
    [{ scope: 'a"' }, /"scope" must be scopes of printable ASCII/],
    [{ scopes: "a" }, /did you mean "scope"\?/],
    [{ anyScope: [] }, /"anyScope" must not be empty/],
    [{ acr: [] }, /"acr" must not be empty/],
    [{ maxAge: -1 }, /"maxAge" must be a whole number of seconds/],
    [{ authorize: true }, /"authorize" must be a function/],
    [null, /takes an object/],
  ]) {
    await mistaken(() => guard.protect(need, () => new Response()), message);
    await mistaken(() => guard.with(need), message);
  }
  await mistaken(() => guard.protect({}), /protect takes a need and a handler/);
  await mistaken(() => fromCookie("a b"), /fromCookie takes a name/);
  await mistaken(() => fromHeader(""), /fromHeader takes a name/);
  await mistaken(() => fromWebSocket(7), /fromWebSocket takes a name/);
});

test("whatever is in the header fields, there is an answer", async () => {
  const pieces = [
    "Bearer",
    "DPoP",
    "Basic",
    " ",
    "\t",
    ",",
    "=",
    ";",
    "t",
    good,
    "\u00e9",
    "\0",
    '"',
    "x".repeat(9),
    "t=",
    "\ud800",
  ];
  const guard = createGuard({
    ...options,
    tokens: [fromAuthorization(), fromHeader("x-token"), fromCookie("t"), fromWebSocket("t")],
  });
  let seed = 7;
  const below = (most) => (seed = (seed * 48271) % 2147483647) % most;
  const field = () => Array.from({ length: below(6) }, () => pieces[below(pieces.length)]).join("");
  const counts = new Map();
  for (let round = 0; round < 10_000; round += 1) {
    const fields = Object.fromEntries(
      ["authorization", "x-token", "cookie", "sec-websocket-protocol", "origin"]
        .filter(() => below(3) > 0)
        .map((name) => [name, field()]),
    );
    const request = { method: ["GET", "POST", "x"][below(3)], url, headers: { get: (name) => fields[name] ?? null } };
    const { ok, refusal } = await guard.authenticate(request, { optional: below(2) === 0 });
    const answer = ok ? 200 : refusal.status;
    assert.ok([200, 400, 401, 403].includes(answer), JSON.stringify(fields));
    if (!ok) refusal.response();
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), [200, 400, 401, 403]);
});
