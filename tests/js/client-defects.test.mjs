// What the libraries that a client replaces got wrong when they signed users in, one test each. What is named is what they did.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";

import { begin, login, makeLogoutToken } from "../relying-party/flows.mjs";
import { HostileServer, json, redirectUri } from "../relying-party/server.mjs";
import { codeOf, mistaken, refused } from "./support/assert.mjs";
import { client as entry } from "./support/package.mjs";

const issuer = "https://id.example";
const secret = "the client's secret";

/** A server, and a client of it, without a network. */
function setUp(behaviour = {}, { server: setup = {}, ...options } = {}) {
  const server = new HostileServer(issuer, { behaviour, sign: "ec", publish: ["ec"], ...setup });
  const client = entry.createClient({ issuer, clientId: "app", redirectUri, fetch: server.fetch, ...options });
  return { server, client };
}
const confidential = {
  server: { client: { id: "app", method: "client_secret_basic", secret } },
  clientAuthentication: { method: "client_secret_basic", secret },
};

test("Fief: neither state nor nonce nor issuer is looked at when the browser comes back", async () => {
  const { client, server } = setUp();
  const { url, transaction } = await begin({ client, server });
  const other = await begin({ client, server });
  const altered = (name, value) => {
    const changed = new URL(url);
    if (value === undefined) changed.searchParams.delete(name);
    else changed.searchParams.set(name, value);
    return changed.href;
  };
  const callback = (response, from = transaction) => client.callback(response, from);
  await refused(() => callback(altered("state", "another")), "state_mismatch");
  await refused(() => callback(altered("state", undefined)), "authorization_response_invalid");
  await refused(() => callback(url, other.transaction), "state_mismatch");
  await refused(() => callback(altered("iss", "https://other.example")), "response_issuer_mismatch");
  await refused(() => callback(altered("iss", undefined)), "response_issuer_mismatch");
  assert.equal(server.count("token"), 0, "no code was sent anywhere");
  await refused(() => callback(url, { ...transaction, nonce: "another" }), "nonce_mismatch");
});

test("Fief: an ID token is anybody's who has a token of the same keys", async () => {
  for (const [claims, code] of [
    [{ iss: "https://other.example" }, "issuer_mismatch"],
    [{ iss: `${issuer}/` }, "issuer_mismatch"],
    [{ aud: "other" }, "audience_mismatch"],
    [{ aud: ["other"] }, "audience_mismatch"],
  ]) {
    await refused(() => login(setUp({ claims })), code);
  }
});

test("Fief: the client keeps keys for ever, and unknown ones are asked for each time", async () => {
  const pair = setUp();
  await login(pair);
  Object.assign(pair.server, { sign: "next", publish: ["next"] });
  await login(pair);
  assert.equal(pair.server.count("jwks"), 2, "one more request for the new key");
  pair.server.behaviour.header = (header) => ({ ...header, kid: `made up ${Math.random()}` });
  for (let unknown = 0; unknown < 50; unknown += 1) await refused(() => login(pair), "key_not_found");
  assert.ok(pair.server.count("jwks") <= 3, "made-up key IDs cause one request in 30 seconds");
});

test("Fief: a discovery that has failed stays so, for all that wait", async () => {
  const pair = setUp({ answers: { metadata: json({}, 503) } });
  const attempts = await Promise.all([1, 2, 3].map(() => codeOf(() => pair.client.authorize())));
  assert.deepEqual(attempts, Array(3).fill("server_unavailable"));
  delete pair.server.behaviour.answers;
  await login(pair);
});

test("Fief, PyJWT, the Auth0 sample: an ID token without `exp` never expires", async () => {
  for (const exp of [undefined, null, "never", {}]) {
    assert.match(await codeOf(() => login(setUp({ claims: { exp } }))), /^claim_(?:missing|invalid)$/, String(exp));
  }
});

test("Fief: claims of another type end in an error of the program's", async () => {
  const values = [null, true, 0, -1, 1e300, "", [], ["a", 1], {}, { a: 1 }, [[["a"]]], "\u0000", "\ud83d\ude00"];
  const names = ["iss", "sub", "aud", "exp", "iat", "nbf", "nonce", "at_hash", "c_hash", "azp", "auth_time", "acr"];
  const pair = setUp();
  let refusals = 0;
  for (const name of names) {
    for (const value of values) {
      pair.server.behaviour.claims = { [name]: value };
      const { url, transaction } = await begin(pair);
      const code = await codeOf(() => pair.client.callback(url, transaction));
      assert.notEqual(code, "TypeError", `${name}: ${JSON.stringify(value)}`);
      if (code !== "ok") refusals += 1;
      // What says who it is, for whom, by whom and for how long.
      if (["iss", "aud", "exp", "nonce"].includes(name))
        assert.notEqual(code, "ok", `${name}: ${JSON.stringify(value)}`);
    }
  }
  assert.ok(refusals > 100, `${refusals}`);
});

test("Fief: a confidential client refreshes without its secret", async () => {
  const { client, server } = setUp({}, confidential);
  const tokens = await login({ client, server });
  const next = await client.refresh(tokens);
  assert.notEqual(next.refreshToken, tokens.refreshToken);
  assert.deepEqual([next.claims.sub, next.idToken === tokens.idToken], ["user", false]);
  await refused(() => setUp({}, { server: confidential.server }).client.refresh("r"), "token_endpoint_error");
});

test("Fief: a parameter of the request needs another, and some replace the client's own", async () => {
  const { client } = setUp();
  const { url } = await client.authorize({
    params: { lang: "de", ui_locales: "de", acr_values: "2", screen: "signup" },
  });
  const { searchParams } = new URL(url);
  assert.deepEqual(
    [searchParams.get("lang"), searchParams.get("screen"), searchParams.getAll("state").length],
    ["de", "signup", 1],
  );
  for (const name of [
    "client_id",
    "redirect_uri",
    "response_type",
    "response_mode",
    "scope",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "request",
    "request_uri",
  ]) {
    await mistaken(() => client.authorize({ params: { [name]: "x" } }), /params|parameter/);
  }
});

test("Fief, Authlib: two sign-ins in one browser end one another", async () => {
  const pair = setUp();
  const [first, second] = [await begin(pair, "one"), await begin(pair, "two")];
  const jar = [first.transaction, second.transaction];
  for (const [{ url }, user] of [
    [second, "two"],
    [first, "one"],
  ]) {
    assert.equal((await pair.client.callback(url, jar)).claims.sub, user);
  }
});

test("Fief, command line: a refresh that fails begins another one", async () => {
  const { client, server } = setUp();
  const error = await client.refresh("gone").then(assert.fail, (thrown) => thrown);
  assert.deepEqual([error.code, entry.isInvalidGrant(error)], ["token_endpoint_error", true]);
  assert.equal(server.count("token"), 1);
});

test("Authlib: `aud` need not name the client where `azp` does", async () => {
  await refused(() => login(setUp({ claims: { aud: "other", azp: "app" } })), "audience_mismatch");
  await refused(() => login(setUp({ claims: { aud: ["app"], azp: "other" } })), "claim_invalid");
  const trusting = { trustedAudiences: ["project"] };
  await refused(() => login(setUp({ claims: { aud: ["project"], azp: "app" } }, trusting)), "audience_mismatch");
  await login(setUp({ claims: { aud: ["app", "project"], azp: "app" } }, trusting));
});

test("Authlib: an error is believed without a state", async () => {
  const { client, server } = setUp();
  const { transaction } = await begin({ client, server });
  const answer = (query) => () => client.callback(`${redirectUri}?${query}`, transaction);
  await refused(answer("error=access_denied"), "authorization_response_invalid");
  await refused(answer("error=access_denied&state=another"), "state_mismatch");
  const iss = encodeURIComponent(issuer);
  await refused(answer(`error=access_denied&iss=${iss}&state=${transaction.state}`), "authorization_error");
});

test("Fief: `at_hash` is SHA-256 whatever the algorithm", async () => {
  for (const [sign, digest] of [
    ["rsa", "sha256"],
    ["pss", "sha256"],
    ["p384", "sha384"],
    ["ed", "sha512"],
  ]) {
    const half =
      (hash) =>
      (good, { accessToken }) => {
        const bytes = createHash(hash).update(accessToken).digest();
        return { ...good, at_hash: bytes.subarray(0, bytes.length / 2).toString("base64url") };
      };
    const setup = { server: { sign, publish: [sign] } };
    await login(setUp({ claims: half(digest) }, setup));
    const other = digest === "sha256" ? "sha512" : "sha256";
    await refused(() => login(setUp({ claims: half(other) }, setup)), "claim_invalid");
  }
});

test("auth0-fastapi: a logout token may have a nonce, and no identifier", async () => {
  const { client, server } = setUp();
  const verify = (claims) => () => client.verifyLogoutToken(makeLogoutToken(server, { claims }));
  assert.equal((await verify({})()).sid, "session");
  await refused(verify({ nonce: "n" }), "claim_invalid");
  await refused(verify({ jti: undefined }), "claim_missing");
  await refused(verify({ jti: 7 }), "claim_invalid");
  await refused(verify({ sub: undefined, sid: undefined }), "claim_missing");
});

test("hono/oidc-auth: a server that is busy ends the session", async () => {
  for (const answer of [json({}, 429), json({}, 503), json({ error: "temporarily_unavailable" }, 503)]) {
    const pair = setUp();
    const tokens = await login(pair);
    pair.server.behaviour.answers = { token: answer };
    const error = await pair.client.refresh(tokens).then(assert.fail, (thrown) => thrown);
    assert.ok([502, 503].includes(error.status), `${error.code}`);
    assert.equal(entry.isInvalidGrant(error), false);
    delete pair.server.behaviour.answers;
    assert.equal((await pair.client.refresh(tokens)).claims.sub, "user", "the refresh token is as good as before");
  }
});

test("openid-client: the redirect URI is what a proxy has made of the address", async () => {
  const pair = setUp();
  for (const address of ["http://10.0.0.7:3000/callback", "https://app.example/stripped", "/callback"]) {
    const { url, transaction } = await begin(pair);
    const tokens = await pair.client.callback(`${address}${new URL(url).search}`, transaction);
    assert.equal(tokens.claims.sub, "user");
    const sent = pair.server.requests.findLast(({ endpoint }) => endpoint === "token");
    assert.equal(new URLSearchParams(sent.body).get("redirect_uri"), redirectUri);
  }
});

test("Fief, browser: a token goes where a redirect or an address leads", async () => {
  const seen = [];
  const { server } = setUp();
  const fetch = async (url, init) => {
    if (!String(url).startsWith("https://api.")) return server.fetch(url, init);
    seen.push([String(url), new Headers(init.headers).get("authorization")]);
    return new Response(null, { status: 302, headers: { location: "https://other.example/" } });
  };
  const options = { issuer, clientId: "app", redirectUri, fetch, allowedOrigins: ["https://api.example"] };
  const client = entry.createClient(options);
  const tokens = await login({ client, server });
  const response = await client.fetch("https://api.example/notes", {}, tokens);
  assert.equal(response.status, 302);
  assert.deepEqual(seen, [["https://api.example/notes", `Bearer ${tokens.accessToken}`]]);
  for (const url of [
    "https://other.example/",
    "http://api.example/",
    "https://api.example:8443/",
    "https://api.example.other/",
  ]) {
    await mistaken(() => client.fetch(url, {}, tokens), /allowedOrigins/);
  }
  await mistaken(() => client.fetch("https://api.example@other.example/", {}, tokens), /./);
  assert.equal(seen.length, 1);
});
