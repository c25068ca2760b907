// What no module asks: attackers between browser, client and servers, and servers that lose their minds.
//
// Each is { name, expects, run }, or has a `server` and a `flow`, as modules have. `run` gets `set(options)`, which starts a
// server with a client of it and answers { client, server, createClient }, and answers the promise that is to end so.

import assert from "node:assert/strict";

import { begin, browse, login, makeLogoutToken } from "./flows.mjs";
import { tampered, unsigned } from "./modules.mjs";
import { json, keys, redirectUri } from "./server.mjs";
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

const noTokenRequest = (server) => assert.equal(server.count("token"), 0, "a token request was made");

/** What a user agent that was led astray comes back with. */
const altering = (change) => async (set) => {
  const { client, server } = await set();
  const { url, transaction } = await begin({ client, server });
  const altered = new URL(url);
  change(altered.searchParams);
  const result = client.callback(altered.href, transaction);
  await result.catch(() => noTokenRequest(server));
  return result;
};

export const browser = [
  {
    name: "mix-up: the response of another server, which names itself",
    expects: "response_issuer_mismatch",
    run: (set) => mixUp(set, {}),
  },
  {
    name: "mix-up: the response of another server, without `iss`",
    expects: "response_issuer_mismatch",
    run: (set) =>
      mixUp(set, {
        metadata: { authorization_response_iss_parameter_supported: undefined },
        authorization: { iss: undefined },
      }),
  },
  {
    name: "mix-up: an error of another server",
    expects: "response_issuer_mismatch",
    run: altering((query) => {
      query.delete("code");
      query.set("error", "access_denied");
      query.set("iss", "https://other.example");
    }),
  },
  {
    name: "code injection: PKCE at the server",
    expects: "token_endpoint_error",
    run: (set) => injection(set, {}),
  },
  {
    name: "code injection: a server that does not look at the verifier",
    expects: "nonce_mismatch",
    run: (set) => injection(set, { ignoresVerifier: true }),
  },
  {
    name: "PKCE downgrade: a server with `plain` alone",
    expects: "pkce_unsupported",
    behaviour: { metadata: { code_challenge_methods_supported: ["plain"] } },
  },
  {
    name: "PKCE downgrade: a server with no method at all",
    expects: "pkce_unsupported",
    behaviour: { metadata: { code_challenge_methods_supported: [] } },
  },
  {
    name: "the same response twice",
    expects: "token_endpoint_error",
    run: async (set) => {
      const { client, server } = await set();
      const { url, transaction } = await begin({ client, server });
      await client.callback(url, transaction);
      return client.callback(url, transaction);
    },
  },
  {
    name: "the transaction of an earlier sign-in",
    expects: "state_mismatch",
    run: async (set) => {
      const { client, server } = await set();
      const before = await begin({ client, server });
      const { url } = await begin({ client, server });
      return client.callback(url, before.transaction);
    },
  },
  {
    name: "login CSRF: the response to a sign-in of another browser",
    expects: "state_mismatch",
    run: async (set) => {
      const { client, server } = await set();
      const attacker = await begin({ client, server }, "attacker");
      const victim = [await begin({ client, server }), await begin({ client, server })];
      const result = client.callback(
        attacker.url,
        victim.map(({ transaction }) => transaction),
      );
      await result.catch(() => noTokenRequest(server));
      return result;
    },
  },
  {
    name: "a browser without a sign-in under way",
    expects: "state_mismatch",
    run: async (set) => {
      const { client, server } = await set();
      const { url } = await begin({ client, server });
      return client.callback(url, []);
    },
  },
  {
    name: "the transaction of another client of the same server",
    expects: "response_issuer_mismatch",
    run: async (set) => {
      const { client, server, createClient } = await set();
      const { url, transaction } = await begin({ client, server });
      const other = createClient({ issuer: server.issuer, clientId: "other", redirectUri });
      const result = other.callback(url, transaction);
      await result.catch(() => noTokenRequest(server));
      return result;
    },
  },
  {
    name: "a transaction that is too old",
    expects: "transaction_expired",
    run: async (set) => {
      const { client, server } = await set();
      const { url, transaction } = await begin({ client, server });
      return client.callback(url, { ...transaction, expiresAt: Math.floor(Date.now() / 1000) });
    },
  },
  {
    name: "an error with the state of nobody",
    expects: "state_mismatch",
    run: altering((query) => {
      query.delete("code");
      query.set("error", "access_denied");
      query.set("state", "another");
    }),
  },
  {
    name: "an error without a state",
    expects: "authorization_response_invalid",
    run: altering((query) => {
      for (const name of ["code", "state"]) query.delete(name);
      query.set("error", "access_denied");
    }),
  },
  {
    name: "an error of the server",
    expects: "authorization_error",
    behaviour: { authorization: { code: undefined, error: "access_denied" } },
  },
  {
    name: "a code and an error",
    expects: "authorization_response_invalid",
    behaviour: { authorization: (good) => ({ ...good, error: "access_denied" }) },
  },
  {
    name: "a response without a code",
    expects: "authorization_response_invalid",
    behaviour: { authorization: { code: undefined } },
  },
  ...["code", "state", "iss"].flatMap((name) => [
    {
      name: `\`${name}\` twice`,
      expects: "authorization_response_invalid",
      run: altering((query) => query.append(name, query.get(name))),
    },
    {
      name: `\`${name}\` and another one`,
      expects: "authorization_response_invalid",
      run: altering((query) => query.append(name, "another")),
    },
  ]),
  {
    name: "PAR: a request URI that is to lead elsewhere",
    expects: "accept",
    behaviour: {
      metadata: { require_pushed_authorization_requests: true },
      pushed: { request_uri: "https://other.example/?&client_id=other&redirect_uri=https%3A%2F%2Fother.example#" },
    },
    flow: async ({ client, server }) => {
      const { url } = await client.authorize();
      assert.ok(url.startsWith(`${server.issuer}/authorize?`));
      const { searchParams, hash } = new URL(url);
      assert.deepEqual([hash, [...searchParams.keys()].sort()], ["", ["client_id", "request_uri"]]);
      assert.equal(searchParams.get("client_id"), "app");
    },
  },
  ...[
    ["without a request URI", { request_uri: undefined }],
    ["a request URI that is no text", { request_uri: ["urn:x"] }],
    ["a request URI that has expired", { expires_in: 0 }],
    ["no lifetime", { expires_in: undefined }],
  ].map(([name, pushed]) => ({
    name: `PAR: ${name}`,
    expects: "server_response_invalid",
    behaviour: { metadata: { require_pushed_authorization_requests: true }, pushed },
  })),
];

/** The user signs in at server A, which sends the browser on to server B; the response of B comes to the client of A. */
async function mixUp(set, behaviour) {
  const [evil, honest] = [await set({ behaviour }), await set({ behaviour })];
  const { url, transaction } = await evil.client.authorize({ params: { login_hint: "user" } });
  const response = await browse(honest.server, url.replace(evil.server.issuer, honest.server.issuer));
  // The response is B's. The browser has a sign-in at each of them under way.
  const other = await honest.client.authorize();
  const transactions = [transaction, other.transaction];
  // Without `iss`, only the redirect URI tells them apart, which leads to the client of B.
  const client = behaviour.metadata === undefined ? evil.client : honest.client;
  const result = client.callback(response, transactions);
  await result.catch(() => {
    noTokenRequest(evil.server);
    noTokenRequest(honest.server);
  });
  return result;
}

/** The attacker's own code, with the state of the victim. */
async function injection(set, behaviour) {
  const { client, server } = await set({ behaviour });
  const attacker = new URL((await begin({ client, server }, "attacker")).url);
  const victim = await begin({ client, server });
  const response = new URL(victim.url);
  response.searchParams.set("code", attacker.searchParams.get("code"));
  return client.callback(response.href, victim.transaction);
}

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
  metadata: "jwks_unavailable",
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
  { name: "metadata: status 503", expects: "jwks_unavailable", behaviour: { answers: { metadata: json({}, 503) } } },
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
    expects: "alg_not_allowed",
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
    expects: "claim_missing",
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

const dpop = { server: { client: { id: "app", dpop: true } }, options: { dpop: true } };

export const proofs = [
  { name: "DPoP: a good server", expects: "accept", ...dpop, flow: "userinfo" },
  {
    name: "DPoP downgrade: a Bearer token for a proof",
    expects: "token_response_invalid",
    ...dpop,
    behaviour: { tokens: { token_type: "Bearer" } },
  },
  {
    name: "DPoP downgrade: no type",
    expects: "token_response_invalid",
    ...dpop,
    behaviour: { tokens: { token_type: undefined } },
  },
  {
    name: "DPoP: a server that never has enough nonces",
    expects: "token_endpoint_error",
    ...dpop,
    server: { ...dpop.server, nonces: "never enough" },
    flow: async (pair) => {
      const result = login(pair);
      await result.catch(() => assert.ok(pair.server.count("token") <= 2, "it goes round in circles"));
      return result;
    },
  },
];

/** Takes all prompts and tokens of a sign-in on another device. */
async function device({ client, server }) {
  const events = [];
  for await (const event of client.device()) events.push(event);
  assert.deepEqual(
    events.map(({ type }) => type),
    ["prompt", "tokens"],
  );
  const [prompt, { tokens }] = events;
  assert.deepEqual([prompt.userCode, prompt.verificationUri], ["WDJB-MJHT", `${server.issuer}/activate`]);
  assert.equal(tokens.claims?.sub ?? "user", "user");
}

export const devices = [
  {
    name: "device: pending, then slow down",
    expects: "accept",
    behaviour: { polls: ["authorization_pending", "slow_down"] },
    flow: async (pair) => {
      await device(pair);
      const [first, second, third] = pair.server.polled;
      assert.ok(second - first >= 950, `asked again after ${second - first} ms`);
      assert.ok(third - second >= 5900, `asked again after ${third - second} ms, though it was to slow down`);
    },
  },
  { name: "device: expired", expects: "token_endpoint_error", behaviour: { polls: ["expired_token"] }, flow: device },
  { name: "device: denied", expects: "token_endpoint_error", behaviour: { polls: ["access_denied"] }, flow: device },
  {
    name: "device: pending without an end",
    expects: "transaction_expired",
    behaviour: { polls: ["authorization_pending", null], device: { expires_in: 3 } },
    flow: device,
  },
  {
    name: "device: an interval of a year",
    expects: "server_response_invalid",
    behaviour: { device: { interval: 31_536_000 } },
    flow: device,
  },
  {
    name: "device: an address that is a script",
    expects: "server_response_invalid",
    behaviour: { device: { verification_uri: "javascript:alert(1)" } },
    flow: device,
  },
  {
    name: "device: no code",
    expects: "server_response_invalid",
    behaviour: { device: { device_code: undefined } },
    flow: device,
  },
  {
    name: "device: an ID token of another client",
    expects: "audience_mismatch",
    behaviour: { claims: { aud: "other" } },
    flow: device,
  },
];

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
