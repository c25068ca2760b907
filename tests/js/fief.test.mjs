// countersign/presets/fief, against a server that answers as Fief does: its defects in the clients of its own are tests here.

import assert from "node:assert/strict";
import { createHash, createHmac, generateKeyPairSync } from "node:crypto";
import { test } from "node:test";
import { CompactEncrypt, SignJWT } from "jose";
import { importPackage } from "../support/package.mjs";
import { codeOf, mistaken, refused } from "./support/assert.mjs";
import { folder } from "./support/package.mjs";
import { serve } from "./support/server.mjs";

const { createFief, verifyWebhook } = await importPackage(folder, "countersign/presets/fief");
const [clientId, clientSecret, redirectUri] = ["my-client", "the secret", "https://app.example/callback"];
const id = "1f2e3d4c-0000-4000-8000-000000000001";
const encryption = generateKeyPairSync("rsa", { modulusLength: 2048 });
const encryptionKey = { ...encryption.privateKey.export({ format: "jwk" }), use: "enc", kid: "enc-1" };
const signing = (kid) => {
  const { privateKey, publicKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  return { kid, privateKey, jwk: { ...publicKey.export({ format: "jwk" }), kid, use: "sig", alg: "RS256" } };
};
const now = () => Math.floor(Date.now() / 1000);
const half = (text) => createHash("sha256").update(text).digest().subarray(0, 16).toString("base64url");

/** Fief, as far as clients see it. */
async function fiefServer({ issuer, encrypted = false } = {}) {
  const state = { keys: [signing("one")], posts: [], down: false, refreshed: 0, api: [] };
  const sign = (claims, key = state.keys[0]) =>
    new SignJWT({ iss: state.issuer, aud: [clientId], sub: id, iat: now(), exp: now() + 3600, ...claims })
      .setProtectedHeader({ alg: "RS256", kid: key.kid })
      .sign(key.privateKey);
  state.accessToken = (claims = {}) =>
    sign({ scope: "openid offline_access", acr: "0", permissions: ["castles:read"], ...claims });
  state.idToken = async ({ nonce, code, accessToken, ...more }) => {
    const hashes = { at_hash: half(accessToken), ...(code && { c_hash: half(code) }) };
    const token = await sign({
      ...hashes,
      ...(nonce && { nonce }),
      email: "anne@example.com",
      tenant_id: "t",
      ...more,
    });
    if (!encrypted) return token;
    return new CompactEncrypt(new TextEncoder().encode(token))
      .setProtectedHeader({ alg: "RSA-OAEP-256", enc: "A256CBC-HS512", kid: "enc-1" })
      .encrypt(encryption.publicKey);
  };
  const routes = {
    "/.well-known/openid-configuration": () => ({
      issuer: state.issuer,
      authorization_endpoint: `${server.origin}/authorize`,
      token_endpoint: `${server.origin}/api/token`,
      userinfo_endpoint: `${server.origin}/api/userinfo`,
      jwks_uri: `${server.origin}/.well-known/jwks.json`,
      response_types_supported: ["code"],
      code_challenge_methods_supported: ["plain", "S256"],
      id_token_signing_alg_values_supported: ["RS256"],
    }),
    "/.well-known/jwks.json": () => ({ keys: state.keys.map(({ jwk }) => jwk) }),
    "/api/token": async (form) => {
      state.posts.push(form);
      if (form.get("client_secret") !== clientSecret) return [400, { error: "invalid_client" }];
      const accessToken = await state.accessToken();
      const code = form.get("code") ?? undefined;
      const nonce = code === undefined ? undefined : state.nonce;
      if (form.get("grant_type") === "refresh_token") state.refreshed += 1;
      return {
        access_token: accessToken,
        id_token: await state.idToken({ nonce, code, accessToken, ...state.claims }),
        token_type: "bearer",
        expires_in: 3600,
        refresh_token: `refresh-${state.refreshed}`,
      };
    },
    "/api/userinfo": () => ({
      sub: state.subject ?? id,
      email: "anne@example.com",
      tenant_id: "t",
      fields: { castle: "blue" },
    }),
    "/api/profile": () => ({ sub: id, email: "anne@example.com", fields: { castle: "red" } }),
    "/api/password": () => [403, { detail: "insufficient ACR" }],
    "/api/email/change": () => [202, undefined],
    "/api/email/verify": () => [400, { detail: [{ type: "invalid_code" }] }],
  };
  const server = await serve((request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", async () => {
      const path = request.url.split("?")[0];
      const answer = state.down ? [503, { detail: "down" }] : await routes[path]?.(new URLSearchParams(body));
      if (path.startsWith("/api/") && !path.endsWith("token"))
        state.api.push({ path, method: request.method, body, authorization: request.headers.authorization });
      const [status, value] = Array.isArray(answer) ? answer : [answer ? 200 : 404, answer];
      response.writeHead(status, { "content-type": "application/json" });
      response.end(value === undefined ? "" : JSON.stringify(value));
    });
  });
  state.issuer = issuer ?? server.origin;
  return Object.assign(server, { state });
}

async function signIn(fief, server, options) {
  const { url, transaction } = await fief.authUrl(redirectUri, options);
  server.state.nonce = new URL(url).searchParams.get("nonce");
  return { url: new URL(url), transaction, response: `${redirectUri}?code=the-code&state=${transaction.state}` };
}

for (const encrypted of [false, true]) {
  test(`a sign-in with ${encrypted ? "an encrypted" : "a signed"} ID token, refresh and userinfo`, async () => {
    const server = await fiefServer({ encrypted });
    const fief = createFief({
      baseUrl: server.origin,
      clientId,
      clientSecret,
      ...(encrypted && { encryptionKey: JSON.stringify(encryptionKey) }),
    });
    const { url, transaction, response } = await signIn(fief, server, {
      scope: ["openid", "offline_access"],
      lang: "fr",
      screen: "register",
      loginHint: "anne@example.com",
      acrValues: "1",
    });
    const query = url.searchParams;
    assert.deepEqual(
      ["scope", "lang", "screen", "login_hint", "acr_values", "redirect_uri", "code_challenge_method"].map((name) =>
        query.get(name),
      ),
      ["openid offline_access", "fr", "register", "anne@example.com", "1", redirectUri, "S256"],
    );
    const [tokens, user] = await fief.authCallback(response, transaction);
    assert.deepEqual([user.sub, user.email, tokens.refreshToken], [id, "anne@example.com", "refresh-0"]);
    assert.equal(tokens.idToken.split(".").length, 3);
    assert.equal(server.state.posts[0].get("client_secret"), clientSecret);

    const [fresh, same] = await fief.authRefreshToken(tokens);
    assert.deepEqual([fresh.refreshToken, same.sub], ["refresh-1", id]);
    // fief-js never sends it.
    assert.equal(server.state.posts[1].get("client_secret"), clientSecret);

    const info = await fief.userinfo(tokens);
    assert.deepEqual([info.sub, info.fields.castle], [id, "blue"]);
    server.state.subject = "somebody-else";
    await refused(() => fief.userinfo(tokens), "subject_mismatch");
    await server.close();
  });
}

test("a callback that is not the answer to this sign-in", async () => {
  const server = await fiefServer();
  const fief = createFief({ baseUrl: server.origin, clientId, clientSecret });
  const { transaction, response } = await signIn(fief, server);
  await refused(() => fief.authCallback(response.replace(/state=.{3}/, "state=xxx"), transaction), "state_mismatch");
  await refused(() => fief.authCallback(`${redirectUri}?code=c`, transaction), "authorization_response_invalid");
  assert.equal(server.state.posts.length, 0);
  server.state.nonce = "another";
  await refused(() => fief.authCallback(response, transaction), "nonce_mismatch");
  // Two at once, each with its own.
  const [first, second] = [await signIn(fief, server), await signIn(fief, server)];
  const [, user] = await fief.authCallback(second.response, [first.transaction, second.transaction]);
  assert.equal(user.sub, id);
  await server.close();
});

test("an error, whose description Fief sends letter by letter", async () => {
  const server = await fiefServer();
  const fief = createFief({ baseUrl: server.origin, clientId, clientSecret });
  const { transaction } = await signIn(fief, server);
  const letters = [..."No, not now"].map((letter) => ["error_description", letter]);
  const pairs = [["error", "access_denied"], ...letters, ["state", transaction.state]];
  const query = new URLSearchParams(pairs);
  for (const response of [`${redirectUri}?${query}`, `?${query}`, String(query), query, pairs]) {
    const error = await fief.authCallback(response, transaction).catch((thrown) => thrown);
    assert.deepEqual([error.code, error.actual], ["authorization_error", "access_denied: No, not now"]);
  }
  // Nothing else may come twice.
  const twice = `${redirectUri}?${query}&state=${transaction.state}`;
  await refused(() => fief.authCallback(twice, transaction), "authorization_response_invalid");
  await server.close();
});

test("an ID token that is encrypted for another, or not at all as it should be", async () => {
  const server = await fiefServer({ encrypted: true });
  const other = generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
  for (const [key, code] of [
    [other, "decryption_failed"],
    [{ ...encryptionKey, kid: "enc-2" }, "key_not_found"],
    [undefined, "token_type_unsupported"],
  ]) {
    const fief = createFief({ baseUrl: server.origin, clientId, clientSecret, ...(key && { encryptionKey: key }) });
    const { transaction, response } = await signIn(fief, server);
    await refused(() => fief.authCallback(response, transaction), code);
  }
  await server.close();
});

test("access tokens: what they must have, and which are none", async () => {
  const server = await fiefServer();
  const fief = createFief({ baseUrl: server.origin, clientId, clientSecret });
  const { state } = server;
  const good = await state.accessToken();
  const info = await fief.validateAccessToken(good, { scope: ["openid"], permissions: ["castles:read"], acr: "0" });
  assert.deepEqual(info, {
    id,
    scope: ["openid", "offline_access"],
    acr: "0",
    permissions: ["castles:read"],
    accessToken: good,
  });
  const validate = (claims, requirement) => async () =>
    fief.validateAccessToken(await state.accessToken(claims), requirement);
  await assert.rejects(validate({}, { scope: ["openid", "admin"] })(), { code: "insufficient_scope" });
  await assert.rejects(validate({}, { permissions: ["castles:delete"] })(), { code: "insufficient_permission" });
  await assert.rejects(validate({}, { acr: "1" })(), { code: "insufficient_authentication" });
  assert.equal((await validate({ acr: "1" }, { acr: "1" })()).acr, "1");
  assert.equal((await validate({ acr: "1" }, { acr: "0" })()).acr, "1");
  // Fief's own clients look at none of these.
  await refused(validate({ iss: "https://evil.example" }), "issuer_mismatch");
  await refused(validate({ aud: ["another-client"] }), "audience_mismatch");
  await refused(validate({ exp: undefined }), "claim_missing");
  await refused(validate({ exp: now() - 3600 }), "token_expired");
  await refused(validate({ scope: undefined }), "claim_missing");
  // They answer 500 to these.
  for (const claims of [{ scope: 7 }, { scope: ["openid"] }, { permissions: null }, { permissions: "x" }, { acr: 1 }]) {
    const check = validate(claims, { scope: ["openid"], permissions: ["castles:read"], acr: "0" });
    const code = await check().then(
      () => "ok",
      (error) => error.code,
    );
    assert.match(code, /^(ok|claim_invalid|claim_missing|insufficient_\w+)$/, JSON.stringify(claims));
  }
  // An ID token has no scope.
  const idToken = await state.idToken({ nonce: "n", accessToken: good, code: "c" });
  assert.match(await codeOf(() => fief.validateAccessToken(idToken)), /^(typ_mismatch|claim_missing)$/);
  await server.close();
});

test("a requirement that there is not is a mistake, and lets nobody in", async () => {
  const server = await fiefServer();
  const fief = createFief({ baseUrl: server.origin, clientId, clientSecret });
  const token = await server.state.accessToken();
  for (const [requirement, words] of [
    [{ scopes: ["castles:read"] }, /did you mean "scope"/],
    [{ permission: ["castles:delete"] }, /did you mean "permissions"/],
    [{ acr: "2" }, /"acr" must be "0" or "1"/],
    [{ acr: 1 }, /"acr" must be/],
    [{ scope: "castles:read" }, /"scope" must be/],
    [null, /takes an object/],
  ]) {
    await mistaken(() => fief.validateAccessToken(token, requirement), words);
  }
  for (const [options, words] of [
    [{ acr_values: "1" }, /did you mean "acrValues"/],
    [{ maxage: 0 }, /did you mean "maxAge"/],
    [{ prompt: "always" }, /"prompt" must be/],
  ]) {
    await mistaken(() => fief.authUrl(redirectUri, options), words);
  }
  await server.close();
});

test("a request to Fief's API does not wait for ever", async () => {
  const server = await fiefServer();
  const signals = [];
  const fetch = async (url, init) => {
    if (String(url).includes("/api/")) signals.push(init.signal);
    return globalThis.fetch(url, init);
  };
  const fief = createFief({ baseUrl: server.origin, clientId, fetch });
  await fief.emailChange("token", "new@example.com");
  assert.ok(signals[0] instanceof AbortSignal && !signals[0].aborted);
  await server.close();
});

test("keys that are rotated, and a server that is down", async () => {
  const server = await fiefServer();
  const { state } = server;
  const fief = createFief({ baseUrl: server.origin, clientId, clientSecret });
  state.down = true;
  assert.match(await codeOf(() => fief.authUrl(redirectUri)), /^(jwks_unavailable|server_unavailable)$/);
  state.down = false;
  await fief.validateAccessToken(await state.accessToken());
  state.keys = [signing("two")];
  const fetched = () => server.requests.filter((url) => url.endsWith("jwks.json")).length;
  const before = fetched();
  await fief.validateAccessToken(await state.accessToken());
  assert.equal(fetched(), before + 1);
  await server.close();
});

test("an issuer that is not the address", async () => {
  const server = await fiefServer({ issuer: "http://localhost:1" });
  const options = { baseUrl: server.origin, clientId, clientSecret };
  await refused(() => createFief(options).authUrl(redirectUri), "discovery_issuer_mismatch");
  const fief = createFief({ ...options, issuer: "http://localhost:1" });
  const { transaction, response } = await signIn(fief, server);
  const [tokens, user] = await fief.authCallback(response, transaction);
  assert.deepEqual([user.iss, tokens.issuer], ["http://localhost:1", "http://localhost:1"]);
  assert.equal((await fief.validateAccessToken(tokens.accessToken)).id, id);
  await server.close();

  // Fief says https wherever it is.
  const local = await fiefServer({ issuer: "https://localhost:1" });
  const https = createFief({ ...options, baseUrl: local.origin, issuer: "https://localhost:1" });
  const begun = await signIn(https, local);
  const [, signedIn] = await https.authCallback(begun.response, begun.transaction);
  assert.equal(signedIn.iss, "https://localhost:1");
  await local.close();
});

test("changes of an account, which go to Fief alone", async () => {
  const server = await fiefServer();
  const { state } = server;
  const fief = createFief({ baseUrl: server.origin, clientId });
  const profile = await fief.updateProfile("token", { fields: { castle: "red" } });
  assert.deepEqual([profile.ok, profile.body.fields.castle], [true, "red"]);
  const password = await fief.changePassword("token", "hunter2");
  assert.deepEqual(password, { ok: false, status: 403, body: { detail: "insufficient ACR" } });
  assert.deepEqual(await fief.emailChange("token", "new@example.com"), { ok: true, status: 202, body: undefined });
  assert.equal((await fief.emailVerify("token", "000000")).status, 400);
  assert.deepEqual(state.api, [
    { path: "/api/profile", method: "PATCH", body: '{"fields":{"castle":"red"}}', authorization: "Bearer token" },
    { path: "/api/password", method: "PATCH", body: '{"password":"hunter2"}', authorization: "Bearer token" },
    { path: "/api/email/change", method: "PATCH", body: '{"email":"new@example.com"}', authorization: "Bearer token" },
    { path: "/api/email/verify", method: "POST", body: '{"code":"000000"}', authorization: "Bearer token" },
  ]);
  assert.equal(
    fief.logoutUrl("https://app.example/?a=b&c=d"),
    `${server.origin}/logout?redirect_uri=https%3A%2F%2Fapp.example%2F%3Fa%3Db%26c%3Dd`,
  );
  await server.close();
});

test("the webhook sample: the future is taken, and a time that is no number is an error of the server's", async () => {
  const secret = "the webhook's secret";
  const body = JSON.stringify({ type: "user.created", data: { id } });
  const request = (changes = {}) => {
    const timestamp = String(changes.timestamp ?? now());
    const signature = createHmac("sha256", secret).update(`${timestamp}.${body}`).digest("hex");
    const headers = {
      "X-Fief-Webhook-Timestamp": timestamp,
      "X-Fief-Webhook-Signature": signature,
      ...changes.headers,
    };
    return new Request("https://app.example/webhook", { method: "POST", body: changes.body ?? body, headers });
  };
  assert.deepEqual(await verifyWebhook(request(), { secret }), { type: "user.created", data: { id } });
  assert.ok(await verifyWebhook(request({ timestamp: now() - 290 }), { secret }));
  for (const changes of [
    { timestamp: now() - 310 },
    // The examples of Fief's documentation accept the future, and fail at what is no number.
    { timestamp: now() + 310 },
    { timestamp: "soon" },
    { timestamp: "1e9" },
    { body: body.replace("created", "deleted") },
    { headers: { "X-Fief-Webhook-Signature": "0".repeat(64) } },
    { headers: { "X-Fief-Webhook-Signature": "no" } },
    { headers: { "X-Fief-Webhook-Signature": "" } },
    { headers: { "X-Fief-Webhook-Timestamp": "" } },
  ])
    assert.equal(await verifyWebhook(request(changes), { secret }), undefined, JSON.stringify(changes));
  assert.equal(await verifyWebhook(request(), { secret: "another" }), undefined);
  assert.equal(await verifyWebhook(request({ timestamp: now() - 60 }), { secret, tolerance: 30 }), undefined);
  await mistaken(() => verifyWebhook(request(), {}), /"secret" is mandatory/);

  // A request of which there is no stream, and one that was read before.
  const plain = request();
  const { headers } = plain;
  assert.ok(await verifyWebhook({ headers, text: () => plain.text() }, { secret }));
  const read = request();
  await read.text();
  await assert.rejects(() => verifyWebhook(read, { secret }), TypeError);
  // Whoever has no secret can send a body without an end, under a signature of the right form.
  let sent = 0;
  const endless = new ReadableStream({
    pull(controller) {
      sent += 65_536;
      controller.enqueue(new Uint8Array(65_536));
    },
  });
  const flood = new Request("https://app.example/webhook", { method: "POST", body: endless, headers, duplex: "half" });
  assert.equal(await verifyWebhook(flood, { secret }), undefined);
  assert.ok(sent < 2_000_000, String(sent));
  const long = { headers, text: async () => "é".repeat(600_000) };
  assert.equal(await verifyWebhook(long, { secret }), undefined);
});

test("mistakes", async () => {
  await mistaken(() => createFief({ clientId }), /"baseUrl" is mandatory/);
  await mistaken(() => createFief({ baseUrl: "auth.example", clientId }), /without a slash at its end/);
  await mistaken(() => createFief({ baseUrl: "https://auth.example/", clientId }), /without a slash at its end/);
  await mistaken(() => createFief({ baseUrl: "https://auth.example", clientId, encryptionKey: "{" }), /cannot be read/);
  await mistaken(() => createFief({ baseURL: "https://auth.example", clientId }), /did you mean "baseUrl"/);
});
