// PKCE and the authorization request, and what all five functions make of odd arguments.

import { equal, ok, outcome, toBase64url } from "./assert.mjs";

export const server = {
  issuer: "https://as.example",
  authorization_endpoint: "https://as.example/authorize?tenant=a%20b",
  token_endpoint: "https://as.example/token",
};
export const base = {
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
    "response_mode",
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
  await test("authorization request: a form_post is asked for", () => {
    const modeOf = (options) =>
      new URL(createAuthorizationRequest({ ...base, ...options }).url).searchParams.getAll("response_mode");
    equal(modeOf({ responseMode: "form_post" }), ["form_post"], "the mode");
    equal(modeOf({ responseMode: "query" }), [], "the mode that servers have anyway");
    equal(modeOf({}), [], "no mode");
  });
  await test("authorization request: several resources", () => {
    const resource = ["https://a.example", "https://b.example/?x=1&y"];
    const { url } = createAuthorizationRequest({ ...base, params: { resource, prompt: ["login"] } });
    equal(new URL(url).searchParams.getAll("resource"), resource, "the resources");
    equal(new URL(url).searchParams.getAll("prompt"), ["login"], "the prompt");
  });
  for (const redirectUri of ["myapp://cb", "com.example.app:/cb", "http://127.0.0.1:8080/cb", "http://[::1]/cb"]) {
    await test(`authorization request: to be sent back to ${redirectUri}`, () => {
      const { url, transaction } = createAuthorizationRequest({ ...base, redirectUri });
      equal(new URL(url).searchParams.get("redirect_uri"), redirectUri, "the redirect URI");
      const state = new URL(url).searchParams.get("state");
      equal(
        parseAuthorizationResponse(`${redirectUri}?code=c&state=${state}`, transaction),
        { code: "c" },
        "the answer",
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
    "a redirect URI that is a script with slashes": { redirectUri: "javascript://cb/%0aalert(1)" },
    "a redirect URI that is a document": { redirectUri: "data:text/html,x" },
    "a redirect URI without TLS": { redirectUri: "http://app.example/callback" },
    "an app's redirect URI with a fragment": { redirectUri: "myapp://cb#x" },
    "another response mode": { responseMode: "fragment" },
    "a parameter twice": { params: { prompt: ["login", "consent"] } },
    "a parameter with no value": { params: { resource: [] } },
    "a reserved parameter in a list": { params: { state: ["x"] } },
    "an endpoint without TLS": { server: { ...server, authorization_endpoint: "http://as.example/authorize" } },
    "a token endpoint without TLS": { server: { ...server, token_endpoint: "http://as.example/token" } },
    "no issuer": { server: { ...server, issuer: undefined } },
    "an unknown option": { clientID: "x" },
  })) {
    await test(`authorization request: ${name}`, async () => {
      equal(await verdict(() => createAuthorizationRequest({ ...base, ...change })), "config", "the verdict");
    });
  }

  for (const [name, call] of Object.entries({
    createAuthorizationRequest: (value) => createAuthorizationRequest(value),
    "createAuthorizationRequest server": (value) => createAuthorizationRequest({ ...base, server: value }),
    "createAuthorizationRequest params": (value) => createAuthorizationRequest({ ...base, params: value }),
    "parseAuthorizationResponse response": (value) =>
      parseAuthorizationResponse(value, createAuthorizationRequest(base).transaction),
    "parseAuthorizationResponse pairs": (value) =>
      parseAuthorizationResponse([["state", value]], createAuthorizationRequest(base).transaction),
    "parseAuthorizationResponse transaction": (value) =>
      parseAuthorizationResponse("https://app.example/callback?from=as&code=x&state=y", value),
    createTokenRequest: (value) => createTokenRequest(value),
    "createTokenRequest transaction": (value) => createTokenRequest({ transaction: value, code: "x" }),
    "createTokenRequest code": (value) =>
      createTokenRequest({ transaction: createAuthorizationRequest(base).transaction, code: value }),
    "parseTokenResponse status": (value) => parseTokenResponse(value, "{}"),
    "parseTokenResponse body": (value) => parseTokenResponse(200, value),
    "parseTokenResponse options": (value) => parseTokenResponse(200, "{}", value),
    "parseTokenResponse transaction": (value) => parseTokenResponse(200, "{}", { transaction: value }),
  })) {
    for (const [label, make] of oddities) {
      await test(`${name}: ${label}`, async () => {
        const got = await verdict(() => call(make()));
        ok(!got.startsWith("bug") && got !== "internal_error", got);
      });
    }
  }
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
