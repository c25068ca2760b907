// The authorization response, the token request and its response.

import { equal, ok, outcome } from "./assert.mjs";
import { base, server } from "./login.mjs";

export async function responseTests({ countersign, test }) {
  const verdict = async (call) => (await outcome(countersign, call)).verdict;
  const context = { countersign, test, verdict, ...countersign };
  await authorizationResponses(context);
  await tokenRequests(context);
  await tokenResponses(context);
}

async function authorizationResponses({ test, verdict, createAuthorizationRequest, parseAuthorizationResponse }) {
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
  await test("authorization response: the query or the form alone", async () => {
    const form = `code=a%2Bb+c&state=${state}&iss=https%3A%2F%2Fas.example`;
    const data = new FormData();
    for (const [name, value] of new URLSearchParams(form)) data.append(name, value);
    for (const [name, response] of Object.entries({
      "a query": `?from=as&${form}`,
      "a query without its mark": `from=as&${form}`,
      "the body of a form": form,
      URLSearchParams: new URLSearchParams(form),
      FormData: data,
      "a Map": new Map(new URLSearchParams(form)),
      "a list of pairs": [...new URLSearchParams(form)],
      "a name with a colon": [["user:name", "x"], ...new URLSearchParams(form)],
    })) {
      equal(parseAuthorizationResponse(response, transaction), { code: "a+b c" }, name);
    }
  });
  await test("authorization response: the same rules for a form", async () => {
    const repeated = new FormData();
    for (const code of ["a", "b"]) repeated.append("code", code);
    repeated.append("state", state);
    const file = new FormData();
    file.append("state", state);
    file.append("code", new Blob(["x"]), "code.txt");
    function* endless() {
      for (;;) yield ["code", "x"];
    }
    for (const [name, response, expected] of [
      ["a parameter twice", repeated, "authorization_response_invalid"],
      ["a parameter twice in a query", new URLSearchParams(`code=a&state=${state}&state=${state}`)],
      ["a file", file, "authorization_response_invalid"],
      ["nothing", new FormData(), "authorization_response_invalid"],
      ["an empty query", "", "authorization_response_invalid"],
      ["only its mark", "?", "authorization_response_invalid"],
      ["a path", `/callback?from=as&code=a&state=${state}`, "authorization_response_invalid"],
      ["another state", new URLSearchParams("code=a&state=x"), "state_mismatch"],
      ["another issuer", `code=a&state=${state}&iss=https%3A%2F%2Fevil.example`, "response_issuer_mismatch"],
      ["an error", `error=user_cancelled_authorize&state=${state}`, "authorization_error"],
      ["another address", `https://evil.example/callback?from=as&code=a&state=${state}`],
      ["without end", endless(), "authorization_response_invalid"],
      ["a megabyte", [["code", "a".repeat(1_000_000)]], "authorization_response_invalid"],
      ["a lone surrogate", [["code", "\ud800"]], "authorization_response_invalid"],
      ["a URL object", new URL(callback), "config"],
      ["what is no pair", [["code", "a"], "state"], "config"],
      ["bytes", new Uint8Array(3), "config"],
      ["names that are no strings", [[1, "a"]], "config"],
    ]) {
      const got = await verdict(() => parseAuthorizationResponse(response, transaction));
      equal(got, expected ?? "authorization_response_invalid", name);
    }
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

async function tokenRequests({ test, createAuthorizationRequest, createTokenRequest }) {
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
}

async function tokenResponses({ countersign, test, verdict, createAuthorizationRequest, parseTokenResponse }) {
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
    ["null as token type", 200, JSON.stringify({ ...good, token_type: null }), "token_response_invalid"],
    ["an ID token alone", 200, '{"id_token":"i","token_type":"Bearer"}', "token_response_invalid"],
    ["status 201", 201, JSON.stringify(good), "ok"],
    ["status 202", 202, JSON.stringify(good), "token_response_invalid"],
    ["an error with status 200", 200, '{"error":"bad_verification_code"}', "token_endpoint_error"],
    ["an error of Slack's", 200, '{"ok":false,"error":"invalid_code"}', "token_endpoint_error"],
    ["an error beside a token", 200, JSON.stringify({ ...good, error: "x" }), "token_endpoint_error"],
    ["no error", 200, JSON.stringify({ ...good, ok: true, error: null }), "ok"],
    ["seconds that are no digits", 200, JSON.stringify({ ...good, expires_in: "1h" }), "token_response_invalid"],
    ["seconds below zero", 200, JSON.stringify({ ...good, expires_in: "-1" }), "token_response_invalid"],
    ["a scope that is a number", 200, JSON.stringify({ ...good, scope: 1 }), "token_response_invalid"],
    ["a scope in a scope", 200, JSON.stringify({ ...good, scope: ["a b"] }), "token_response_invalid"],
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
  await test("token response: the reason for a refusal with status 200", async () => {
    const body = '{"error":"bad_verification_code","error_description":"The code is incorrect or expired."}';
    const { error } = await outcome(countersign, () => parseTokenResponse(200, body));
    ok(error.actual?.includes("bad_verification_code"), `actual is ${error.actual}`);
    ok(error.actual?.includes("The code is incorrect"), `actual is ${error.actual}`);
  });
  await test("token response: members are what their types say, however they came", () => {
    const sent = { ...good, expires_in: "3599", scope: ["a", "b"], refresh_token: null, id_token: null };
    const read = parseTokenResponse(200, JSON.stringify({ ...sent, ext_expires_in: "0", user: null }));
    equal(read.expires_in, 3599, "expires_in");
    equal(read.scope, "a b", "scope");
    equal(
      Object.keys(read).filter((name) => /_token$/.test(name)),
      ["access_token"],
      "the tokens",
    );
    equal([read.ext_expires_in, read.user], ["0", null], "the members of the server's own");
    equal(parseTokenResponse(200, JSON.stringify({ ...good, expires_in: 0.5 })).expires_in, 0.5, "half a second");
    const odd = parseTokenResponse(200, '{"access_token":"a","token_type":"bearer","__proto__":{"scope":"x"}}');
    equal([odd.scope, odd.token_type, Object.hasOwn(odd, "__proto__")], [undefined, "bearer", true], "the rest");
  });
  await test("token response: without a type, by an option", async () => {
    const body = '{"access_token":"a","scope":["user:read:email"]}';
    equal(parseTokenResponse(200, body, { missingTokenTypeIsBearer: true }).token_type, "Bearer", "the type");
    for (const options of [undefined, {}, { missingTokenTypeIsBearer: false }])
      equal(await verdict(() => parseTokenResponse(200, body, options)), "token_response_invalid", "without");
    const dpop = '{"access_token":"a","token_type":"DPoP"}';
    const got = await verdict(() => parseTokenResponse(200, dpop, { missingTokenTypeIsBearer: true }));
    equal(got, "token_response_invalid", "another type");
    equal(await verdict(() => parseTokenResponse(200, body, { missingTokenTypeIsBearer: 1 })), "config", "a number");
    equal(await verdict(() => parseTokenResponse(200, body, { assumeBearer: true })), "config", "another option");
  });
  await test("token response: an ID token suffices where openid was asked for", async () => {
    const { transaction } = createAuthorizationRequest(base);
    const { transaction: other } = createAuthorizationRequest({ ...base, scope: "read" });
    const alone = '{"id_token":"i","token_type":"Bearer","access_token":null}';
    const { id_token, access_token } = parseTokenResponse(200, alone, { transaction });
    equal([id_token, access_token], ["i", undefined], "the tokens");
    const stored = JSON.parse(JSON.stringify(transaction));
    equal(parseTokenResponse(200, alone, { transaction: stored }).id_token, "i", "by a transaction that was stored");
    for (const [name, body, options, expected] of [
      ["both", '{"id_token":"i","access_token":"a","token_type":"Bearer"}', { transaction }, "ok"],
      ["none", '{"access_token":"a","token_type":"Bearer"}', { transaction }, "token_response_invalid"],
      ["openid was not asked for", alone, { transaction: other }, "token_response_invalid"],
      ["an access token, without openid", JSON.stringify(good), { transaction: other }, "ok"],
      ["an error", '{"error":"invalid_grant"}', { transaction }, "token_endpoint_error"],
      ["half a transaction", alone, { transaction: { nonce: "n" } }, "config"],
    ]) {
      equal(await verdict(() => parseTokenResponse(200, body, options)), expected, name);
    }
  });
}
