// What a client does with a server: each takes { client, server } and answers what the client was given.

import assert from "node:assert/strict";

import { encode, signToken } from "../support/tokens.mjs";
import { keys, seconds } from "./server.mjs";

/** The user agent: goes where the client sends it, and answers the URL that it is sent back to. */
export async function browse(server, url) {
  assert.ok(url.startsWith(`${server.issuer}/authorize?`), url);
  const answer = await server.respond({ method: "GET", url: new URL(url), headers: {}, body: "" });
  assert.equal(answer.status, 302, answer.body);
  return answer.headers.location;
}

/** Begins a sign-in and has the user come back: { url, transaction }, where `url` is the one of the callback. */
export async function begin({ client, server }, user = "user", params = {}) {
  const { url, transaction } = await client.authorize({ ...params, params: { login_hint: user, ...params.params } });
  return { url: await browse(server, url), transaction };
}

export async function login(pair, user = "user", params = {}) {
  const { url, transaction } = await begin(pair, user, params);
  const tokens = await pair.client.callback(url, transaction);
  assert.deepEqual([tokens.issuer, tokens.claims.iss], [pair.server.issuer, pair.server.issuer]);
  assert.equal(tokens.claims.sub, user);
  assert.equal(typeof tokens.accessToken, "string");
  return tokens;
}

export async function userinfo(pair) {
  const tokens = await login(pair);
  const claims = await pair.client.userinfo(tokens);
  assert.deepEqual([claims.sub, claims.name], ["user", "Ada"]);
  return claims;
}

export async function refresh(pair) {
  const tokens = await login(pair);
  const next = await pair.client.refresh(tokens);
  assert.notEqual(next.accessToken, tokens.accessToken);
  assert.equal(next.claims.sub, "user");
  return next;
}

/** A response that comes by a form, as text and as URLSearchParams. */
export async function formPost(pair) {
  const { url, transaction } = await begin(pair, "user", { responseMode: "form_post" });
  const form = new URL(url).searchParams;
  await assert.rejects(() => pair.client.callback(form, transaction), { code: "authorization_error" });
  return pair.client.callback(form.toString(), transaction);
}

export async function rotation(pair) {
  const { server } = pair;
  await login(pair);
  Object.assign(server, { sign: "next", publish: ["next"] });
  await login(pair);
  assert.equal(server.count("jwks"), 2, "one request for the old keys, one for the new ones");
}

/** The keys change between the authorization response and the token request. */
export async function rotationAtToken(pair) {
  const { server } = pair;
  await login(pair);
  const { url, transaction } = await begin(pair);
  Object.assign(server, { sign: "next", publish: ["next"] });
  await pair.client.callback(url, transaction);
  assert.equal(server.count("jwks"), 2);
}

export async function logoutUrl(pair) {
  const { idToken } = await login(pair);
  const url = await pair.client.logoutUrl({ idToken, postLogoutRedirectUri: "https://app.example/", state: "s" });
  const { origin, pathname, searchParams } = new URL(url);
  assert.equal(origin + pathname, `${pair.server.issuer}/end`);
  assert.deepEqual(Object.fromEntries(searchParams), {
    id_token_hint: idToken,
    client_id: "app",
    post_logout_redirect_uri: "https://app.example/",
    state: "s",
  });
}

export async function logoutUrlWithoutReturn(pair) {
  const { searchParams } = new URL(await pair.client.logoutUrl());
  assert.deepEqual([...searchParams.keys()], ["client_id"]);
}

export const EVENT = "http://schemas.openid.net/event/backchannel-logout";

/** A logout token of the server; `claims` are altered, `token` makes it another as a whole. */
export function makeLogoutToken(server, { header = {}, claims = {}, token = (good) => good } = {}) {
  const now = seconds();
  const good = {
    iss: server.issuer,
    aud: server.client.id,
    sub: "user",
    sid: "session",
    iat: now,
    exp: now + 120,
    jti: encode(String(Math.random())),
    events: { [EVENT]: {} },
  };
  const key = keys[server.sign];
  const signed = { alg: key.algorithm, kid: key.kid, typ: "logout+jwt", ...header };
  return token(signToken(key, signed, { ...good, ...claims }));
}

export async function logoutToken({ client, server, module }) {
  const logout = await client.verifyLogoutToken(makeLogoutToken(server, module?.logout));
  assert.deepEqual([logout.issuer, logout.subject, logout.sid], [server.issuer, "user", "session"]);
}
