// Guards, where no server of Node's is: what a request comes to, proofs, users, opaque tokens. Requests are plain objects,
// since a page may not set `Cookie` or `Origin` of a `Request`.

import { equal } from "./assert.mjs";

const issuer = "https://tenant.example/";
const resource = "https://api.example";
const seconds = 1_700_000_000;
const now = () => seconds * 1000;
const bytes = (text) => new TextEncoder().encode(text);
const base64url = (data) =>
  btoa(String.fromCharCode(...new Uint8Array(data)))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const encode = (value) => base64url(bytes(JSON.stringify(value)));
const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

/** A key pair that signs. */
async function makeKey() {
  const { privateKey, publicKey } = await crypto.subtle.generateKey(ES256, true, ["sign", "verify"]);
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  return {
    jwk: { kty, crv, x, y },
    async sign(header, claims) {
      const input = `${encode({ alg: "ES256", ...header })}.${encode(claims)}`;
      return `${input}.${base64url(await crypto.subtle.sign(ES256, privateKey, bytes(input)))}`;
    },
  };
}

export async function guardTests({ countersign: { guard: guards, stores, user: users }, test }) {
  const { createGuard, fromAuthorization, fromCookie } = guards;
  const key = await makeKey();
  const jwks = { keys: [{ ...key.jwk, kid: "key", alg: "ES256" }] };
  const sign = (claims = {}) =>
    key.sign({ kid: "key" }, { iss: issuer, aud: resource, sub: "user", exp: seconds + 60, ...claims });
  const options = { issuer, resource, jwks, now };
  const asking = (fields = {}, method = "GET") => ({
    method,
    url: `${resource}/notes`,
    headers: { get: (name) => fields[name.toLowerCase()] ?? null },
  });
  const bearer = (token) => ({ authorization: `Bearer ${token}` });

  /** What a route answers, and who it took the caller for. */
  async function ask(guard, need, fields, method) {
    let auth;
    const route = guard.protect(need, (_, given) => ((auth = given), new Response("in")));
    const response = await route(asking(fields, method));
    return { status: response.status, headers: response.headers, code: await codeOf(response), auth };
  }
  const codeOf = async (response) => (response.status < 400 ? undefined : JSON.parse(await response.text()).code);

  await test("guard: the status contract", async () => {
    const guard = createGuard(options);
    const good = await sign({ scope: "read" });
    for (const [fields, status] of [
      [{}, 401],
      [{ authorization: "Basic YTpi" }, 401],
      [{ authorization: "Bearer" }, 400],
      [{ authorization: `Bearer ${good}, Bearer ${good}` }, 400],
      [bearer("x"), 401],
      [bearer(`${good.slice(0, -4)}AAAA`), 401],
      [bearer(await sign({ scope: "read", exp: seconds - 60 })), 401],
      [bearer(await sign({ scope: "read", cnf: { jkt: "x" } })), 401],
      [bearer(await sign()), 403],
      [bearer(good), 200],
    ]) {
      const { auth, headers, ...answer } = await ask(guard, { scope: "read" }, fields);
      equal(answer.status, status);
      equal(auth?.subject, status === 200 ? "user" : undefined);
      equal(headers.get("www-authenticate")?.startsWith("Bearer ") ?? false, status !== 200);
    }
    const down = createGuard({
      ...options,
      jwks: undefined,
      jwksUri: `${issuer}jwks`,
      fetch: async () => Promise.reject(),
    });
    const { status, headers } = await ask(down, {}, bearer(good));
    equal([status, headers.get("retry-after"), headers.get("www-authenticate")].join(), "503,5,");
    const metadata = guard.metadataResponse({ ...asking(), url: `${resource}/.well-known/oauth-protected-resource` });
    equal((await metadata.json()).authorization_servers.join(), issuer);
    equal(guard.metadataResponse(asking()), undefined);
  });

  await test("guard: cookies serve pages of our own", async () => {
    const guard = createGuard({ ...options, tokens: [fromAuthorization(), fromCookie("__Host-token")] });
    const cookie = `__Host-token=${await sign()}`;
    equal((await ask(guard, {}, { cookie })).status, 200);
    equal((await ask(guard, {}, { cookie: `${cookie}; ${cookie}` })).status, 400);
    equal((await ask(guard, {}, { cookie }, "POST")).code, "csrf_refused");
    equal((await ask(guard, {}, { cookie, origin: resource }, "POST")).status, 200);
    equal((await ask(guard, {}, { cookie, upgrade: "websocket" })).code, "csrf_refused");
  });

  await test("guard: a proof is used once, and has the nonce", async () => {
    const dpop = { mode: "required", replay: stores.memoryStore(), nonceSecret: new Uint8Array(32).fill(7) };
    const guard = createGuard({ ...options, dpop });
    const client = await makeKey();
    const { kty, crv, x, y } = client.jwk;
    const digest = async (text) => base64url(await crypto.subtle.digest("SHA-256", bytes(text)));
    const token = await sign({ cnf: { jkt: await digest(JSON.stringify({ crv, kty, x, y })) } });
    const claims = { jti: "1", htm: "GET", htu: `${resource}/notes`, iat: seconds, ath: await digest(token) };
    const send = async (more) => {
      const dpop = await client.sign({ typ: "dpop+jwt", jwk: client.jwk }, { ...claims, ...more });
      return ask(guard, {}, { authorization: `DPoP ${token}`, dpop });
    };
    const first = await send({});
    equal(first.code, "dpop_nonce_required");
    const nonce = first.headers.get("dpop-nonce");
    equal((await send({ nonce })).auth.scheme, "DPoP");
    equal((await send({ nonce })).code, "replay_detected");
    equal((await send({ nonce, jti: "2", htm: "POST" })).code, "dpop_invalid");
    equal((await ask(guard, {}, bearer(token))).code, "token_binding_required");
  });

  await test("guard: the issuer is asked about users and opaque tokens", async () => {
    const requests = [];
    const fetch = async (url, { headers }) => {
      requests.push(new URL(url).pathname);
      if (url.endsWith("/userinfo")) return Response.json({ sub: "user", name: headers.authorization });
      return Response.json({ active: true, sub: "user", scope: "read", exp: seconds + 60 });
    };
    const user = users.currentUser({ issuer, endpoint: `${issuer}userinfo`, fetch, now });
    const clientAuthentication = { method: "client_secret_basic", secret: "secret" };
    const introspection = { endpoint: `${issuer}introspect`, clientId: "api", clientAuthentication };
    const guard = createGuard({ ...options, fetch: undefined, user });
    const token = await sign();
    const { auth } = await ask(guard, {}, bearer(token));
    equal(auth.user.name, `Bearer ${token}`);
    equal((await ask(guard, {}, bearer(token))).auth.user, auth.user);
    const { jwks: _, ...fetched } = options;
    const opaque = createGuard({ ...fetched, jwksUri: `${issuer}jwks`, fetch, introspection });
    equal((await ask(opaque, { scope: "read" }, bearer("opaque"))).auth.subject, "user");
    equal(requests.join(), "/userinfo,/introspect");
  });

  await test("guard: the signal is aborted when the token expires", async () => {
    const begin = Date.now();
    const guard = createGuard({ ...options, now: () => now() + Date.now() - begin });
    const { auth } = await ask(guard, {}, bearer(await sign({ exp: seconds + 1 })));
    equal(auth.signal.aborted, false);
    // The signal's timer does not hold a process of Node's open. A request does.
    const open = setInterval(() => undefined, 1000);
    await new Promise((resolve) => auth.signal.addEventListener("abort", resolve));
    clearInterval(open);
    equal(auth.signal.reason.name, "TimeoutError");
  });
}
