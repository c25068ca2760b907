// Proofs of possession: what a guard answers, in Node, with each engine. The core's own tests have each check.

import assert from "node:assert/strict";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { makeClient, hash } from "./support/dpop.mjs";
import { folder } from "./support/package.mjs";
import { audience, issuer, makeKey, time } from "./support/tokens.mjs";

const { createGuard, fromAuthorization, fromCookie } = await importPackage(folder, "countersign/guard");
const { memoryStore } = await importPackage(folder, "countersign/stores");

const key = makeKey("ES256", "key");
const resource = audience;
const url = `${resource}/notes?q=1`;
const nonceSecret = new Uint8Array(32).fill(7);
const options = { issuer, resource, jwks: { keys: [key.jwk] }, now: () => time * 1000 };
const guardOf = (dpop = {}, more = {}) =>
  createGuard({ ...options, ...more, dpop: { mode: "allowed", replay: memoryStore(), ...dpop } });

/** What a route answers to a request, and who it took the caller for. */
async function ask(guard, headers, { method = "GET", to = url, need = {} } = {}) {
  let auth;
  const route = guard.protect(need, (_, given) => {
    auth = given;
    return new Response("in", { headers: { "access-control-expose-headers": "X-Own" } });
  });
  const response = await route(new Request(to, { method, headers }));
  const body = await response.text();
  return {
    status: response.status,
    code: response.status < 400 || body === "" ? undefined : JSON.parse(body).code,
    headers: response.headers,
    challenge: response.headers.get("www-authenticate"),
    nonce: response.headers.get("dpop-nonce"),
    auth,
  };
}

/** The header fields of a request with a token that is bound to the client's key. */
function bound(client, { claims = {}, proof = {}, header = {}, method, to = url } = {}) {
  const token = key.sign({ cnf: { jkt: client.jkt }, ...claims });
  return { authorization: `DPoP ${token}`, dpop: client.proof({ method, url: to, token }, proof, header) };
}

test("each algorithm, with each engine", async () => {
  for (const engine of ["auto", "host", "wasm"]) {
    const guard = guardOf({}, { engine });
    for (const alg of ["ES256", "ES384", "EdDSA", "PS256", "RS256"]) {
      const client = makeClient(alg);
      const { status, auth } = await ask(guard, bound(client));
      assert.deepEqual([status, auth?.scheme, auth?.dpopNonce], [200, "DPoP", undefined], `${engine} ${alg}`);
      const { dpop, ...rest } = bound(client);
      const dot = dpop.lastIndexOf(".") + 10;
      const other = `${dpop.slice(0, dot)}${dpop[dot] === "A" ? "B" : "A"}${dpop.slice(dot + 1)}`;
      const refused = await ask(guard, { ...rest, dpop: other });
      assert.deepEqual([refused.status, refused.code], [401, "dpop_invalid"], `${engine} ${alg}`);
    }
    for (const alg of ["ES512", "RS512"]) {
      assert.equal((await ask(guard, bound(makeClient(alg)))).code, "dpop_invalid", alg);
    }
  }
});

test("a proof is for one request, and a token for one key", async () => {
  const client = makeClient();
  const other = makeClient();
  const guard = guardOf();
  const now = { proof: { iat: time } };
  for (const [name, headers, code] of [
    ["good", bound(client, now), undefined],
    ["without a proof", { authorization: bound(client).authorization }, "dpop_invalid"],
    ["two proofs", { ...bound(client), dpop: `${bound(client).dpop}, ${bound(client).dpop}` }, "dpop_invalid"],
    ["another method", bound(client, { method: "POST" }), "dpop_invalid"],
    ["another path", bound(client, { to: `${resource}/other` }), "dpop_invalid"],
    ["another origin", bound(client, { to: "https://other.example/notes" }), "dpop_invalid"],
    ["too old", bound(client, { proof: { iat: time - 91 } }), "dpop_invalid"],
    ["from the future", bound(client, { proof: { iat: time + 31 } }), "dpop_invalid"],
    ["for another token", bound(client, { proof: { ath: hash("x") } }), "dpop_invalid"],
    ["for a token of another key", bound(client, { claims: { cnf: { jkt: other.jkt } } }), "dpop_invalid"],
    ["with a private key", bound(client, { header: { jwk: { ...client.jwk, d: "AA" } } }), "dpop_invalid"],
    ["of another type", bound(client, { header: { typ: "at+jwt" } }), "dpop_invalid"],
    ["for a token that is not bound", bound(client, { claims: { cnf: undefined } }), "token_binding_required"],
    ["for a token with an empty cnf", bound(client, { claims: { cnf: {} } }), "token_binding_required"],
    ["an unknown binding", bound(client, { claims: { cnf: { jkt: client.jkt, x: 1 } } }), "token_binding_required"],
    ["as a bearer token", bearer(bound(client)), "token_binding_required"],
    ["an expired token", bound(client, { claims: { exp: time - 60 } }), "token_expired"],
    ["a bearer token", { authorization: `Bearer ${key.sign()}` }, undefined],
  ]) {
    const answer = await ask(guard, headers);
    assert.deepEqual([answer.status, answer.code], [code === undefined ? 200 : 401, code], name);
    assert.equal(answer.auth !== undefined, code === undefined, name);
    if (code === undefined) continue;
    assert.match(answer.challenge, /^Bearer .*, DPoP .*algs="ES256 ES384 EdDSA PS256 RS256 Ed25519"$/, name);
    assert.equal(answer.challenge.includes('DPoP error="invalid_dpop_proof"'), code === "dpop_invalid", name);
    assert.equal(answer.headers.get("access-control-expose-headers"), "WWW-Authenticate, Retry-After, DPoP-Nonce");
  }
});

const bearer = ({ authorization, dpop }) => ({ authorization: authorization.replace("DPoP", "Bearer"), dpop });

test("where proofs are required there are no bearer tokens", async () => {
  const guard = guardOf({ mode: "required" });
  assert.equal((await ask(guard, bound(makeClient()))).status, 200);
  const answer = await ask(guard, { authorization: `Bearer ${key.sign()}` });
  assert.deepEqual([answer.status, answer.code], [401, "token_binding_required"]);
  assert.match(answer.challenge, /^DPoP error="invalid_token"/);
  assert.equal((await ask(guard, {})).challenge.startsWith("DPoP resource_metadata="), true);
  const document = guard.metadataResponse(new Request(`${resource}/.well-known/oauth-protected-resource`));
  const { dpop_bound_access_tokens_required: required, dpop_signing_alg_values_supported: algs } =
    await document.json();
  assert.deepEqual([required, algs], [true, ["ES256", "ES384", "EdDSA", "PS256", "RS256", "Ed25519"]]);
});

test("without the option bound tokens are refused", async () => {
  const guard = createGuard(options);
  const headers = bound(makeClient());
  assert.equal((await ask(guard, headers)).code, "scheme_unsupported");
  assert.equal((await ask(guard, bearer(headers))).code, "token_binding_required");
});

test("of fifty uses of one proof one passes", async () => {
  const guard = guardOf();
  const headers = bound(makeClient());
  const answers = await Promise.all(Array.from({ length: 50 }, () => ask(guard, headers)));
  const codes = answers.map(({ status, code }) => `${status} ${code}`).sort();
  assert.deepEqual(codes, ["200 undefined", ...Array(49).fill("401 replay_detected")]);
});

test("guards inside each other use a proof once, and another request with it is another one", async () => {
  const added = [];
  const store = memoryStore();
  const replay = { ...store, add: (...call) => (added.push(call[0]), store.add(...call)) };
  const guard = guardOf({ replay });
  const inner = guard.with({ scope: "read" });
  const headers = bound(makeClient(), { claims: { scope: "read" } });
  const judge = async (which, request) => {
    const judged = await which.authenticate(request);
    return judged.ok ? judged.auth.scheme : judged.refusal.error.code;
  };
  const request = new Request(url, { headers });
  const both = [judge(guard, request), judge(inner, request)];
  assert.deepEqual([...(await Promise.all(both)), await judge(inner, request)], ["DPoP", "DPoP", "DPoP"]);
  assert.equal(added.length, 1);
  for (const again of [new Request(url, { headers }), request.clone()]) {
    assert.equal(await judge(guard, again), "replay_detected");
    assert.equal(await judge(inner, again), "replay_detected");
  }
  // What the request had before does not count for another proof.
  const [first, second] = [0, 1].map(() => bound(makeClient(), { claims: { scope: "read" } }));
  let sent = first;
  const fields = { method: "GET", url, headers: { get: (name) => sent[name] ?? null } };
  assert.equal(await judge(guard, fields), "DPoP");
  sent = second;
  assert.equal(await judge(guard, fields), "DPoP");
  sent = first;
  assert.equal(await judge(guard, fields), "replay_detected");
});

test("the frameworks' guards in a row use a proof once", async () => {
  const [express, fastify, hono] = await Promise.all(
    ["express", "fastify", "hono"].map((name) => importPackage(folder, `countersign/${name}`)),
  );
  for (const [name, pass] of [
    ["express", (guarded, raw, response) => new Promise((resolve) => guarded(raw, response, resolve))],
    ["fastify", (guarded, raw, reply) => guarded({ raw }, reply)],
  ]) {
    const { guarded } = name === "express" ? express : fastify;
    const guard = guardOf();
    const sent = bound(makeClient(), { claims: { scope: "read" } });
    const answers = [];
    const reply = {
      getHeader: () => undefined,
      setHeader: () => undefined,
      removeHeader: () => undefined,
      header: () => undefined,
      code: (status) => answers.push(status),
      send: () => undefined,
      end: () => answers.push(reply.statusCode),
    };
    const arrive = () => ({ method: "GET", url: "/notes", headers: sent, rawHeaders: Object.entries(sent).flat() });
    const request = arrive();
    await pass(guarded(guard), request, reply);
    await pass(guarded(guard, { scope: "read" }), request, reply);
    assert.deepEqual(answers, [], name);
    // Express calls nobody after a refusal.
    await Promise.race([pass(guarded(guard), arrive(), reply), new Promise((resolve) => setTimeout(resolve, 200))]);
    assert.deepEqual(answers, [401], name);
  }
  const guard = guardOf();
  const headers = bound(makeClient(), { claims: { scope: "read" } });
  const context = () => ({ req: { raw: new Request(url, { headers }) }, res: undefined, set: () => undefined });
  const c = context();
  let passed = 0;
  const next = async () => void (passed += 1);
  assert.equal(await hono.guarded(guard)(c, next), undefined);
  c.req.raw = new Request(c.req.raw);
  assert.equal(await hono.guarded(guard, { scope: "read" })(c, next), undefined);
  assert.equal((await hono.guarded(guard)(context(), next)).status, 401);
  assert.equal(passed, 2);
});

test("a request that is refused uses no proof up", async () => {
  const guard = guardOf();
  const headers = bound(makeClient());
  assert.equal((await ask(guard, headers, { need: { scope: "x" } })).code, "insufficient_scope");
  assert.equal((await ask(guard, headers)).status, 200);
  assert.equal((await ask(guard, headers)).code, "replay_detected");
});

test("the store is told a hash, and for how long", async () => {
  const calls = [];
  const replay = { get() {}, set() {}, delete() {}, add: (...call) => calls.push(call) > 0 };
  await ask(guardOf({ replay, proofLifetime: 100 }), bound(makeClient()));
  const [[entry, value, { ttl }]] = calls;
  assert.match(entry, /^dpop:[\w-]{43}$/);
  // The lifetime, the tolerance of 30 seconds before and after it, and the last second.
  assert.deepEqual([value, ttl, calls.length], ["", 161, 1]);
});

test("a store that fails is no verdict", async (context) => {
  context.mock.timers.enable({ apis: ["setTimeout"] });
  const broken = {
    throws: () => {
      throw new Error("down");
    },
    rejects: () => Promise.reject(new Error("down")),
    "answers nothing": () => undefined,
    "answers text": () => "OK",
    "answers a number": async () => 1,
    hangs: () => new Promise(() => undefined),
  };
  for (const [name, add] of Object.entries(broken)) {
    const asked = ask(guardOf({ replay: { get() {}, set() {}, delete() {}, add } }), bound(makeClient()));
    if (name === "hangs") {
      for (let turn = 0; turn < 50; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      context.mock.timers.tick(2000);
    }
    const { status, code, challenge, headers, auth } = await asked;
    assert.deepEqual([status, code, challenge, auth], [503, undefined, null, undefined], name);
    assert.ok(Number(headers.get("retry-after")) > 0, name);
  }
});

test("a nonce is asked for, and goes along", async () => {
  let at = time;
  const guard = guardOf({ nonceSecret }, { now: () => at * 1000 });
  const same = guardOf({ nonceSecret }, { now: () => at * 1000 });
  const client = makeClient();
  const first = await ask(guard, bound(client));
  assert.deepEqual([first.status, first.code], [401, "dpop_nonce_required"]);
  assert.match(first.challenge, /DPoP error="use_dpop_nonce"/);
  const { nonce } = first;
  const good = await ask(same, bound(client, { proof: { nonce } }));
  assert.deepEqual([good.status, good.nonce], [200, null]);
  // In the next step, the nonce still counts and the next one comes along.
  at += 60;
  const late = await ask(guard, bound(client, { proof: { nonce, iat: at } }));
  assert.deepEqual([late.status, late.nonce === nonce, late.auth.dpopNonce], [200, false, late.nonce]);
  assert.equal(late.headers.get("access-control-expose-headers"), "X-Own, DPoP-Nonce");
  assert.equal((await ask(guard, bound(client, { proof: { nonce: late.nonce, iat: at } }))).status, 200);
  at += 60;
  const gone = await ask(guard, bound(client, { proof: { nonce, iat: at } }));
  assert.deepEqual([gone.code, gone.nonce !== late.nonce], ["dpop_nonce_required", true]);
  const other = guardOf({ nonceSecret: new Uint8Array(32).fill(8) }, { now: () => at * 1000 });
  assert.equal(
    (await ask(other, bound(client, { proof: { nonce: gone.nonce, iat: at } }))).code,
    "dpop_nonce_required",
  );
});

test("a response that cannot be changed goes out as it is", async () => {
  let at = time;
  const guard = guardOf({ nonceSecret }, { now: () => at * 1000 });
  const client = makeClient();
  const { nonce } = await ask(guard, bound(client));
  at += 60;
  const fixed = Response.error();
  const route = guard.protect(() => fixed);
  const headers = bound(client, { proof: { nonce, iat: at } });
  assert.equal(await route(new Request(url, { headers })), fixed);
  const nothing = guard.protect(() => undefined);
  const again = bound(client, { proof: { nonce, iat: at } });
  assert.equal(await nothing(new Request(url, { headers: again })), undefined);
});

test("every flip of a byte of a proof is refused", async () => {
  const guard = guardOf();
  const { authorization, dpop } = bound(makeClient());
  for (let at = 0; at < dpop.length; at += 1) {
    const byte = String.fromCharCode(dpop.charCodeAt(at) ^ 1);
    const flipped = dpop.slice(0, at) + byte + dpop.slice(at + 1);
    const { code } = await ask(guard, { authorization, dpop: flipped });
    assert.equal(code, "dpop_invalid", `${at}`);
  }
  assert.equal((await ask(guard, { authorization, dpop })).status, 200);
});

test("the URL is the resource's, whatever the request says", async () => {
  const client = makeClient();
  const guard = guardOf();
  const to = "http://10.0.0.7:8080/notes?q=1";
  assert.equal((await ask(guard, bound(client), { to })).status, 200);
  assert.equal((await ask(guard, bound(client, { to }), { to })).code, "dpop_invalid");
  const open = guardOf({}, { resource: undefined, audience });
  assert.equal((await ask(open, bound(client, { to }), { to })).status, 200);
  assert.equal((await ask(open, bound(client), { to })).code, "dpop_invalid");
  const path = { method: "GET", url: "/notes", headers: new Headers(bound(client)) };
  const { refusal } = await open.authenticate(path);
  assert.deepEqual([refusal.status, refusal.error.message.includes("`resource`")], [500, true]);
  assert.equal((await guard.authenticate(path)).ok, true);
});

test("impossible options", () => {
  const replay = memoryStore();
  for (const [dpop, message] of [
    [true, /dpop/],
    [{}, /"mode" must be "allowed" or "required"/],
    [{ mode: "off", replay }, /"mode"/],
    [{ mode: "allowed" }, /"replay" must be a store with `add`/],
    [{ mode: "allowed", replay: { get() {}, set() {}, delete() {} } }, /"replay"/],
    [{ mode: "allowed", replay, nonceSecret: "x".repeat(32) }, /"nonceSecret" must be a Uint8Array/],
    [{ mode: "allowed", replay, nonceSecret: new Uint8Array(31) }, /"nonceSecret"/],
    [{ mode: "allowed", replay, proofLifetime: 0 }, /"proofLifetime" must be a whole number of seconds, 1 to 600/],
    [{ mode: "allowed", replay, proofLifetime: 601 }, /"proofLifetime"/],
    [{ mode: "allowed", replay, nonces: true }, /no option "nonces"/],
  ]) {
    assert.throws(
      () => createGuard({ ...options, dpop }),
      (error) => error instanceof TypeError && message.test(error),
    );
  }
  const tokens = [fromCookie("__Host-token")];
  assert.throws(() => guardOf({}, { tokens }), /needs fromAuthorization/);
  guardOf({}, { tokens: [...tokens, fromAuthorization()] });
});

test("a secret that is changed later stays what it was", async () => {
  const secret = new Uint8Array(32).fill(7);
  const guard = guardOf({ nonceSecret: secret });
  const { nonce } = await ask(guard, bound(makeClient()));
  secret.fill(0);
  assert.equal((await ask(guardOf({ nonceSecret }), bound(makeClient(), { proof: { nonce } }))).status, 200);
});
