// What a client of createClient believes of tokens that its server sends it: signed answers about tokens (RFC 9701), and
// logout tokens (OpenID Connect Back-Channel Logout).

import assert from "node:assert/strict";
import { test } from "node:test";
import { mistaken, refused } from "./support/assert.mjs";
import { client as entry } from "./support/package.mjs";
import { makeKey } from "./support/tokens.mjs";

const issuer = "https://id.example";
const metadata = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  introspection_endpoint: `${issuer}/introspect`,
  jwks_uri: `${issuer}/keys`,
};
const key = makeKey("ES256");
const stranger = makeKey("ES256");
const seconds = () => Math.floor(Date.now() / 1000);
const MEDIA_TYPE = "application/token-introspection+jwt";

/** A client whose server answers about tokens as it is told. */
function asking(answer, options = {}) {
  const asked = [];
  const fetch = async (url, init) => {
    if (url === metadata.jwks_uri) return Response.json({ keys: [key.jwk] });
    asked.push(init.headers.accept);
    return answer();
  };
  return { asked, client: entry.createClient({ metadata, clientId: "app", fetch, ...options }) };
}

const claims = (more = {}) => ({
  iss: issuer,
  aud: "app",
  sub: undefined,
  exp: undefined,
  iat: seconds(),
  token_introspection: { active: true, sub: "alice", exp: seconds() + 60 },
  ...more,
});
const signed = (more = {}, header = {}, by = key) =>
  by.sign(claims(more), { typ: "token-introspection+jwt", ...header });
const sent =
  (jwt, type = MEDIA_TYPE) =>
  () =>
    new Response(jwt, { headers: { "content-type": type } });

test("an answer that comes signed is verified, asked for or not", async () => {
  for (const params of [undefined, {}, { signed: false }, { signed: true }]) {
    const { client, asked } = asking(sent(`${signed()}\n`));
    const { exp, ...status } = await client.introspect("t", "access_token", params);
    assert.ok(exp > seconds());
    assert.deepEqual(status, { active: true, sub: "alice" });
    assert.deepEqual(asked, [params?.signed ? MEDIA_TYPE : "application/json"]);
  }
  const inactive = asking(sent(signed({ token_introspection: { active: false, sub: "alice" } })));
  assert.deepEqual(await inactive.client.introspect("t"), { active: false });
  // What is registered for ID tokens says nothing of these.
  const other = asking(sent(signed()), { idTokenAlgorithm: "RS256" });
  assert.equal((await other.client.introspect("t")).active, true);
});

test("an answer that is not signed by the server, for this client, and of now is none", async () => {
  for (const [label, jwt] of [
    ["another key", signed({}, {}, stranger)],
    ["another issuer", signed({ iss: "https://evil.example" })],
    ["another client", signed({ aud: "other" })],
    ["another kind of token", signed({}, { typ: "at+jwt" })],
    ["no kind", signed({}, { typ: undefined })],
    ["of before", signed({ iat: seconds() - 600 })],
    ["of no time", signed({ iat: undefined })],
    ["over", signed({ exp: seconds() - 600 })],
    ["not about a token", signed({ token_introspection: undefined })],
    ["about no object", signed({ token_introspection: [] })],
    ["no token", "no.token.here"],
  ]) {
    const error = await refused(() => asking(sent(jwt)).client.introspect("t"), "introspection_invalid");
    assert.equal(error.status, 502, label);
  }
  const { client } = asking(sent(signed({ token_introspection: { sub: "alice" } })));
  await refused(() => client.introspect("t"), "server_response_invalid");
  const elsewhere = asking(sent(signed({ token_introspection: { active: true, iss: "https://evil.example" } })));
  await refused(() => elsewhere.client.introspect("t"), "issuer_mismatch");
});

test("who asks for a signed answer takes no other", async () => {
  const json = () => Response.json({ active: true, sub: "alice" });
  assert.deepEqual(await asking(json).client.introspect("t"), { active: true, sub: "alice" });
  await refused(() => asking(json).client.introspect("t", undefined, { signed: true }), "introspection_invalid");
  // By its media type it is JSON, and JSON it is not.
  await refused(() => asking(sent(signed(), "application/json")).client.introspect("t"), "server_response_invalid");
  await mistaken(() => asking(json).client.introspect("t", undefined, { signed: "yes" }), /introspect.*"signed"/);
  await mistaken(() => asking(json).client.introspect("t", undefined, { sign: true }), /no option "sign"/);
});

test("keys that cannot be had are no verdict", async () => {
  const fetch = async (url) => {
    if (url === metadata.jwks_uri) throw new TypeError("offline");
    return sent(signed())();
  };
  const client = entry.createClient({ metadata, clientId: "app", fetch });
  const error = await refused(() => client.introspect("t"), "jwks_unavailable");
  assert.equal(error.status, 503);
});

test("a logout token is of the last five minutes, and has an end", async () => {
  const events = { "http://schemas.openid.net/event/backchannel-logout": {} };
  const { client } = asking(() => assert.fail("nothing is asked"));
  const token = (more) =>
    key.sign(
      { iss: issuer, aud: "app", sub: "alice", jti: "j", events, iat: seconds(), exp: seconds() + 120, ...more },
      { typ: "logout+jwt" },
    );
  assert.equal((await client.verifyLogoutToken(token())).subject, "alice");
  assert.equal((await client.verifyLogoutToken(token({ iat: seconds() - 295 }))).subject, "alice");
  for (const [more, code] of [
    [{ iat: seconds() - 400 }, "token_too_old"],
    [{ iat: seconds() - 86_400, exp: seconds() + 86_400 * 365 }, "token_too_old"],
    [{ iat: seconds() + 400 }, "token_not_yet_valid"],
    [{ iat: undefined }, "claim_missing"],
    [{ exp: undefined }, "claim_missing"],
    [{ exp: seconds() - 100 }, "token_expired"],
  ]) {
    await refused(() => client.verifyLogoutToken(token(more)), code);
  }
});
