// Where createClient sends tokens, and what it says of those that it does not send.

import assert from "node:assert/strict";
import { test } from "node:test";

import { login } from "../relying-party/flows.mjs";
import { HostileServer, redirectUri } from "../relying-party/server.mjs";
import { mistaken } from "./support/assert.mjs";
import { client as entry } from "./support/package.mjs";

const issuer = "https://id.example";

/** A server and a client of it, and what is asked of a resource. */
function setUp(of = issuer, { client: registration, ...options } = {}) {
  const server = new HostileServer(of, { sign: "ec", publish: ["ec"], ...(registration && { client: registration }) });
  const asked = [];
  const fetch = async (url, init) => {
    if (!String(url).startsWith("https://api.example/")) return server.fetch(url, init);
    asked.push(init);
    return (options.answer ?? (() => new Response(null)))(init);
  };
  const client = entry.createClient({
    issuer: of,
    clientId: "app",
    redirectUri,
    fetch,
    allowedOrigins: ["https://api.example"],
    ...(options.dpop && { dpop: options.dpop }),
  });
  return { server, client, asked };
}

test("tokens of one issuer are neither another's nor its resources'", async () => {
  const tokens = await login(setUp());
  const other = setUp("https://other.example");
  for (const call of [
    () => other.client.userinfo(tokens),
    () => other.client.fetch("https://api.example/notes", {}, tokens),
    () => other.client.refresh({ ...tokens, refreshToken: "refresh" }),
    () => other.client.revoke(tokens),
  ]) {
    await mistaken(call, /the tokens are of another issuer/);
  }
  const seen = JSON.stringify([other.server.requests, other.asked]);
  assert.ok(!seen.includes(tokens.accessToken), "no request has the token");
  assert.deepEqual([other.server.count("userinfo"), other.asked.length], [0, 0]);
});

test("at a provider without ID tokens too", async () => {
  const metadata = {
    issuer,
    authorization_endpoint: `${issuer}/authorize`,
    token_endpoint: `${issuer}/token`,
  };
  const asked = [];
  const fetch = async (url) => (asked.push(url), Response.json({ id: 7 }));
  const provider = { name: "provider", user: { url: `${issuer}/me`, id: ["id"] } };
  const client = entry.createClient({ metadata, clientId: "app", redirectUri, provider, fetch });
  const tokens = { issuer: "https://other.example", accessToken: "access", tokenType: "Bearer" };
  await mistaken(() => client.userinfo(tokens), /the tokens are of another issuer/);
  assert.deepEqual(asked, []);
  assert.equal((await client.userinfo({ ...tokens, issuer })).sub, "7");
});

test("a token that no header field could carry is in no error", async () => {
  const { client, asked } = setUp();
  const secret = "the-secret-part";
  for (const accessToken of [
    `${secret}\n`,
    `a\r\nx: ${secret}`,
    `${secret}\u0000`,
    `é${secret}`,
    `${secret}\u{1f600}`,
  ]) {
    const tokens = { issuer, accessToken, tokenType: "Bearer", claims: { sub: "user" } };
    for (const call of [() => client.fetch("https://api.example/", {}, tokens), () => client.userinfo(tokens)]) {
      const error = await call().then(assert.fail, (thrown) => thrown);
      assert.ok(error instanceof TypeError, String(error));
      for (let one = error; one !== undefined; one = one.cause) assert.ok(!String(one.message).includes(secret));
    }
  }
  for (const tokenType of ["Basic", "bearer x", "Bearer\r\nx: y", ""]) {
    await mistaken(
      () => client.fetch("https://api.example/", {}, { issuer, accessToken: "a", tokenType }),
      /"tokenType" must be/,
    );
  }
  assert.equal(asked.length, 0);
});

test("a body that can be read once is sent once, whatever kind of stream it is", async () => {
  const answer = () =>
    new Response(null, {
      status: 401,
      headers: { "dpop-nonce": "n", "www-authenticate": 'DPoP error="use_dpop_nonce"' },
    });
  const { client, asked } = setUp(issuer, { dpop: true, answer });
  const tokens = { issuer, accessToken: "access", tokenType: "DPoP" };
  const send = (body) => client.fetch("https://api.example/", { method: "POST", body, duplex: "half" }, tokens);
  async function* chunks() {
    yield new Uint8Array(1);
  }
  for (const [body, times] of [
    ["text", 2],
    [new Uint8Array(3), 2],
    [new URLSearchParams({ a: "b" }), 2],
    [new Blob(["x"]).stream(), 1],
    [chunks(), 1],
  ]) {
    asked.length = 0;
    assert.equal((await send(body)).status, 401);
    assert.equal(asked.length, times, String(body));
  }
});
