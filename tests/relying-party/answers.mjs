// Servers that lose their minds: what their endpoints answer, and what becomes of it. The form is that of attacks.mjs.

import assert from "node:assert/strict";

import { begin, login, makeLogoutToken } from "./flows.mjs";
import { tampered, unsigned } from "./modules.mjs";
import { json, keys } from "./server.mjs";
import { signToken } from "../support/tokens.mjs";

const html = { status: 200, headers: { "content-type": "text/html" }, body: "<!doctype html><title>Sign in</title>" };
const bare = JSON.stringify({ access_token: "a", token_type: "Bearer" });
const doubled = json('{"access_token":"a","token_type":"Bearer","access_token":"b"}');
const hidden = json('{"access_token":"a","token_type":"Bearer","\\u0061ccess_token":"b"}');
const huge = json(JSON.stringify({ pad: "x".repeat(300 * 1024) }));
/** Never a number, and more than it says. */
const stream = {
  serve: (response) => {
    response.writeHead(200, { "content-type": "application/json" });
    const more = () => response.destroyed || response.write(" ".repeat(16_384), more);
    more();
  },
};
const onRefresh =
  (change) =>
  (good, { login }) =>
    login.isRefresh ? { ...good, ...change } : good;

/** What an endpoint answers, and what becomes of it, by endpoint. */
const NONSENSE = {
  token: "token_response_invalid",
  metadata: "discovery_invalid",
  jwks: "jwks_invalid",
  userinfo: "server_response_invalid",
};
const TOO_LARGE = {
  token: "server_unavailable",
  metadata: "response_too_large",
  jwks: "response_too_large",
  userinfo: "server_unavailable",
};
const UNAVAILABLE = {
  token: "server_unavailable",
  metadata: "server_unavailable",
  jwks: "jwks_unavailable",
  userinfo: "server_unavailable",
};
const flowOf = (endpoint) => (endpoint === "userinfo" ? "userinfo" : "login");
const everywhere = (name, answer, codes) =>
  Object.entries(codes).map(([endpoint, expects]) => ({
    name: `${endpoint}: ${name}`,
    expects,
    behaviour: { answers: { [endpoint]: answer } },
    flow: flowOf(endpoint),
  }));

export const servers = [
  ...everywhere("HTML with status 200", html, NONSENSE),
  ...everywhere("nothing with status 200", json(""), NONSENSE),
  ...everywhere("an array", json("[]"), NONSENSE),
  ...everywhere("half of an object", json('{"access_token":"a"'), NONSENSE),
  ...everywhere("300 KB", huge, TOO_LARGE),
  ...everywhere("a body without an end", stream, TOO_LARGE),
  ...["token", "metadata", "jwks", "userinfo"].flatMap((endpoint) =>
    [301, 302, 303, 307, 308].map((status) => ({
      name: `${endpoint}: redirect ${status}`,
      run: async (set) => {
        const other = await set();
        const location = `${other.server.issuer}/${endpoint}`;
        const { client, server } = await set({
          behaviour: { answers: { [endpoint]: { status, headers: { location }, body: "" } } },
        });
        const result =
          endpoint === "userinfo"
            ? login({ client, server }).then((tokens) => client.userinfo(tokens))
            : login({ client, server });
        await result.catch(() => assert.equal(other.server.requests.length, 0, "it was followed"));
        return result;
      },
      expects: UNAVAILABLE[endpoint],
    })),
  ),
  { name: "token: a member twice", expects: "token_response_invalid", behaviour: { answers: { token: doubled } } },
  {
    name: "token: a member twice, once escaped",
    expects: "token_response_invalid",
    behaviour: { answers: { token: hidden } },
  },
  {
    name: "token: no ID token for `openid`",
    expects: "token_response_invalid",
    behaviour: { answers: { token: json(bare) } },
  },
  { name: "token: type `mac`", expects: "token_response_invalid", behaviour: { tokens: { token_type: "mac" } } },
  {
    name: "token: type `DPoP` without a proof",
    expects: "token_response_invalid",
    behaviour: { tokens: { token_type: "DPoP" } },
  },
  { name: "token: no type", expects: "token_response_invalid", behaviour: { tokens: { token_type: undefined } } },
  {
    name: "token: no access token, and no `openid`",
    expects: "token_response_invalid",
    options: { scope: "a" },
    behaviour: { tokens: { access_token: undefined } },
  },
  {
    name: "token: an ID token alone",
    expects: "accept",
    behaviour: { tokens: { access_token: undefined } },
    flow: async ({ client, server }) => {
      const { url, transaction } = await begin({ client, server });
      const { accessToken, tokenType, claims } = await client.callback(url, transaction);
      assert.deepEqual([accessToken, tokenType, claims.sub], [undefined, undefined, "user"]);
    },
  },
  {
    name: "token: an access token that is no text",
    expects: "token_response_invalid",
    behaviour: { tokens: { access_token: 7 } },
  },
  {
    name: "token: an access token with a line end",
    expects: "token_response_invalid",
    behaviour: { tokens: { access_token: "a\r\nx: y" }, claims: { at_hash: undefined } },
  },
  {
    name: "token: an ID token that is no text",
    expects: "token_response_invalid",
    behaviour: { tokens: { id_token: {} } },
  },
  {
    name: "token: `invalid_grant`",
    expects: "token_endpoint_error",
    behaviour: { answers: { token: json({ error: "invalid_grant" }, 400) } },
  },
  {
    name: "token: status 500",
    expects: "server_unavailable",
    behaviour: { answers: { token: { status: 500, headers: {}, body: "no" } } },
  },
  {
    name: "token: status 429",
    expects: "server_unavailable",
    behaviour: { answers: { token: { status: 429, headers: {}, body: "no" } } },
  },
  { name: "jwks: status 503", expects: "jwks_unavailable", behaviour: { answers: { jwks: json({}, 503) } } },
  { name: "metadata: status 503", expects: "server_unavailable", behaviour: { answers: { metadata: json({}, 503) } } },
  {
    name: "refresh: another ID token's `auth_time`",
    expects: "claim_invalid",
    behaviour: { claims: onRefresh({ auth_time: 1 }) },
    flow: "refresh",
  },
  {
    name: "refresh: another nonce",
    expects: "nonce_mismatch",
    behaviour: { claims: onRefresh({ nonce: "another" }) },
    flow: "refresh",
  },
  {
    name: "refresh: another authorized party",
    expects: "claim_invalid",
    behaviour: { claims: onRefresh({ azp: "other" }) },
    flow: "refresh",
  },
  {
    name: "refresh: another audience",
    expects: "audience_mismatch",
    behaviour: { claims: onRefresh({ aud: "other" }) },
    flow: "refresh",
  },
  {
    name: "refresh: a changed ID token",
    expects: "signature_invalid",
    behaviour: { idToken: (token, { login }) => (login.isRefresh ? tampered(token) : token) },
    flow: "refresh",
  },
  {
    name: "userinfo: a JWT without a signature",
    expects: "token_malformed",
    behaviour: {
      userinfo: (good, { server }) =>
        unsigned(signToken(keys.rsa, { alg: "RS256" }, { ...good, iss: server.issuer, aud: "app" })),
    },
    flow: "userinfo",
  },
  {
    name: "userinfo: a JWT for another client",
    expects: "audience_mismatch",
    behaviour: {
      userinfo: (good, { server }) =>
        signToken(keys.rsa, { alg: "RS256", kid: "rsa" }, { ...good, iss: server.issuer, aud: "other" }),
    },
    flow: "userinfo",
  },
  {
    name: "userinfo: a JWT of another key",
    expects: "signature_invalid",
    behaviour: {
      userinfo: (good, { server }) =>
        signToken(keys.foreignRsa, { alg: "RS256", kid: "rsa" }, { ...good, iss: server.issuer, aud: "app" }),
    },
    flow: "userinfo",
  },
  {
    name: "userinfo: no sub",
    expects: "server_response_invalid",
    behaviour: { userinfo: { sub: undefined } },
    flow: "userinfo",
  },
  {
    name: "userinfo: `sub` twice",
    expects: "server_response_invalid",
    behaviour: { answers: { userinfo: json('{"sub":"user","sub":"other"}') } },
    flow: "userinfo",
  },
  {
    name: "a logout token as an ID token",
    expects: "typ_mismatch",
    behaviour: { idToken: (token, { server }) => makeLogoutToken(server) },
  },
  {
    name: "an ID token as a logout token",
    expects: "typ_mismatch",
    run: async (set) => {
      const { client, server } = await set();
      const { idToken } = await login({ client, server });
      return client.verifyLogoutToken(idToken);
    },
  },
  ...[
    ["active is a text", { active: "true" }, "server_response_invalid"],
    ["active is missing", { active: undefined }, "server_response_invalid"],
    ["active is a number", { active: 1 }, "server_response_invalid"],
    ["another issuer", { active: true, iss: "https://other.example" }, "issuer_mismatch"],
  ].map(([name, introspection, expects]) => ({
    name: `introspection: ${name}`,
    expects,
    behaviour: { introspection },
    flow: async ({ client }) => client.introspect("a token"),
  })),
  ...[
    ["HTML", html],
    ["active twice", json('{"active":false,"active":true}')],
    ["an array", json('[{"active":true}]')],
  ].map(([name, introspect]) => ({
    name: `introspection: ${name}`,
    expects: "server_response_invalid",
    behaviour: { answers: { introspect } },
    flow: async ({ client }) => client.introspect("a token"),
  })),
];

/** A server whose certificate the host does not trust: nothing is asked of it. */
export const tls = (certificate) => ({
  expects: "server_unavailable",
  run: async (set) => {
    const { client, server } = await set({ tls: certificate });
    const result = client.authorize();
    await result.catch(() => assert.equal(server.requests.length, 0));
    return result;
  },
});

/** Answers that take too long. Each takes the 5 or 10 seconds of its timeout: they run side by side. */
export const slow = ["token", "metadata", "jwks", "userinfo"].flatMap((endpoint) =>
  [
    ["no answer", () => {}],
    [
      "one byte a second",
      (response) => {
        response.writeHead(200, { "content-type": "application/json" });
        const timer = setInterval(() => response.write(" "), 1000);
        response.on("close", () => clearInterval(timer));
      },
    ],
  ].map(([name, serve]) => ({
    name: `${endpoint}: ${name}`,
    expects: UNAVAILABLE[endpoint],
    behaviour: { answers: { [endpoint]: { serve } } },
    flow: flowOf(endpoint),
  })),
);
