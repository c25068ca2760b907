// What no module asks: attackers between browser, client and servers.
//
// Each is { name, expects, run }, or has a `server` and a `flow`, as modules have. `run` gets `set(options)`, which starts a
// server with a client of it and answers { client, server, createClient }, and answers the promise that is to end so.

import assert from "node:assert/strict";

import { begin, browse } from "./flows.mjs";
import { redirectUri } from "./server.mjs";

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
