// PKCE, the authorization request and its response, the token request and its response.

import { equal, ok, outcome, toBase64url } from "./assert.mjs";

const server = {
  issuer: "https://as.example",
  authorization_endpoint: "https://as.example/authorize?tenant=a%20b",
  token_endpoint: "https://as.example/token",
};
const base = {
  server,
  clientId: "client/1",
  redirectUri: "https://app.example/callback?from=as",
  scope: "openid read",
};

export async function loginTests({ countersign, test }) {
  const {
    createAuthorizationRequest,
    createPkcePair,
    createTokenRequest,
    parseAuthorizationResponse,
    parseTokenResponse,
  } = countersign;
  const verdict = async (call) => (await outcome(countersign, call)).verdict;

  await test("PKCE: the pair belongs together", async () => {
    // RFC 7636, appendix B, for the function that the test itself computes with.
    equal(
      await challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"),
      "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM",
      "appendix B",
    );
    const { codeVerifier, codeChallenge, codeChallengeMethod } = createPkcePair();
    ok(/^[A-Za-z0-9._~-]{43,128}$/.test(codeVerifier), `the verifier is ${codeVerifier}`);
    equal(codeChallenge, await challenge(codeVerifier), "the challenge");
    equal(codeChallengeMethod, "S256", "the method");
    ok(createPkcePair().codeVerifier !== codeVerifier, "two verifiers are the same");
  });

  await test("authorization request: every parameter", async () => {
    const { url, transaction } = createAuthorizationRequest({
      ...base,
      params: { prompt: "login", resource: "https://api.example" },
    });
    const { origin, pathname, searchParams } = new URL(url);
    equal(`${origin}${pathname}`, "https://as.example/authorize", "the endpoint");
    equal(searchParams.get("tenant"), "a b", "the endpoint's own query");
    const { state, nonce, code_challenge, ...rest } = Object.fromEntries(searchParams);
    equal(
      Object.fromEntries(Object.entries(rest).sort()),
      {
        client_id: "client/1",
        code_challenge_method: "S256",
        prompt: "login",
        redirect_uri: base.redirectUri,
        resource: "https://api.example",
        response_type: "code",
        scope: "openid read",
        tenant: "a b",
      },
      "the query",
    );
    equal(new Set(searchParams.keys()).size, [...searchParams.keys()].length, "the number of different names");
    for (const value of [state, nonce]) ok(/^[A-Za-z0-9_-]{43,}$/.test(value), `${value} is short of 256 bits`);
    equal(transaction.nonce, nonce, "the nonce of the transaction");
    const { body } = createTokenRequest({ transaction, code: "x" });
    equal(await challenge(new URLSearchParams(body).get("code_verifier")), code_challenge, "the challenge");
    equal(JSON.parse(JSON.stringify(transaction)), transaction, "a transaction that was stored as JSON");
  });
  await test("authorization request: nothing in it repeats", () => {
    const seen = new Set();
    for (let count = 0; count < 50; count += 1) {
      const { searchParams } = new URL(createAuthorizationRequest(base).url);
      for (const name of ["state", "nonce", "code_challenge"]) seen.add(searchParams.get(name));
    }
    equal(seen.size, 150, "the number of different values");
  });
  for (const name of [
    "client_id",
    "redirect_uri",
    "response_type",
    "state",
    "nonce",
    "code_challenge",
    "code_challenge_method",
    "scope",
  ]) {
    await test(`authorization request: params may not set ${name}`, async () => {
      equal(
        await verdict(() => createAuthorizationRequest({ ...base, params: { [name]: "x" } })),
        "config",
        "the verdict",
      );
    });
  }
  await test("authorization request: a server that has no S256", async () => {
    const plain = { ...server, code_challenge_methods_supported: ["plain"] };
    equal(
      await verdict(() => createAuthorizationRequest({ ...base, server: plain })),
      "pkce_unsupported",
      "the verdict",
    );
    const both = { ...server, code_challenge_methods_supported: ["plain", "S256"] };
    equal(await verdict(() => createAuthorizationRequest({ ...base, server: both })), "ok", "the verdict");
  });
  for (const [name, change] of Object.entries({
    "no client": { clientId: undefined },
    "no redirect URI": { redirectUri: undefined },
    "a redirect URI with a fragment": { redirectUri: "https://app.example/#x" },
    "a redirect URI that is a script": { redirectUri: "javascript:alert(1)" },
    "an endpoint without TLS": { server: { ...server, authorization_endpoint: "http://as.example/authorize" } },
    "a token endpoint without TLS": { server: { ...server, token_endpoint: "http://as.example/token" } },
    "no issuer": { server: { ...server, issuer: undefined } },
    "an unknown option": { clientID: "x" },
  })) {
    await test(`authorization request: ${name}`, async () => {
      equal(await verdict(() => createAuthorizationRequest({ ...base, ...change })), "config", "the verdict");
    });
  }

  await responses({ test, verdict, ...countersign });
  await tokenRequests({ test, verdict, ...countersign });

  for (const [name, call] of Object.entries({
    createAuthorizationRequest: (value) => createAuthorizationRequest(value),
    "createAuthorizationRequest server": (value) => createAuthorizationRequest({ ...base, server: value }),
    "createAuthorizationRequest params": (value) => createAuthorizationRequest({ ...base, params: value }),
    "parseAuthorizationResponse url": (value) =>
      parseAuthorizationResponse(value, createAuthorizationRequest(base).transaction),
    "parseAuthorizationResponse transaction": (value) =>
      parseAuthorizationResponse("https://app.example/callback?from=as&code=x&state=y", value),
    createTokenRequest: (value) => createTokenRequest(value),
    "createTokenRequest transaction": (value) => createTokenRequest({ transaction: value, code: "x" }),
    "createTokenRequest code": (value) =>
      createTokenRequest({ transaction: createAuthorizationRequest(base).transaction, code: value }),
    "parseTokenResponse status": (value) => parseTokenResponse(value, "{}"),
    "parseTokenResponse body": (value) => parseTokenResponse(200, value),
  })) {
    for (const [label, make] of oddities) {
      await test(`${name}: ${label}`, async () => {
        const got = await verdict(() => call(make()));
        ok(!got.startsWith("bug") && got !== "internal_error", got);
      });
    }
  }
}

async function responses({ test, verdict, createAuthorizationRequest, parseAuthorizationResponse }) {
  const { transaction, url } = createAuthorizationRequest(base);
  const state = new URL(url).searchParams.get("state");
  const callback = `${base.redirectUri}&code=abc&state=${state}`;
  const cases = [
    ["the answer to the request", callback, "ok"],
    ["with the issuer", `${callback}&iss=https%3A%2F%2Fas.example`, "ok"],
    ["with another issuer", `${callback}&iss=https%3A%2F%2Fevil.example`, "response_issuer_mismatch"],
    ["with the issuer and a slash", `${callback}&iss=https%3A%2F%2Fas.example%2F`, "response_issuer_mismatch"],
    ["with another state", callback.replace(state, `${state.slice(1)}x`), "state_mismatch"],
    ["with a shorter state", callback.slice(0, -1), "state_mismatch"],
    ["without a state", `${base.redirectUri}&code=abc`, "authorization_response_invalid"],
    ["with two codes", `${callback}&code=abc`, "authorization_response_invalid"],
    ["with two states", `${callback}&state=${state}`, "authorization_response_invalid"],
    ["without a code", `${base.redirectUri}&state=${state}`, "authorization_response_invalid"],
    ["with an empty code", `${base.redirectUri}&code=&state=${state}`, "authorization_response_invalid"],
    [
      "with an error",
      `${base.redirectUri}&error=access_denied&error_description=no&state=${state}`,
      "authorization_error",
    ],
    ["with an error and another state", `${base.redirectUri}&error=access_denied&state=x`, "state_mismatch"],
    ["with invalid percent-encoding", `${callback}&x=%E0%A4%A`, undefined],
  ];
  for (const [name, response, expected] of cases) {
    await test(`authorization response: ${name}`, async () => {
      const got = await verdict(() => parseAuthorizationResponse(response, transaction));
      if (expected) equal(got, expected, "the verdict");
      else ok(!got.startsWith("bug"), got);
    });
  }
  await test("authorization response: the code", () => {
    equal(parseAuthorizationResponse(callback, transaction), { code: "abc" }, "the answer");
    equal(
      parseAuthorizationResponse(callback.replace("abc", "a%2Bb+c"), transaction).code,
      "a+b c",
      "the decoded code",
    );
  });
  await test("authorization response: a server that promises its issuer must name it", async () => {
    const promising = { ...server, authorization_response_iss_parameter_supported: true };
    const second = createAuthorizationRequest({ ...base, server: promising });
    const answer = `${base.redirectUri}&code=abc&state=${new URL(second.url).searchParams.get("state")}`;
    equal(
      await verdict(() => parseAuthorizationResponse(answer, second.transaction)),
      "response_issuer_mismatch",
      "the verdict",
    );
    equal(
      await verdict(() => parseAuthorizationResponse(`${answer}&iss=https%3A%2F%2Fas.example`, second.transaction)),
      "ok",
      "the verdict",
    );
  });
  await test("authorization response: too late", async () => {
    const late = { ...transaction, expiresAt: 1 };
    equal(await verdict(() => parseAuthorizationResponse(callback, late)), "transaction_expired", "the verdict");
  });
  await test("authorization response: another request's transaction", async () => {
    const other = createAuthorizationRequest(base).transaction;
    equal(await verdict(() => parseAuthorizationResponse(callback, other)), "state_mismatch", "the verdict");
  });
}

async function tokenRequests({ test, verdict, createAuthorizationRequest, createTokenRequest, parseTokenResponse }) {
  const { transaction } = createAuthorizationRequest(base);
  await test("token request: a public client", () => {
    const { url, method, headers, body } = createTokenRequest({ transaction, code: "a+b c" });
    equal([url, method], [server.token_endpoint, "POST"], "where to");
    const { code_verifier, ...form } = Object.fromEntries(new URLSearchParams(body));
    equal(
      Object.fromEntries(Object.entries(form).sort()),
      { client_id: "client/1", code: "a+b c", grant_type: "authorization_code", redirect_uri: base.redirectUri },
      "the form",
    );
    ok(/^[A-Za-z0-9._~-]{43,128}$/.test(code_verifier), "the verifier");
    equal(new Headers(headers).get("content-type"), "application/x-www-form-urlencoded", "its type");
    equal(new Headers(headers).get("accept"), "application/json", "what it accepts");
  });
  await test("token request: client_secret_basic encodes both parts", () => {
    const { headers, body } = createTokenRequest({
      transaction,
      code: "x",
      clientAuthentication: { method: "client_secret_basic", secret: "p:a s+s" },
    });
    // %20, not +: every server understands it, whether it decodes a form or percent-encoding alone.
    equal(new Headers(headers).get("authorization"), `Basic ${btoa("client%2F1:p%3Aa%20s%2Bs")}`, "the header");
    ok(!new URLSearchParams(body).has("client_secret"), "the secret is in the form");
  });
  await test("token request: client_secret_post", () => {
    const { headers, body } = createTokenRequest({
      transaction,
      code: "x",
      clientAuthentication: { method: "client_secret_post", secret: "p:a s+s" },
    });
    equal(new Headers(headers).has("authorization"), false, "an Authorization header");
    equal(new URLSearchParams(body).get("client_secret"), "p:a s+s", "the secret");
  });

  const good = { access_token: "a", token_type: "Bearer", expires_in: 60 };
  const cases = [
    ["what it should be", 200, JSON.stringify(good), "ok"],
    ["token_type in another case", 200, JSON.stringify({ ...good, token_type: "bearer" }), "ok"],
    ["an error", 400, '{"error":"invalid_grant"}', "token_endpoint_error"],
    ["an error with status 401", 401, '{"error":"invalid_client","error_description":"no"}', "token_endpoint_error"],
    ["an error without JSON", 502, "<html>", "token_response_invalid"],
    ["HTML", 200, "<html>", "token_response_invalid"],
    ["nothing", 200, "", "token_response_invalid"],
    ["a list", 200, "[]", "token_response_invalid"],
    ["no access token", 200, '{"token_type":"Bearer"}', "token_response_invalid"],
    ["no token type", 200, '{"access_token":"a"}', "token_response_invalid"],
    ["another token type", 200, JSON.stringify({ ...good, token_type: "mac" }), "token_response_invalid"],
    ["a number as access token", 200, JSON.stringify({ ...good, access_token: 1 }), "token_response_invalid"],
    [
      "a duplicate member",
      200,
      '{"access_token":"a","access_token":"b","token_type":"Bearer"}',
      "token_response_invalid",
    ],
  ];
  for (const [name, status, body, expected] of cases) {
    await test(`token response: ${name}`, async () =>
      equal(await verdict(() => parseTokenResponse(status, body)), expected, "the verdict"));
  }
  await test("token response: its members", () => {
    const { access_token, token_type, expires_in } = parseTokenResponse(200, JSON.stringify(good));
    equal({ access_token, token_type, expires_in }, good, "the answer");
  });
}

async function challenge(verifier) {
  return toBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(verifier))));
}

const boom = () => {
  throw new RangeError("boom");
};
const oddities = [
  ["undefined", () => undefined],
  ["null", () => null],
  ["a number", () => NaN],
  ["a symbol", () => Symbol("x")],
  ["an object", () => ({})],
  ["an array", () => [1]],
  ["a getter that throws", () => Object.defineProperty({}, "server", { get: boom, enumerable: true })],
  [
    "a proxy that throws",
    () => new Proxy({}, { get: boom, has: boom, ownKeys: boom, getOwnPropertyDescriptor: boom, getPrototypeOf: boom }),
  ],
  ["a lone surrogate", () => "https://app.example/\ud800"],
  ["10 MB", () => "a".repeat(10_000_000)],
];
