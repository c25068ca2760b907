// Sessions whose tokens are bound to the client's key (RFC 9449): what is forwarded with them, and what a guard makes of them.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { test } from "node:test";
import { client as entry } from "./support/package.mjs";
import { encode, hash } from "./support/dpop.mjs";
import { makeKey } from "./support/tokens.mjs";
import { Browser, fakeClient, guards, origin, secret, stores, web } from "./support/web.mjs";

const issuer = "https://id.example";
const api = "https://api.example";
const metadata = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  jwks_uri: `${issuer}/keys`,
};
const serverKey = makeKey("ES256", "server");
const seconds = () => Math.floor(Date.now() / 1000);
const decoded = (part) => JSON.parse(Buffer.from(part, "base64url"));

/** A private key as a server has it among its secrets. */
async function privateJwk() {
  const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, ["sign"]);
  return crypto.subtle.exportKey("jwk", privateKey);
}

const thumbprint = ({ crv, kty, x, y }) => hash(JSON.stringify({ crv, kty, x, y }));

/** A server that binds tokens to the key of the proof that it gets, and an API that wants a nonce. */
function servers() {
  const state = { requests: [], nonce: undefined, bindsTo: undefined };
  const fetch = async (url, init) => {
    const { origin: at, pathname } = new URL(url);
    if (pathname === "/keys") return Response.json({ keys: [serverKey.jwk] });
    if (pathname === "/token") {
      const { jwk } = decoded(init.headers.dpop.split(".", 1)[0]);
      // The tests' code is the nonce of the sign-in.
      const nonce = new URLSearchParams(init.body).get("code");
      const claims = { iss: issuer, sub: "alice", iat: seconds(), exp: seconds() + 600 };
      const cnf = { jkt: state.bindsTo ?? thumbprint(jwk) };
      return Response.json({
        token_type: "DPoP",
        access_token: serverKey.sign({ ...claims, aud: api, scope: "notes", cnf }, { typ: "at+jwt" }),
        id_token: serverKey.sign({ ...claims, aud: "app", nonce }),
        expires_in: 600,
      });
    }
    assert.equal(at, api);
    const headers = new Headers(init.headers);
    const proof = headers.get("dpop");
    const body = init.body === undefined ? undefined : await new Response(init.body).text();
    state.requests.push({ url, method: init.method, headers, body, redirect: init.redirect });
    const { nonce } = decoded(proof.split(".")[1]);
    if (state.nonce !== undefined && nonce !== state.nonce) {
      return new Response("no", {
        status: 401,
        headers: { "dpop-nonce": state.nonce, "www-authenticate": 'DPoP error="use_dpop_nonce"' },
      });
    }
    return new Response("ok", { headers: { "dpop-nonce": state.nonce ?? "next" } });
  };
  return { state, fetch };
}

async function application(options = {}, handler = () => new Response()) {
  const { state, fetch } = servers();
  const key = options.key ?? (await privateJwk());
  const client = entry.createClient({ metadata, clientId: "app", dpop: { key }, fetch });
  const auth = web.createWebAuth({ origin, secrets: [secret], client, ...options.web });
  const app = auth.mount((request, session) => (session ? handler({ auth, request, session }) : auth.signIn(request)));
  const browser = new Browser();
  Object.assign(state, options.state);
  const begun = browser.take(await app(browser.page("/")));
  const asked = new URL(begun.headers.get("location")).searchParams;
  const callback = `/auth/callback?code=${asked.get("nonce")}&state=${asked.get("state")}`;
  const arrived = browser.take(await app(browser.page(callback)));
  assert.equal(arrived.status, 303, await arrived.clone().text());
  return { app, auth, browser, client, fetch, key, state };
}

const forwarding = ({ fetch }) => ({ allowedOrigins: [api], fetch });

test("a bound token is forwarded with a proof for this request, and again with the nonce that is asked for", async () => {
  const apiUrl = `${api}/notes?page=2`;
  let options;
  const made = await application({}, ({ auth, request, session }) => auth.forward(request, session, apiUrl, options));
  const { app, browser, key, state } = made;
  options = forwarding(made);
  const get = await app(browser.call("/api"));
  assert.deepEqual([get.status, await get.text(), get.headers.get("dpop-nonce")], [200, "ok", null]);
  const [{ url, method, headers, redirect }] = state.requests;
  assert.deepEqual([url, method, redirect], [apiUrl, "GET", "manual"]);
  const [scheme, token] = headers.get("authorization").split(" ");
  const [header, claims] = headers.get("dpop").split(".", 2).map(decoded);
  assert.equal(scheme, "DPoP");
  assert.equal(thumbprint(header.jwk), thumbprint(key));
  assert.equal(Object.hasOwn(header.jwk, "d"), false);
  const ath = createHash("sha256").update(token).digest("base64url");
  assert.deepEqual([claims.htm, claims.htu, claims.ath], ["GET", `${api}/notes`, ath]);

  // A nonce that is new: the same request again, with its body.
  state.requests = [];
  state.nonce = "second";
  const post = await app(browser.call("/api", { method: "POST", body: "note" }));
  assert.deepEqual([post.status, await post.text()], [200, "ok"]);
  assert.deepEqual(
    state.requests.map(({ method, body }) => [method, body]),
    [
      ["POST", "note"],
      ["POST", "note"],
    ],
  );
  assert.notEqual(state.requests[0].headers.get("dpop"), state.requests[1].headers.get("dpop"));

  // What is too long to be read is sent once, and all of it.
  state.requests = [];
  state.nonce = "third";
  const long = "x".repeat(3_000_000);
  const streamed = await app(browser.call("/api", { method: "POST", body: long }));
  assert.deepEqual([streamed.status, state.requests.length], [401, 1]);
  assert.equal(state.requests[0].body, long);
  assert.equal((await app(browser.call("/api", { method: "POST", body: long }))).status, 200, "by the nonce of before");
});

test("a session says what kind of token it has, and client.fetch sends it", async () => {
  const { auth, browser, fetch, key } = await application();
  const session = await auth.session(browser.page("/"));
  assert.deepEqual([session.tokenType, session.client], ["DPoP", "default"]);
  const calling = entry.createClient({ metadata, clientId: "app", dpop: { key }, fetch, allowedOrigins: [api] });
  const tokens = { issuer, accessToken: await session.accessToken(), tokenType: session.tokenType };
  assert.equal((await calling.fetch(`${api}/notes`, undefined, tokens)).status, 200);
});

test("a guard takes a bound token of a session if it is bound to the client's key", async () => {
  const made = await application();
  const { auth, browser, fetch } = made;
  const guardWith = (more, source = auth.tokenSource) =>
    guards
      .createGuard({
        issuer,
        resource: api,
        jwks: { keys: [serverKey.jwk] },
        tokens: [guards.fromAuthorization(), source],
        ...more,
      })
      .protect({ scope: "notes" }, (_, user) => new Response(`${user.subject} ${user.scheme}`));
  for (const dpop of [undefined, { mode: "allowed" }, { mode: "required" }]) {
    const more = dpop && { dpop: { ...dpop, replay: stores.memoryStore() } };
    const route = guardWith(more);
    const answer = await route(browser.call("/api", { method: "POST" }));
    assert.deepEqual([answer.status, await answer.text()], [200, "alice DPoP"], dpop?.mode);
    assert.equal((await route(browser.call("/api", { method: "POST", site: "cross-site" }))).status, 403);
    // What a client presents itself needs its proof as ever.
    const token = await (await auth.session(browser.page("/"))).accessToken();
    for (const scheme of ["Bearer", "DPoP"]) {
      const headers = { authorization: `${scheme} ${token}` };
      assert.equal((await route(browser.call("/api", { headers }))).status, 401, `${dpop?.mode} ${scheme}`);
    }
  }
  // Bound to somebody else's key, or to ours of before.
  const other = await application({ state: { bindsTo: thumbprint(await privateJwk()) } });
  const refused = await guardWith(undefined, other.auth.tokenSource)(other.browser.call("/api"));
  assert.deepEqual([refused.status, (await refused.json()).code], [401, "dpop_invalid"]);
  // The application's next key: the session goes on, its token does not.
  const dpop = { key: await privateJwk() };
  const next = web.createWebAuth({
    origin,
    secrets: [secret],
    client: entry.createClient({ metadata, clientId: "app", dpop, fetch }),
  });
  assert.equal((await next.session(browser.page("/"))).subject, "alice");
  assert.equal((await guardWith(undefined, next.tokenSource)(browser.call("/api"))).status, 401);
  // Without a key nothing vouches for it.
  const none = web.createWebAuth({
    origin,
    secrets: [secret],
    client: entry.createClient({ metadata, clientId: "app", fetch }),
  });
  const unbound = await guardWith(undefined, none.tokenSource)(browser.call("/api"));
  assert.deepEqual([unbound.status, (await unbound.json()).code], [401, "token_binding_required"]);
});

test("a key that ends with the process is no key for sessions", async () => {
  const good = { origin, secrets: [secret] };
  const clientWith = (dpop) => entry.createClient({ metadata, clientId: "app", ...(dpop && { dpop }) });
  for (const dpop of [true, {}, { alg: "ES256" }]) {
    const fleeting = clientWith(dpop);
    for (const clients of [{ client: fleeting }, { clients: { a: clientWith(), b: fleeting } }]) {
      assert.throws(
        () => web.createWebAuth({ ...good, ...clients }),
        (error) => error instanceof TypeError && /dpop: \{ key: JSON\.parse\(env\.DPOP_KEY\) \}/.test(error.message),
      );
    }
  }
  const store = { get: async () => undefined, add: async (_, keys) => keys };
  for (const dpop of [undefined, { key: await privateJwk() }, { store }]) {
    web.createWebAuth({ ...good, client: clientWith(dpop) });
  }
});

test("a bound token of a client that is not of createClient is not forwarded", async () => {
  const client = fakeClient();
  const { callback } = client;
  client.callback = async (...args) => ({ ...(await callback(...args)), tokenType: "DPoP" });
  const auth = web.createWebAuth({ origin, secrets: [secret], client });
  const app = auth.mount((request, session) => (session ? new Response() : auth.signIn(request)));
  const browser = new Browser();
  const state = new URL(browser.take(await app(browser.page("/"))).headers.get("location")).searchParams.get("state");
  browser.take(await app(browser.page(`/auth/callback?code=c&state=${state}`)));
  const session = await auth.session(browser.page("/"));
  const fetch = () => assert.fail("nothing is sent");
  await assert.rejects(auth.forward(browser.page("/"), session, `${api}/`, { allowedOrigins: [api], fetch }), {
    name: "TypeError",
    message: /bound to a key/,
  });
});

test("a private JWK is a key for proofs, whatever else is in it", async () => {
  const jwk = await privateJwk();
  for (const key of [jwk, { ...jwk, kid: "a", use: "sig", key_ops: ["sign"], alg: "ES256", ext: true }]) {
    const { state, fetch } = servers();
    const client = entry.createClient({ metadata, clientId: "app", dpop: { key }, fetch, allowedOrigins: [api] });
    const tokens = { issuer, accessToken: "token", tokenType: "DPoP" };
    assert.equal((await client.fetch(api, undefined, tokens)).status, 200);
    const [header] = state.requests[0].headers.get("dpop").split(".");
    assert.deepEqual(decoded(header).jwk, { crv: "P-256", kty: "EC", x: jwk.x, y: jwk.y });
  }
  const { d: _, ...open } = jwk;
  assert.throws(() => entry.createClient({ metadata, clientId: "app", dpop: { key: open } }), {
    name: "TypeError",
    message: /a JWK with "d"/,
  });
  const broken = entry.createClient({ metadata, clientId: "app", dpop: { key: { ...jwk, x: encode("x") } } });
  await assert.rejects(broken.fetch(api, undefined, { issuer, accessToken: "t", tokenType: "DPoP" }), {
    name: "TypeError",
    message: /"dpop".*no private key for ES256/,
  });
});
