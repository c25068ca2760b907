// Guards: where tokens are in requests, and what is no token.

import assert from "node:assert/strict";
import { test } from "node:test";
import { mistaken } from "./support/assert.mjs";
import { ask, bearer, good, guards, options, resource, url } from "./support/guard.mjs";

const { createGuard, fromAuthorization, fromCookie, fromHeader, fromWebSocket } = guards;

test("tokens in other places", async () => {
  const tokens = [fromAuthorization(), fromHeader("Cf-Access-Jwt-Assertion"), fromWebSocket("access-token")];
  const guard = createGuard({ ...options, tokens });
  for (const [headers, expected] of [
    [{ "cf-access-jwt-assertion": good }, 200],
    [{ "cf-access-jwt-assertion": `${good}, ${good}` }, 400],
    [{ "sec-websocket-protocol": `access-token, ${good}` }, 200],
    [{ "sec-websocket-protocol": `access-token, ${good}, chat` }, 400],
    [{ "sec-websocket-protocol": "chat" }, 401],
    [{ ...bearer("x"), "cf-access-jwt-assertion": good }, 401],
    [{ authorization: "Basic x", "cf-access-jwt-assertion": good }, 200],
    [{ cookie: `access-token=${good}` }, 401],
  ]) {
    assert.equal((await ask(guard, {}, headers)).status, expected, JSON.stringify(Object.keys(headers)));
  }
});

test("tokens in cookies only serve pages of our own", async () => {
  const guard = createGuard({ ...options, tokens: [fromCookie("__Host-t")], origins: ["https://app.example"] });
  const cookie = { cookie: `a=1; __Host-t=${good}` };
  for (const [method, headers, expected] of [
    ["GET", {}, 200],
    ["HEAD", { "sec-fetch-site": "cross-site" }, 200],
    ["POST", {}, 403],
    ["POST", { "sec-fetch-site": "same-origin" }, 200],
    ["POST", { "sec-fetch-site": "same-site" }, 403],
    ["POST", { "sec-fetch-site": "same-site", origin: "https://app.example" }, 200],
    ["POST", { "sec-fetch-site": "cross-site", origin: "https://evil.example" }, 403],
    ["DELETE", { origin: "https://app.example" }, 200],
    ["DELETE", { origin: resource }, 200],
    ["DELETE", { origin: "https://evil.example" }, 403],
    ["PUT", { "x-csrf": "1" }, 200],
    ["GET", { upgrade: "websocket" }, 403],
    ["GET", { upgrade: "websocket", origin: "https://app.example" }, 200],
    ["GET", { upgrade: "websocket", origin: "https://evil.example" }, 403],
  ]) {
    const fields = { ...cookie, ...headers };
    const request = { method, url, headers: { get: (name) => fields[name] ?? null } };
    const { ok, refusal } = await guard.authenticate(request);
    assert.equal(ok ? 200 : refusal.status, expected, `${method} ${JSON.stringify(headers)}`);
    if (!ok) assert.equal(refusal.error.code, "csrf_refused");
  }
  assert.equal((await ask(guard, {}, { cookie: `__Host-t=${good}; __Host-t=${good}` })).status, 400);
  assert.equal((await ask(guard, {}, { cookie: "__Host-t=" })).status, 401);
});

test("a field that a proxy sets is as good as a cookie, and no better", async () => {
  for (const [source, expected] of [
    [fromHeader("Cf-Access-Jwt-Assertion"), 403],
    [fromHeader("X-Goog-IAP-JWT-Assertion"), 403],
    [fromHeader("x-own", { setByProxy: true }), 403],
    [fromHeader("cf-access-jwt-assertion", { setByProxy: false }), 200],
    [fromHeader("x-own"), 200],
  ]) {
    const guard = createGuard({ ...options, tokens: [source] });
    const headers = { [source.field]: good, "sec-fetch-site": "cross-site" };
    assert.equal((await ask(guard, {}, headers, { method: "POST" })).status, expected, source.field);
    assert.equal((await ask(guard, {}, headers)).status, 200, source.field);
  }
  for (const name of ["Cookie", "authorization", "Sec-WebSocket-Protocol"])
    await mistaken(() => fromHeader(name), /takes another field than/);
});

test("a source is copied, and is one", async () => {
  const forged = (members) => ({ kind: 2, field: "cookie", name: "t", ...members });
  for (const source of [
    forged({ kind: "2" }),
    forged({ kind: 258 }),
    forged({ kind: 2.5 }),
    forged({ kind: 1 }),
    forged({ field: "x" }),
    forged({ name: "" }),
    forged({ kind: 0 }),
  ])
    await mistaken(() => createGuard({ ...options, tokens: [source] }), /must be an array of sources/);
  const source = forged({});
  const guard = createGuard({ ...options, tokens: [source] });
  source.kind = 1;
  assert.equal((await ask(guard, {}, { cookie: `t=${good}` }, { method: "POST" })).status, 403);
});

test("whatever is in the header fields, there is an answer", async () => {
  const pieces = [
    "Bearer",
    "DPoP",
    "Basic",
    " ",
    "\t",
    ",",
    "=",
    ";",
    "t",
    good,
    "\u00e9",
    "\0",
    '"',
    "x".repeat(9),
    "t=",
    "\ud800",
  ];
  const guard = createGuard({
    ...options,
    tokens: [fromAuthorization(), fromHeader("x-token"), fromCookie("t"), fromWebSocket("t")],
  });
  let seed = 7;
  const below = (most) => (seed = (seed * 48271) % 2147483647) % most;
  const field = () => Array.from({ length: below(6) }, () => pieces[below(pieces.length)]).join("");
  const counts = new Map();
  for (let round = 0; round < 10_000; round += 1) {
    const fields = Object.fromEntries(
      ["authorization", "x-token", "cookie", "sec-websocket-protocol", "origin"]
        .filter(() => below(3) > 0)
        .map((name) => [name, field()]),
    );
    const request = { method: ["GET", "POST", "x"][below(3)], url, headers: { get: (name) => fields[name] ?? null } };
    const { ok, refusal } = await guard.authenticate(request, { optional: below(2) === 0 });
    const answer = ok ? 200 : refusal.status;
    assert.ok([200, 400, 401, 403].includes(answer), JSON.stringify(fields));
    if (!ok) refusal.response();
    counts.set(answer, (counts.get(answer) ?? 0) + 1);
  }
  assert.deepEqual([...counts.keys()].sort(), [200, 400, 401, 403]);
});
