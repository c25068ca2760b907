// What the issuer says of a user: who is asked, with what, how often, and what is made of the answer.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { mistaken } from "./support/assert.mjs";
import { folder } from "./support/package.mjs";
import { json, serve, status } from "./support/server.mjs";
import { audience, makeKey, time } from "./support/tokens.mjs";

const { createGuard } = await importPackage(folder, "countersign/guard");
const { currentUser } = await importPackage(folder, "countersign/user");

const key = makeKey("ES256", "key");
const server = await serve(status(500));
after(() => server.close());
const issuer = server.origin;
const alice = { sub: "alice", name: "Alice", email: "alice@example.com" };

/** What the server is asked, and what it answers. */
let asked = [];
function answering(answer) {
  asked = [];
  server.handle = (request, response) => {
    asked.push([request.url, request.headers.authorization]);
    answer(request, response);
  };
}

/** A guard with the option, and its clock. */
function guardOf(options = {}, more = {}) {
  const clock = { seconds: time };
  const now = () => clock.seconds * 1000;
  const user = currentUser({ issuer, endpoint: `${issuer}/userinfo`, now, ...options });
  const guard = createGuard({ issuer, resource: audience, jwks: { keys: [key.jwk] }, now, user, ...more });
  const ask = async (claims = {}, need = {}) => {
    const headers = { authorization: `Bearer ${sign(claims)}` };
    const judged = await guard.authenticate(new Request(`${audience}/notes`, { headers }), need);
    return judged.ok ? judged.auth : `${judged.refusal.status} ${judged.refusal.error.code}`;
  };
  return { clock, guard, user, ask };
}
const sign = (claims) => key.sign({ iss: issuer, sub: "alice", ...claims });

test("the issuer is asked with the token, and the answer is there before hooks and handlers", async () => {
  answering(json(alice));
  const { ask } = guardOf();
  const auth = await ask({}, { authorize: ({ user }) => user.email === "alice@example.com" });
  assert.deepEqual(auth.user, alice);
  assert.deepEqual(asked, [["/userinfo", `Bearer ${auth.token}`]]);
  assert.equal(
    await ask({}, { authorize: ({ user }) => user.email === "bob@example.com" }),
    "403 insufficient_permission",
  );
  const { guard } = guardOf();
  const nobody = await guard.authenticate(new Request(audience), { optional: true });
  assert.deepEqual([nobody.ok, nobody.auth], [true, undefined]);
});

test("an answer is that of a user of an issuer, for as long as was said, and no longer than the token", async () => {
  answering((request, response) => {
    const [, claims] = request.headers.authorization.split(".");
    const { sub } = JSON.parse(Buffer.from(claims, "base64url"));
    json(sub === "bob" ? { sub } : alice)(request, response);
  });
  const { ask, clock, user } = guardOf({ cache: { ttl: 50, maxEntries: 2 } });
  const times = async (claims) => {
    const before = asked.length;
    const auth = await ask(claims);
    assert.equal(auth.user.sub, claims.sub ?? "alice");
    return asked.length - before;
  };
  // Another token of hers does not ask.
  assert.deepEqual(
    [await times({}), await times({ jti: "other" }), await times({ sub: "bob" }), await times({})],
    [1, 0, 1, 0],
  );
  clock.seconds += 49;
  assert.equal(await times({}), 0);
  clock.seconds += 1;
  assert.equal(await times({}), 1);
  const short = { exp: clock.seconds + 10, jti: "short" };
  const auth = await ask(short);
  assert.deepEqual(await user(auth, { refresh: true }), alice);
  clock.seconds += 10;
  assert.equal(await times({}), 1, "the token that was asked with has ended");
  clock.seconds -= 1;
  assert.equal(await times({}), 1, "a clock that is set back makes nothing count for longer");
  assert.throws(() => (auth.user.sub = "other"), TypeError);
});

test("what an answer comes to", async () => {
  for (const [answer, expected] of [
    [json({ ...alice, sub: "bob" }), "401 subject_mismatch"],
    [json({ name: "Alice" }), "502 server_response_invalid"],
    [json({ sub: ["alice"] }), "502 server_response_invalid"],
    [json([alice]), "502 server_response_invalid"],
    [json("null"), "502 server_response_invalid"],
    [json("<html>"), "502 server_response_invalid"],
    [json('{"__proto__":{"sub":"alice"}}'), "502 server_response_invalid"],
    [json({ ...alice, more: "x".repeat(70_000) }), "503 server_unavailable"],
    [status(401), "401 token_expired"],
    [status(403), "403 insufficient_scope"],
    [status(500), "503 server_unavailable"],
    [status(302, { location: "/elsewhere" }), "503 server_unavailable"],
    [(_, response) => response.destroy(), "503 server_unavailable"],
  ]) {
    answering(answer);
    const { ask } = guardOf();
    assert.equal(await ask(), expected);
    assert.equal(asked.length, 1);
    // A refusal is not kept.
    answering(json(alice));
    assert.equal((await ask()).user.name, "Alice");
  }
});

test("answers that are signed", async () => {
  const clients = ["an app"];
  const signed = (claims, by = key) => json(by.sign({ iss: issuer, sub: "alice", aud: "an app", ...claims }));
  for (const [answer, expected] of [
    [signed({ name: "Alice" }), "in"],
    [signed({ exp: undefined, iat: time }), "in"],
    [signed({ exp: undefined, iat: time - 100 }), "502 server_response_invalid"],
    [signed({ exp: time - 100 }), "502 server_response_invalid"],
    [signed({ aud: "another app" }), "502 server_response_invalid"],
    [signed({ iss: "https://other.example" }), "502 server_response_invalid"],
    [signed({}, makeKey("ES256", "key")), "502 server_response_invalid"],
    [signed({ sub: "bob" }), "401 subject_mismatch"],
    [json("eyJhbGciOiJub25lIn0.e30.AA"), "502 server_response_invalid"],
  ]) {
    answering(answer);
    const auth = await guardOf({ clients, jwks: { keys: [key.jwk] } }).ask();
    assert.equal(typeof auth === "string" ? auth : "in", expected);
  }
  answering(signed({}));
  assert.equal(await guardOf().ask(), "502 server_response_invalid", "nobody has said whose they are");
});

test("the endpoint of the metadata, and who is never asked", async () => {
  const metadata = { issuer, jwks_uri: `${issuer}/jwks`, userinfo_endpoint: `${issuer}/from-metadata` };
  answering((request, response) => json(request.url.includes("well-known") ? metadata : alice)(request, response));
  const { ask, user } = guardOf({ endpoint: undefined });
  const auth = await ask();
  assert.deepEqual(
    asked.map(([path]) => path),
    ["/.well-known/openid-configuration", "/from-metadata"],
  );
  asked = [];
  for (const [other, code] of [
    [{ issuer: "https://other.example" }, "internal_error"],
    [{ scheme: "DPoP" }, "internal_error"],
    [{ subject: undefined }, "claim_missing"],
  ]) {
    const { issuer, subject, scheme, token, expiresAt } = auth;
    await assert.rejects(user({ issuer, subject, scheme, token, expiresAt, ...other }), { code });
  }
  assert.deepEqual(asked, []);
  answering(json({ ...metadata, userinfo_endpoint: "http://plain.example/" }));
  assert.equal(await guardOf({ endpoint: undefined }).ask(), "500 internal_error");
});

test("impossible options", async () => {
  for (const [options, message] of [
    [{}, /"issuer" is mandatory/],
    [{ issuer, endpoint: "http://plain.example/" }, /"endpoint" must be a URL with https/],
    [{ issuer, cache: { ttl: 0 } }, /"ttl" must be a whole number of seconds, 1 to 3600/],
    [{ issuer, clients: [] }, /"clients" must not be empty/],
    [{ issuer, refresh: true }, /"refresh"/],
  ]) {
    await mistaken(() => currentUser(options), message);
  }
});
