// Signing in: what is wrong with an argument is said in a TypeError that tells what to write, and what a browser or a
// server sent is never the cause of one.

import assert from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { test } from "node:test";
import { mistaken, refused } from "./support/assert.mjs";
import { client } from "./support/package.mjs";
import { issuer } from "./support/tokens.mjs";

const { createAuthorizationRequest, parseAuthorizationResponse, parseTokenResponse } = client;
const server = { issuer, authorization_endpoint: `${issuer}authorize`, token_endpoint: `${issuer}token` };
const request = { server, clientId: "c", redirectUri: "https://app.example/cb", scope: "openid" };
const { transaction } = createAuthorizationRequest(request);
const ask = (options) => () => createAuthorizationRequest({ ...request, ...options });
const parse = (response) => () => parseAuthorizationResponse(response, transaction);

test("the request's options", async () => {
  await mistaken(ask({ responseMode: "fragment" }), /option "responseMode" must be "query" or "form_post"/);
  await mistaken(ask({ response_mode: "form_post" }), /did you mean "responseMode"\?/);
  await mistaken(ask({ params: { response_mode: "form_post" } }), /"params" names `response_mode`.* option of its own/);
  await mistaken(ask({ params: { prompt: ["login", "consent"] } }), /twice, which only `resource` may be/);
  await mistaken(ask({ params: { resource: [] } }), /"params", "resource", must not be empty/);
  await mistaken(ask({ params: { resource: ["https://a.example", 7] } }), /"params", "resource",.* entry 1,/);
  await mistaken(ask({ params: { resource: { 0: "https://a.example" } } }), /"params", "resource", must be an array/);
  await mistaken(ask({ params: { prompt: null } }), /"params", "prompt",/);
  const { proxy, revoke } = Proxy.revocable([], {});
  revoke();
  await mistaken(ask({ params: { resource: proxy } }), /"params", "resource", cannot be read/);
  for (const redirectUri of [
    "callback",
    "javascript:alert(1)",
    "data:text/html,x",
    "myapp://cb#x",
    "http://app.example/",
  ])
    await mistaken(ask({ redirectUri }), /"redirectUri" must be.* without fragment.* com\.example\.app:\/callback/);
});

test("a response that is no response", async () => {
  for (const response of [
    undefined,
    null,
    7,
    {},
    { code: "c" },
    new URL("https://app.example/cb"),
    new Request(issuer),
  ])
    await mistaken(
      parse(response),
      /the response must be the URL, or its query or the form.* URLSearchParams or FormData/,
    );
  for (const response of [[1], ["ab"], [[1, "a"]], [[]], new Uint8Array(2), new Set(["code"])])
    await mistaken(parse(response), /the response must be the URL/);
  function* broken() {
    yield ["code", "c"];
    throw new RangeError("boom");
  }
  await mistaken(() => parse(broken())(), /the response cannot be read: reading it throws/);
});

test("a response of another realm", () => {
  const pairs = runInNewContext(`[["state", ${JSON.stringify(transaction.state)}], ["code", "c"]]`);
  assert.deepEqual(parse(pairs)(), { code: "c" });
  assert.deepEqual(parse(new Map(pairs))(), { code: "c" });
});

test("a form that somebody else made up", async () => {
  const pairs = [
    ["state", transaction.state],
    ["code", "c"],
  ];
  for (const odd of [
    ["x", undefined],
    ["x", null],
    ["x", 7],
    ["x", new Blob(["x"])],
    ["x", "\udc00"],
    ["\ud800", ""],
  ])
    await refused(parse([...pairs, odd]), "authorization_response_invalid");
  const many = Array.from({ length: 998 }, (_, index) => [`x${index}`, ""]);
  assert.deepEqual(parse([...pairs, ...many])(), { code: "c" });
  await refused(parse([...pairs, ...many, ["y", ""]]), "authorization_response_invalid");
  await refused(parse([...pairs, ["x", "y".repeat(70_000)]]), "authorization_response_invalid");
  await refused(parse(`code=c&state=${transaction.state}&x=${"y".repeat(70_000)}`), "authorization_response_invalid");
  // As long as it may be, and each character escaped.
  assert.deepEqual(parse([...pairs, ["x", "é".repeat(60_000)]])(), { code: "c" });
});

test("the token response's options", async () => {
  const body = '{"access_token":"a","token_type":"Bearer"}';
  await mistaken(() => parseTokenResponse(200, body, null), /takes an object with the options "transaction"/);
  await mistaken(() => parseTokenResponse(200, body, { transactoin: transaction }), /did you mean "transaction"\?/);
  await mistaken(() => parseTokenResponse(200, body, { transaction: {} }), /transaction.*"issuer"/);
  await mistaken(() => parseTokenResponse(200, body, { openid: true }), /no option "openid"/);
  await mistaken(
    () => parseTokenResponse(200, body, { missingTokenTypeIsBearer: "yes" }),
    /"missingTokenTypeIsBearer" must be true or false/,
  );
  assert.deepEqual(parseTokenResponse(200, body, {}), JSON.parse(body));
  assert.deepEqual(parseTokenResponse(200, body, undefined), JSON.parse(body));
  const error = await refused(() => parseTokenResponse(200, body, { transaction }), "token_response_invalid");
  assert.match(error.message, /`id_token` is missing, though the scope/);
});
