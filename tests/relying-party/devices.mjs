// Proofs of possession, and sign-ins on another device. The form is that of attacks.mjs.

import assert from "node:assert/strict";

import { login } from "./flows.mjs";

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
