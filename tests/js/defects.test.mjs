// What the libraries that a guard replaces got wrong in front of an API, one test each. What is named is what they did.

import assert from "node:assert/strict";
import { connect, createServer } from "node:net";
import { after, test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { makeClient } from "./support/dpop.mjs";
import { folder } from "./support/package.mjs";
import { json, serve, status } from "./support/server.mjs";
import { audience, encode, issuer, makeKey, time } from "./support/tokens.mjs";

const { createGuard } = await importPackage(folder, "countersign/guard");
const { memoryStore } = await importPackage(folder, "countersign/stores");
const key = makeKey("ES256", "one");
const next = makeKey("ES256", "two");
const server = await serve(json({ keys: [key.jwk] }));
after(() => server.close());

/** A guard on the server, whose clock can be moved, and what its route answers. */
function setUp(options = {}, need = {}) {
  server.requests = [];
  const clock = { seconds: time };
  const now = () => clock.seconds * 1000;
  const guard = createGuard({ issuer, resource: audience, jwksUri: `${server.origin}/jwks`, now, ...options });
  let runs = 0;
  const route = guard.protect(need, () => {
    runs += 1;
    return new Response("in");
  });
  const ask = async (authorization) => {
    const before = runs;
    const headers = authorization === undefined ? {} : { authorization };
    const response = await route(new Request(`${audience}/`, { headers }));
    assert.equal(
      runs - before,
      response.status === 200 ? 1 : 0,
      "a handler runs for a token that is good, and no other",
    );
    return response;
  };
  return { ask, clock };
}
const bearer = (claims, header) => `Bearer ${key.sign(claims, header)}`;
const statusOf = async (response) => (await response).status;

test("Fief, Express: an error that is none of the token's lets everybody in", async () => {
  const closed = await serve(status(500));
  await closed.close();
  const silent = createServer().listen(0, "127.0.0.1");
  after(() => silent.close());
  await new Promise((resolve) => silent.once("listening", resolve));
  for (const [name, jwksUri] of [
    ["a server error", `${server.origin}/jwks`],
    ["a connection refused", `${closed.origin}/jwks`],
    ["a name that nobody has", "https://nobody.invalid/jwks"],
    ["no answer", `http://127.0.0.1:${silent.address().port}/jwks`],
  ]) {
    // The last one takes as long as a fetch may.
    for (const need of name === "no answer" ? [{ optional: true }] : [{}, { optional: true }]) {
      server.handle = status(500);
      const { ask } = setUp({ jwksUri }, need);
      const response = await ask(bearer({}));
      assert.deepEqual([response.status, response.headers.get("retry-after")], [503, "5"], name);
    }
  }
  server.handle = json({ keys: [key.jwk] });
});

test("Fief: neither issuer nor audience is looked at", async () => {
  const { ask } = setUp();
  assert.equal(await statusOf(ask(bearer({}))), 200);
  for (const claims of [
    { iss: "https://other.example/" },
    { iss: undefined },
    { aud: "https://other.example" },
    { aud: undefined },
    { aud: [] },
  ]) {
    assert.equal(await statusOf(ask(bearer(claims))), 401, JSON.stringify(claims));
  }
});

test("Fief: keys are kept for ever", async () => {
  const { ask, clock } = setUp();
  assert.equal(await statusOf(ask(bearer({}))), 200);
  server.handle = json({ keys: [next.jwk] });
  clock.seconds += 31;
  const rotated = `Bearer ${next.sign({})}`;
  assert.equal(await statusOf(ask(rotated)), 200);
  assert.equal(server.requests.length, 2, "one more request for the new key");
  assert.equal(await statusOf(ask(bearer({}))), 401, "the old key is gone");
  const before = server.requests.length;
  for (let unknown = 0; unknown < 200; unknown += 1) {
    assert.equal(await statusOf(ask(`Bearer ${next.sign({}, { kid: `made up ${unknown}` })}`)), 401);
  }
  assert.ok(server.requests.length - before <= 1, "made-up key IDs cause one request in 30 seconds");
  server.handle = json({ keys: [key.jwk] });
});

test("Fief: a discovery that has failed stays so", async () => {
  const metadata = { issuer: server.origin, jwks_uri: `${server.origin}/keys` };
  let isUp = false;
  server.handle = (request, response) => {
    const answer = request.url === "/keys" ? json({ keys: [key.jwk] }) : json(metadata);
    (isUp ? answer : status(503))(request, response);
  };
  const { ask, clock } = setUp({ issuer: server.origin, jwksUri: undefined });
  const token = bearer({ iss: server.origin });
  assert.equal(await statusOf(ask(token)), 503);
  isUp = true;
  clock.seconds += 60;
  assert.equal(await statusOf(ask(token)), 200);
  server.handle = json({ keys: [key.jwk] });
});

test("Fief, PyJWT, the Auth0 sample: a token without `exp` never expires", async () => {
  const { ask } = setUp();
  for (const exp of [undefined, null, "never", {}]) assert.equal(await statusOf(ask(bearer({ exp }))), 401);
});

test("Fief: claims of another type end in an error of the server's", async () => {
  const { ask } = setUp({}, { scope: "a", permissions: "b", acr: "c", maxAge: 60 });
  const values = [null, true, 0, -1, 1e300, "", "a", [], ["a", 1], {}, { a: 1 }, [[["a"]]], "\u0000", "\ud83d\ude00"];
  const names = [
    "iss",
    "aud",
    "exp",
    "nbf",
    "iat",
    "sub",
    "scope",
    "scp",
    "permissions",
    "acr",
    "auth_time",
    "cnf",
    "azp",
  ];
  for (const name of names) {
    for (const value of values) {
      const response = await ask(bearer({ [name]: value }));
      assert.ok([401, 403].includes(response.status), `${name}: ${JSON.stringify(value)}: ${response.status}`);
      assert.match(response.headers.get("www-authenticate"), /^Bearer error="(?:invalid_token|insufficient_)/);
    }
  }
});

test("FastAPI: `Bearer` without a token is a token, and a challenge says nothing", async () => {
  const { ask } = setUp({}, { scope: "notes:read" });
  for (const authorization of ["Bearer", "Bearer ", "bearer\t"]) {
    const response = await ask(authorization);
    assert.equal(response.status, 400);
    assert.match(response.headers.get("www-authenticate"), /^Bearer error="invalid_request", error_description="/);
  }
  const bare = await ask();
  assert.equal(bare.status, 401);
  assert.match(bare.headers.get("www-authenticate"), /^Bearer scope="notes:read"/);
});

test("FastAPI: an Authorization that is there twice is the first of them", async () => {
  const { guardedListener } = await importPackage(folder, "countersign/node");
  const http = await import("node:http");
  const guard = createGuard({ issuer, resource: audience, jwks: { keys: [key.jwk] }, now: () => time * 1000 });
  let runs = 0;
  const listener = http.createServer(guardedListener(guard, {}, (_, response) => response.end(String((runs += 1)))));
  await new Promise((resolve) => listener.listen(0, "127.0.0.1", resolve));
  after(() => listener.close());
  const line = `Authorization: ${bearer({})}\r\n`;
  const answer = await new Promise((resolve, reject) => {
    const socket = connect(listener.address().port, "127.0.0.1", () => {
      socket.end(`GET / HTTP/1.1\r\nHost: a\r\n${line}${line}Connection: close\r\n\r\n`);
    });
    let text = "";
    socket
      .on("data", (chunk) => (text += chunk))
      .on("end", () => resolve(text))
      .on("error", reject);
  });
  assert.match(answer, /^HTTP\/1\.1 400 /);
  assert.equal(runs, 0);
});

test("the Auth0 sample: keys are fetched for each request, and everything is one error", async () => {
  const { ask } = setUp({}, { scope: "a", permissions: "b" });
  const answers = [];
  for (const authorization of [
    undefined,
    "Bearer x",
    bearer({ exp: time - 3600 }),
    bearer({}),
    bearer({ scope: "a" }),
    bearer({ scope: "a", permissions: ["b"] }),
  ]) {
    answers.push(await statusOf(ask(authorization)));
  }
  assert.deepEqual(answers, [401, 401, 401, 403, 403, 200]);
  assert.equal(server.requests.length, 1);
});

test("the Auth0 sample: algorithms are a text, and a part of one is one", async () => {
  assert.throws(() => createGuard({ issuer, resource: audience, algorithms: "RS256" }), TypeError);
  const { ask } = setUp({ algorithms: ["ES256"] });
  for (const alg of ["ES", "ES25", "none", "HS256", "es256", ""]) {
    const [, payload, signature] = key.sign({}).split(".");
    assert.equal(await statusOf(ask(`Bearer ${encode({ alg, kid: "one" })}.${payload}.${signature}`)), 401, alg);
  }
});

test("auth0-api: nbf is not looked at, and clocks must agree to the second", async () => {
  const { ask } = setUp();
  assert.equal(await statusOf(ask(bearer({ nbf: time + 120 }))), 401);
  assert.equal(await statusOf(ask(bearer({ nbf: time + 5 }))), 200);
  assert.equal(await statusOf(ask(bearer({ exp: time - 5 }))), 200);
  assert.equal(await statusOf(ask(bearer({ exp: time - 120 }))), 401);
});

test("auth0-api: a request without credentials is a bad request", async () => {
  const { ask } = setUp();
  const response = await ask();
  assert.equal(response.status, 401);
  assert.doesNotMatch(response.headers.get("www-authenticate"), /error=/);
});

test("auth0-api: a key that is not in the set yet is never looked for", async () => {
  const { ask, clock } = setUp();
  assert.equal(await statusOf(ask(bearer({}))), 200);
  server.handle = json({ keys: [key.jwk, next.jwk] });
  clock.seconds += 31;
  assert.equal(await statusOf(ask(`Bearer ${next.sign({})}`)), 200);
  assert.equal(server.requests.length, 2);
  server.handle = json({ keys: [key.jwk] });
});

test("auth0-api: a proof of possession holds as often as it is sent", async () => {
  const client = makeClient();
  const token = key.sign({ cnf: { jkt: client.jkt } });
  const url = `${audience}/`;
  const guard = createGuard({
    issuer,
    resource: audience,
    jwks: { keys: [key.jwk] },
    now: () => time * 1000,
    dpop: { mode: "allowed", replay: memoryStore() },
  });
  const route = guard.protect(() => new Response("in"));
  const headers = { authorization: `DPoP ${token}`, dpop: client.proof({ url, token }) };
  assert.equal(await statusOf(route(new Request(url, { headers }))), 200);
  const again = await route(new Request(url, { headers }));
  assert.deepEqual([again.status, (await again.json()).code], [401, "replay_detected"]);
});

test("Fief, Next: header fields of the request say who the user is", async () => {
  const { ask } = setUp();
  const guard = createGuard({ issuer, resource: audience, jwks: { keys: [key.jwk] }, now: () => time * 1000 });
  const headers = { "x-fiefauth-user-id": "admin", "x-fiefauth-access-token-info": encode({ id: "admin" }) };
  const route = guard.protect((request, auth) => Response.json(auth.subject));
  assert.equal(await statusOf(route(new Request(audience, { headers }))), 401);
  const own = new Request(audience, { headers: { ...headers, authorization: bearer({}) } });
  assert.equal(await (await route(own)).json(), "user");
  const optional = guard.protect({ optional: true }, (request, auth) => Response.json(auth?.subject ?? "nobody"));
  assert.equal(await (await optional(new Request(audience, { headers }))).json(), "nobody");
  assert.equal(await statusOf(ask()), 401);
});

test("Fief: an authentication context is compared as far as it goes", async () => {
  const { ask } = setUp({}, { acr: ["urn:two-factors"] });
  assert.equal(await statusOf(ask(bearer({ acr: "urn:two-factors" }))), 200);
  for (const acr of ["urn:two-factors ", "urn:two", "urn:two-factors\u0000", "1", undefined]) {
    const response = await ask(bearer({ acr }));
    assert.equal(response.status, 401, acr);
    assert.match(
      response.headers.get("www-authenticate"),
      /insufficient_user_authentication.*acr_values="urn:two-factors"/,
    );
  }
});
