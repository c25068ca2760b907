// createClient and createWebAuth against npm's oauth2-mock-server, whose hooks change what it says just before it says it:
// node tests/client/quirks.mjs

import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import path from "node:path";

import { OAuth2Server } from "oauth2-mock-server";

import { importPackage, installPackage, target } from "../support/package.mjs";
import { createSuite } from "../support/suite.mjs";
import { summarize } from "../support/summary.mjs";

const folder = path.join(target, "client-quirks");
await installPackage(folder);
const { createClient, isInvalidGrant } = await importPackage(folder, "countersign/client");
const { createWebAuth } = await importPackage(folder, "countersign/web");
const { memoryStore } = await importPackage(folder, "countersign/stores");

const server = new OAuth2Server();
await server.issuer.keys.generate("RS256", { kid: "first" });
await server.start(0, "127.0.0.1");
const issuer = (server.issuer.url = `http://127.0.0.1:${server.address().port}`);
const { service } = server;

const redirectUri = "http://127.0.0.1/callback";
const options = { issuer, clientId: "app", redirectUri };
const now = () => Math.floor(Date.now() / 1000);

/** Runs with hooks on the server. `idToken` is for ID tokens alone, which are those that have an audience here. */
async function withHooks({ idToken, answer, ...events }, run) {
  const hooks = { ...events };
  if (idToken) hooks.beforeTokenSigning = (token) => token.payload.aud !== undefined && idToken(token);
  if (answer) hooks.beforeResponse = answer;
  for (const [event, hook] of Object.entries(hooks)) service.on(event, hook);
  try {
    return await run();
  } finally {
    for (const [event, hook] of Object.entries(hooks)) service.off(event, hook);
  }
}

/** The address that the server sends the browser back to. */
async function browse(url) {
  const response = await fetch(url, { redirect: "manual" });
  assert.equal(response.status, 302, await response.text());
  return response.headers.get("location");
}

async function signIn(client, params) {
  const { url, transaction } = await client.authorize(params);
  return client.callback(await browse(url), transaction);
}

async function refused(promise, code) {
  const error = await promise.then(
    () => assert.fail(`there is no ${code}`),
    (reason) => reason,
  );
  assert.equal(error.code, code, String(error.stack));
  return error;
}

const body = (change) => (response) => Object.assign(response.body, change);
const without = (name) => (response) => delete response.body[name];
const status = (statusCode, answer) => (response) => Object.assign(response, { statusCode, body: answer });
const claims = (change) => (token) => Object.assign(token.payload, change);
const tamper = ({ body: answer }) => {
  const at = answer.id_token.length - 20;
  const other = answer.id_token[at] === "A" ? "B" : "A";
  answer.id_token = answer.id_token.slice(0, at) + other + answer.id_token.slice(at + 1);
};
const foreignKey = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });

/** What the server does at a sign-in, and what becomes of it: an error code, or tokens to look at. */
const signIns = {
  "nothing wrong": [{}, (tokens) => assert.deepEqual([tokens.claims.sub, tokens.tokenType], ["johndoe", "Bearer"])],
  "a signature that is none": [{ answer: tamper }, "signature_invalid"],
  "an unknown key": [{ idToken: ({ header }) => (header.kid = "other") }, "key_not_found"],
  "another nonce": [{ idToken: claims({ nonce: "another" }) }, "nonce_mismatch"],
  "no nonce": [{ idToken: ({ payload }) => delete payload.nonce }, "claim_missing"],
  "an ID token of an hour ago": [{ idToken: claims({ iat: now() - 7200, exp: now() - 3600 }) }, "token_expired"],
  "an ID token of tomorrow": [{ idToken: claims({ nbf: now() + 86_400 }) }, "token_not_yet_valid"],
  "another issuer": [{ idToken: claims({ iss: "https://other.example" }) }, "issuer_mismatch"],
  "another audience": [{ idToken: claims({ aud: "other" }) }, "audience_mismatch"],
  "one audience more": [{ idToken: claims({ aud: ["app", "project"] }) }, "audience_mismatch"],
  "no subject": [{ idToken: ({ payload }) => delete payload.sub }, "claim_missing"],
  "extra claims": [
    { idToken: claims({ roles: ["a"], "https://example.com/nested": { deep: [1, null] } }) },
    (tokens) => assert.deepEqual(tokens.claims.roles, ["a"]),
  ],
  "extra members": [{ answer: body({ ext: { a: 1 }, not_before: 0 }) }, (tokens) => assert.ok(tokens.accessToken)],
  "times with fractions": [
    { idToken: claims({ auth_time: now() + 0.5 }) },
    (tokens) => assert.ok(tokens.claims.auth_time),
  ],
  "a life in a text": [{ answer: body({ expires_in: "3600" }) }, (tokens) => assert.ok(tokens.expiresAt > now())],
  "no life": [{ answer: without("expires_in") }, (tokens) => assert.equal(tokens.expiresAt, undefined)],
  "a scheme in small letters": [
    { answer: body({ token_type: "bearer" }) },
    (tokens) => assert.equal(tokens.tokenType, "Bearer"),
  ],
  "a scheme of its own": [{ answer: body({ token_type: "mac" }) }, "token_response_invalid"],
  "no scheme": [{ answer: without("token_type") }, "token_response_invalid"],
  "no ID token": [{ answer: without("id_token") }, "token_response_invalid"],
  "an ID token that is none": [{ answer: body({ id_token: "a.b" }) }, "token_malformed"],
  "no access token": [{ answer: without("access_token") }, (tokens) => assert.equal(tokens.accessToken, undefined)],
  "an error with status 200": [{ answer: status(200, { error: "invalid_grant" }) }, "token_endpoint_error"],
  invalid_grant: [{ answer: status(400, { error: "invalid_grant" }) }, "token_endpoint_error"],
  429: [{ answer: status(429, { error: "slow_down" }) }, "token_endpoint_error"],
  500: [{ answer: status(500, { message: "oops" }) }, "server_unavailable"],
  503: [{ answer: status(503, {}) }, "server_unavailable"],
  "the user said no": [
    {
      beforeAuthorizeRedirect: ({ url }) => (
        url.searchParams.delete("code"),
        url.searchParams.set("error", "access_denied")
      ),
    },
    "authorization_error",
  ],
  "another state": [{ beforeAuthorizeRedirect: ({ url }) => url.searchParams.set("state", "other") }, "state_mismatch"],
  "a code twice": [
    { beforeAuthorizeRedirect: ({ url }) => url.searchParams.append("code", "b") },
    "authorization_response_invalid",
  ],
  "the issuer of another": [
    { beforeAuthorizeRedirect: ({ url }) => url.searchParams.set("iss", "https://other.example") },
    "response_issuer_mismatch",
  ],
};

/** The same at a refresh. */
const refreshes = {
  "nothing wrong": [{}, (tokens, before) => assert.notEqual(tokens.refreshToken, before.refreshToken)],
  "no other refresh token": [
    { answer: without("refresh_token") },
    (tokens, before) => assert.equal(tokens.refreshToken, before.refreshToken),
  ],
  "no ID token": [{ answer: without("id_token") }, (tokens) => assert.ok(tokens.accessToken)],
  "somebody else": [{ idToken: claims({ sub: "mallory" }) }, "subject_mismatch"],
  "a signature that is none": [{ answer: tamper }, "signature_invalid"],
  invalid_grant: [{ answer: status(400, { error: "invalid_grant" }) }, "token_endpoint_error", true],
  "invalid_grant with status 401": [{ answer: status(401, { error: "invalid_grant" }) }, "token_endpoint_error", true],
  invalid_client: [{ answer: status(401, { error: "invalid_client" }) }, "token_endpoint_error", false],
  429: [{ answer: status(429, { error: "slow_down" }) }, "token_endpoint_error", false],
  "500 and not JSON that says so": [{ answer: status(500, "invalid_grant") }, "server_unavailable", false],
  "invalid_grant with status 429": [{ answer: status(429, { error: "invalid_grant" }) }, "server_unavailable", false],
  "invalid_grant with status 500": [{ answer: status(500, { error: "invalid_grant" }) }, "server_unavailable", false],
  "invalid_grant with status 503": [{ answer: status(503, { error: "invalid_grant" }) }, "server_unavailable", false],
};

const userinfo = {
  "nothing wrong": [{}, (user) => assert.deepEqual(user, { sub: "johndoe" })],
  claims: [{ beforeUserinfo: body({ name: "John", roles: [] }) }, (user) => assert.equal(user.name, "John")],
  "somebody else": [{ beforeUserinfo: body({ sub: "mallory" }) }, "subject_mismatch"],
  nobody: [{ beforeUserinfo: without("sub") }, "server_response_invalid"],
  "an outage": [{ beforeUserinfo: status(503, {}) }, "server_unavailable"],
};

const { check, counts } = createSuite();

async function judge(hooks, expected, run) {
  if (typeof expected === "string") return refused(withHooks(hooks, run), expected);
  return expected(await withHooks(hooks, run), tokens);
}

const client = createClient(options);
const tokens = await signIn(client);
for (const [name, [hooks, expected]] of Object.entries(signIns))
  await check(`sign-in, ${name}`, () => judge(hooks, expected, () => signIn(client)));
for (const [name, [hooks, expected, ends]] of Object.entries(refreshes)) {
  await check(`refresh, ${name}`, async () => {
    const outcome = await judge(hooks, expected, () => client.refresh(tokens));
    if (ends !== undefined) assert.equal(isInvalidGrant(outcome), ends);
  });
}
for (const [name, [hooks, expected]] of Object.entries(userinfo))
  await check(`userinfo, ${name}`, () => judge(hooks, expected, () => client.userinfo(tokens)));

await check("another key, and the old one again", async () => {
  const other = createClient(options);
  await signIn(other);
  await server.issuer.keys.add({ ...foreignKey, alg: "RS256", kid: "second" });
  // In turns: the second is signed with a key that the client has not seen.
  for (let turn = 0; turn < 4; turn += 1) assert.equal((await signIn(other)).claims.sub, "johndoe");
});
await check("introspection and revocation", async () => {
  const { active } = await client.introspect(tokens.accessToken);
  assert.equal(active, true);
  const inactive = { beforeIntrospect: (response) => (response.body = { active: false }) };
  assert.deepEqual(await withHooks(inactive, () => client.introspect(tokens.accessToken)), { active: false });
  const broken = { beforeIntrospect: (response) => (response.body = { active: "yes" }) };
  await refused(
    withHooks(broken, () => client.introspect(tokens.accessToken)),
    "server_response_invalid",
  );
  await client.revoke(tokens.refreshToken);
  await refused(
    withHooks({ beforeRevoke: (response) => (response.statusCode = 503) }, () => client.revoke(tokens.refreshToken)),
    "server_unavailable",
  );
});

/** A browser at an application whose requests do not leave this process; what it asks the server does. */
function application() {
  const origin = "http://127.0.0.1:1";
  const auth = createWebAuth({
    origin,
    client: createClient({ issuer, clientId: "app" }),
    secrets: ["s".repeat(32)],
    store: memoryStore(),
  });
  const fetch = auth.mount(async (request, session) => {
    if (session === undefined) return auth.signIn(request);
    return new Response(await session.accessToken().catch(({ code }) => code));
  });
  const cookies = new Map();
  async function page(address) {
    const headers = { accept: "text/html", cookie: [...cookies].map((pair) => pair.join("=")).join("; ") };
    const response = await fetch(new Request(new URL(address, origin), { headers }));
    for (const line of response.headers.getSetCookie()) {
      const [, name, value] = /^([^=]*)=([^;]*)/.exec(line);
      if (/Max-Age=0(;|$)/.test(line)) cookies.delete(name);
      else cookies.set(name, value);
    }
    return { status: response.status, location: response.headers.get("location"), text: await response.text() };
  }
  return { cookies, page, signIn: async () => page(await browse((await page("/notes")).location)) };
}

for (const [name, [hooks, expected]] of Object.entries(signIns)) {
  await check(`web sign-in, ${name}`, async () => {
    const { cookies, page, signIn: go } = application();
    const answer = await withHooks(hooks, go);
    if (typeof expected !== "string") {
      assert.deepEqual([answer.status, answer.location], [303, "/notes"]);
      assert.equal((await page("/notes")).status, 200);
      return;
    }
    assert.ok(answer.status === 303 ? answer.location !== "/notes" : answer.status >= 400, `${answer.status}`);
    assert.ok(!cookies.has("session"), "signed in");
    // Nothing of it is in the way of the next.
    assert.equal((await go()).location, "/notes");
    assert.equal((await page("/notes")).status, 200);
  });
}

for (const [name, [hooks, expected, ends]] of Object.entries(refreshes)) {
  await check(`web refresh, ${name}`, async () => {
    const { page, signIn: go } = application();
    await withHooks({ answer: body({ expires_in: 1 }) }, go);
    await new Promise((resolve) => setTimeout(resolve, 1_100));
    const { text, status } = await withHooks(hooks, () => page("/notes"));
    assert.equal(status, 200);
    if (typeof expected !== "string") return assert.equal(text.split(".").length, 3, text);
    assert.equal(text, ends ? "session_ended" : "refresh_unavailable");
    const next = await page("/notes");
    if (ends) assert.equal(next.status, 303, "sign in again");
    else assert.equal(next.text.split(".").length, 3, next.text);
    return undefined;
  });
}

await server.stop();
summarize(counts);
