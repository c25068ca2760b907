// Tokens that are no JWTs: what a guard makes of what the issuer says of them (RFC 7662).

import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { makeClient } from "./support/dpop.mjs";
import { folder } from "./support/package.mjs";
import { json, serve, status } from "./support/server.mjs";
import { audience, makeKey, time } from "./support/tokens.mjs";

const { createGuard } = await importPackage(folder, "countersign/guard");
const { memoryStore } = await importPackage(folder, "countersign/stores");

const key = makeKey("ES256", "key");
const server = await serve(status(500));
after(() => server.close());
const issuer = server.origin;
const resource = audience;
const url = `${resource}/notes`;
const good = { active: true, sub: "user", client_id: "app", scope: "read write", exp: time + 600, aud: resource };

/** What the server is asked, and what it answers. */
let asked = [];
function answering(answer) {
  asked = [];
  server.handle = (request, response) => {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    request.on("end", () => {
      const { url: path, method, headers } = request;
      asked.push({ path, method, headers, form: Object.fromEntries(new URLSearchParams(body)) });
      answer(request, response);
    });
  };
}

const clientAuthentication = { method: "client_secret_basic", secret: "s:c r%t" };
const INVALID = `502 ${"introspection_invalid"}`;
const UNAVAILABLE = `503 ${"introspection_unavailable"}`;
const own = { endpoint: `${issuer}/introspect`, clientId: "an api", clientAuthentication };
const guardOf = (introspection = {}, more = {}) =>
  createGuard({
    issuer,
    resource,
    jwks: { keys: [key.jwk] },
    now: () => time * 1000,
    introspection: { ...own, ...introspection },
    ...more,
  });

async function judge(guard, token = "opaque", need = {}, headers = {}) {
  const request = new Request(url, { headers: { authorization: `Bearer ${token}`, ...headers } });
  const judged = await guard.authenticate(request, need);
  return judged.ok ? judged.auth : judged.refusal;
}
const outcome = (judged) => (judged.error === undefined ? "in" : `${judged.status} ${judged.error.code}`);

test("the server is asked, and says who it is", async () => {
  answering(json(good));
  const auth = await judge(guardOf(), "opaque/token+1", { scope: "read" });
  const [{ path, method, headers, form }] = asked;
  assert.deepEqual([path, method], ["/introspect", "POST"]);
  assert.deepEqual(form, { token: "opaque/token+1", token_type_hint: "access_token" });
  assert.equal(headers.authorization, `Basic ${btoa("an+api:s%3Ac+r%25t")}`);
  assert.deepEqual(
    [auth.issuer, auth.subject, auth.clientId, [...auth.scopes], auth.audience, auth.expiresAt, auth.header],
    [issuer, "user", "app", ["read", "write"], [resource], time + 600, undefined],
  );
  assert.equal(outcome(await judge(guardOf(), "opaque", { scope: "other" })), "403 insufficient_scope");
});

test("a client that shows itself in the body", async () => {
  answering(json(good));
  await judge(guardOf({ clientAuthentication: { method: "client_secret_post", secret: "s&" } }));
  const [{ headers, form }] = asked;
  assert.deepEqual([form.client_id, form.client_secret, headers.authorization], ["an api", "s&", undefined]);
});

test("JWTs are verified, and nobody is asked about them", async () => {
  answering(json(good));
  const guard = guardOf();
  assert.equal((await judge(guard, key.sign({ iss: issuer }))).subject, "user");
  assert.equal(outcome(await judge(guard, key.sign({ iss: "https://other.example/" }))), "401 issuer_mismatch");
  assert.equal(outcome(await judge(guard, "a.b.c")), "401 token_malformed");
  assert.deepEqual(asked, []);
  const without = createGuard({ issuer, resource, jwks: { keys: [key.jwk] } });
  assert.equal(outcome(await judge(without)), "401 token_malformed");
});

test("what an answer comes to", async () => {
  // Also for src/resource_server/introspection.rs: the core in wasm says the same.
  const rows = JSON.parse(await readFile(new URL("../corpus/introspection/answers.json", import.meta.url), "utf8"));
  const bound = [
    [{ ...good, cnf: { jkt: "x" } }, "401 token_binding_required"],
    [{ ...good, cnf: {} }, "401 token_binding_required"],
  ];
  for (const [text, expected] of [...rows, ...bound]) {
    const answer =
      typeof text === "string"
        ? text
            .replaceAll(/<now([+-]\d+)>/g, (_, seconds) => String(time + Number(seconds)))
            .replaceAll("<issuer>", issuer)
            .replaceAll("<resource>", resource)
        : text;
    answering(json(answer));
    assert.equal(outcome(await judge(guardOf())), expected, JSON.stringify(answer));
    assert.equal(asked.length, 1);
  }
});

test("what the options say of JWTs holds of tokens that are none", async () => {
  const about = { active: true, exp: time + 600 };
  for (const [options, answer, expected] of [
    [{ issuerAliases: ["id.example"] }, { iss: "id.example" }, "in"],
    [{ issuerAliases: ["id.example"] }, { iss: "id.example/" }, "401 issuer_mismatch"],
    [{ audience: ["https://one.example", "https://two.example"] }, { aud: "https://two.example" }, "in"],
    [{ audience: ["https://one.example", "https://two.example"] }, { aud: resource }, "401 audience_mismatch"],
    [{ binding: { claim: "client_id", values: ["web"] } }, { client_id: "web" }, "in"],
    [{ binding: { claim: "client_id", values: ["web"] } }, { client_id: "other" }, "401 audience_mismatch"],
    [{ binding: { claim: "client_id", values: ["web"] } }, {}, "401 claim_missing"],
    [{ binding: { claim: "client_id", values: ["web"] } }, { client_id: "web", aud: "x" }, "401 audience_mismatch"],
    [{ subject: "alice" }, { sub: "alice" }, "in"],
    [{ subject: "alice" }, { sub: "bob" }, "401 subject_mismatch"],
    [{ requiredClaims: ["scope"] }, { scope: "read" }, "in"],
    [{ requiredClaims: ["scope"] }, {}, "401 claim_missing"],
    [{ requiredClaims: ["aud"] }, {}, "401 claim_missing"],
    [{ maxTokenAge: 60 }, { iat: time - 60 }, "in"],
    [{ maxTokenAge: 60 }, { iat: time - 91 }, "401 token_too_old"],
    [{ maxTokenAge: 60 }, {}, "401 claim_missing"],
    [{ clockTolerance: 0 }, { exp: time }, "401 token_expired"],
    // What says that a JWT is an access token is in its header, which these have not.
    [{ profile: "at+jwt" }, {}, "in"],
  ]) {
    answering(json({ ...about, ...answer }));
    const label = JSON.stringify([options, answer]);
    const auth = await judge(guardOf({}, options));
    assert.equal(outcome(auth), expected, label);
    if (expected === "in") assert.equal(auth.issuer, answer.iss ?? issuer, label);
  }
});

test("a clock that is set back makes nothing count for longer", async () => {
  let at = time;
  answering(json(good));
  const guard = guardOf({ cache: { ttl: 20 } }, { now: () => at * 1000 });
  const times = async () => {
    const before = asked.length;
    assert.equal(outcome(await judge(guard)), "in");
    return asked.length - before;
  };
  assert.deepEqual([await times(), await times()], [1, 0]);
  at -= 10;
  assert.deepEqual([await times(), await times()], [1, 0]);
  // The address of the endpoint could not be had.
  answering(status(503));
  const unknown = guardOf({ endpoint: undefined }, { now: () => at * 1000 });
  assert.match(outcome(await judge(unknown)), /^503 /);
  at -= 3_600;
  const metadata = { issuer, jwks_uri: `${issuer}/jwks`, introspection_endpoint: `${issuer}/introspect` };
  answering((request, response) =>
    (request.url.includes("well-known") ? json(metadata) : json(good))(request, response),
  );
  assert.equal(outcome(await judge(unknown)), "in");
});

test("guards inside each other ask once", async () => {
  answering(json(good));
  const guard = guardOf();
  const request = new Request(url, { headers: { authorization: "Bearer opaque" } });
  const judged = await Promise.all(
    [guard, guard.with({ scope: "read" }), guard].map((one) => one.authenticate(request)),
  );
  assert.ok(judged.every(({ ok }) => ok));
  assert.equal(asked.length, 1);
  await guard.authenticate(request.clone());
  assert.equal(asked.length, 2);
});

test("what is said against a token ends what was said for it", async () => {
  const waiting = [];
  answering((request, response) => waiting.push((body) => json(body)(request, response)));
  let at = time;
  const guard = guardOf({ cache: { ttl: 20 } }, { now: () => at * 1000 });
  const both = [judge(guard), judge(guard)];
  while (waiting.length < 2) await new Promise((resolve) => setTimeout(resolve, 5));
  waiting[0](good);
  await Promise.race(both);
  waiting[1]({ active: false });
  assert.deepEqual((await Promise.all(both)).map(outcome).sort(), ["401 token_expired", "in"]);
  // By now nothing is remembered of the second, and nothing may be of the first.
  at += 5;
  answering(json({ active: false }));
  assert.equal(outcome(await judge(guard)), "401 token_expired");
});

test("a server that does not answer is no verdict", async () => {
  for (const [name, answer] of Object.entries({
    401: status(401),
    500: status(500),
    redirect: status(302, { location: "/elsewhere" }),
    "no content": status(204),
    large: json({ ...good, more: "x".repeat(70_000) }),
    "hangs up": (_, response) => response.destroy(),
  })) {
    answering(answer);
    const refusal = await judge(guardOf());
    assert.equal(outcome(refusal), UNAVAILABLE, name);
    const names = refusal.headers.map(([header]) => header);
    assert.deepEqual([names.includes("Retry-After"), names.includes("WWW-Authenticate")], [true, false], name);
    assert.ok(!refusal.body.includes(server.origin));
  }
  const closed = await serve(status(200));
  await closed.close();
  assert.equal(outcome(await judge(guardOf({ endpoint: closed.origin }))), UNAVAILABLE);
  const fetch = () => new Promise(() => undefined);
  const guard = guardOf({}, { fetch });
  assert.equal(outcome(await judge(guard)), UNAVAILABLE, "hangs");
});

test("the endpoint of the metadata", async () => {
  const metadata = { issuer, jwks_uri: `${issuer}/jwks`, introspection_endpoint: `${issuer}/from-metadata` };
  answering((request, response) =>
    request.url.includes("well-known") ? json(metadata)(request, response) : json(good)(request, response),
  );
  const guard = guardOf({ endpoint: undefined });
  for (let count = 0; count < 2; count += 1) assert.equal(outcome(await judge(guard)), "in");
  assert.deepEqual(
    asked.map(({ path }) => path),
    ["/.well-known/openid-configuration", "/from-metadata", "/from-metadata"],
  );
  for (const introspection_endpoint of [undefined, 7, "http://plain.example/", "x", "https://a:b@plain.example/"]) {
    answering(json({ ...metadata, introspection_endpoint }));
    assert.equal(outcome(await judge(guardOf({ endpoint: undefined }))), "500 internal_error");
  }
});

test("metadata that cannot be had is asked for again after five seconds", async () => {
  answering(status(503));
  let at = time;
  const guard = guardOf({ endpoint: undefined }, { now: () => at * 1000 });
  const requests = async () => {
    asked = [];
    assert.match(outcome(await judge(guard)), /^503 /);
    return asked.length;
  };
  const first = await requests();
  assert.ok(first > 0);
  assert.equal(await requests(), 0);
  at += 5;
  assert.equal(await requests(), first);
});

test("what was said against a token counts for five seconds", async () => {
  for (const introspection of [{}, { cache: { ttl: 20 } }]) {
    let at = time;
    const guard = guardOf(introspection, { now: () => at * 1000 });
    const ask = async (token, expected) => {
      const before = asked.length;
      assert.equal(outcome(await judge(guard, token)), expected);
      return asked.length - before;
    };
    answering(json({ active: false }));
    for (let count = 0; count < 100; count += 1) await ask("bad", "401 token_expired");
    assert.equal(asked.length, 1, "a flood with one token is one question");
    answering(json(good));
    at += 4;
    assert.equal(await ask("bad", "401 token_expired"), 0);
    assert.equal(await ask("other", "in"), 1, "others are asked about");
    at += 1;
    assert.equal(await ask("bad", "in"), 1);
    answering(json({ ...good, aud: "https://other.example" }));
    assert.equal(await ask("third", "401 audience_mismatch"), 1);
    at -= 60;
    assert.equal(await ask("third", "401 audience_mismatch"), 1, "a clock that is set back");
    // An outage says nothing against a token.
    answering(status(503));
    for (const count of [1, 1]) assert.equal(await ask("fourth", UNAVAILABLE), count);
    answering(json({ active: "yes" }));
    for (const count of [1, 1]) assert.equal(await ask("fifth", INVALID), count);
    // The oldest make room.
    answering(json({ active: false }));
    await ask("first", "401 token_expired");
    for (let count = 0; count < 1_000; count += 1) await ask(`flood-${count}`, "401 token_expired");
    assert.equal(await ask("first", "401 token_expired"), 1);
  }
});

test("answers are kept for as long as was said, and no longer than the token", async () => {
  let at = time;
  const clock = { now: () => at * 1000 };
  answering(json({ ...good, exp: time + 50 }));
  const guard = guardOf({ cache: { ttl: 20, maxEntries: 2 } }, clock);
  const times = async (token) => {
    const before = asked.length;
    assert.equal(outcome(await judge(guard, token)), "in");
    return asked.length - before;
  };
  assert.deepEqual([await times("a"), await times("a"), await times("b")], [1, 0, 1]);
  at += 19;
  assert.equal(await times("a"), 0);
  at += 1;
  assert.equal(await times("a"), 1);
  // The third pushes the oldest out.
  assert.deepEqual([await times("c"), await times("d"), await times("d"), await times("a")], [1, 1, 0, 1]);
  // By now it counts for the token's time, which the tolerance does not make longer.
  at = time + 45;
  assert.deepEqual([await times("e"), await times("e")], [1, 0]);
  at = time + 50;
  assert.equal(await times("e"), 1);
  // Nobody can change what others get.
  answering(json(good));
  const auth = await judge(guard, "g");
  assert.throws(() => (auth.claims.sub = "other"), TypeError);
});

test("an opaque token that is bound to a key needs its proof", async () => {
  const client = makeClient();
  answering(json({ ...good, token_type: "DPoP", cnf: { jkt: client.jkt } }));
  const guard = guardOf({}, { dpop: { mode: "required", replay: memoryStore() } });
  const proof = client.proof({ url, token: "opaque" });
  const dpop = { authorization: "DPoP opaque", dpop: proof };
  assert.equal((await judge(guard, "", {}, dpop)).scheme, "DPoP");
  assert.equal(outcome(await judge(guard, "", {}, dpop)), "401 replay_detected");
  assert.equal(outcome(await judge(guard, "opaque")), "401 token_binding_required");
});

test("answers that are signed", async () => {
  const answer = (claims = {}, header = {}, by = key) => {
    const none = { sub: undefined, exp: undefined };
    const about = { iss: issuer, aud: "an api", iat: time, token_introspection: good };
    return by.sign({ ...none, ...about, ...claims }, { typ: "token-introspection+jwt", ...header });
  };
  const guard = guardOf({ signed: true });
  for (const [name, body, expected] of [
    ["good", answer(), "in"],
    ["inactive", answer({ token_introspection: { active: false } }), "401 token_expired"],
    ["for another API", answer({ token_introspection: { ...good, aud: "x" } }), "401 audience_mismatch"],
    ["JSON", JSON.stringify(good), INVALID],
    ["of another type", answer({}, { typ: "JWT" }), INVALID],
    ["an access token", key.sign({ iss: issuer, token_introspection: good }, { typ: "at+jwt" }), INVALID],
    ["for another client", answer({ aud: "other" }), INVALID],
    ["of another issuer", answer({ iss: "https://other.example/" }), INVALID],
    ["too old", answer({ iat: time - 91 }), INVALID],
    ["of no time", answer({ iat: undefined }), INVALID],
    ["expired", answer({ exp: time - 60 }), INVALID],
    ["by another key", answer({}, { kid: "key" }, makeKey("ES256", "other")), INVALID],
    ["without what it is about", answer({ token_introspection: undefined }), INVALID],
    ["about nothing", answer({ token_introspection: [] }), INVALID],
    ["empty", "", INVALID],
    ["on a line", `${answer()}\n`, "in"],
  ]) {
    answering(json(body));
    assert.equal(outcome(await judge(guard, name.replaceAll(" ", "-"))), expected, name);
    assert.equal(asked[0].headers.accept, "application/token-introspection+jwt");
  }
  // Without the option, nobody believes what happens to be signed.
  answering(json(answer()));
  assert.equal(outcome(await judge(guardOf())), INVALID);
});

test("impossible options", () => {
  for (const [introspection, message] of [
    [true, /introspection/],
    [{ clientId: "" }, /"clientId"/],
    [{ clientId: undefined }, /"clientId" is mandatory/],
    [{ clientAuthentication: undefined }, /"clientAuthentication"/],
    [{ clientAuthentication: { method: "none", secret: "x" } }, /"method"/],
    [{ endpoint: "http://plain.example/introspect" }, /"endpoint" must be a URL with https/],
    [{ endpoint: "x" }, /"endpoint"/],
    [{ cache: { ttl: 0 } }, /"ttl"/],
    [{ cache: { ttl: 3601 } }, /"ttl"/],
    [{ cache: true }, /"cache"/],
    [{ endpont: "x" }, /did you mean "endpoint"/],
  ]) {
    const options = typeof introspection === "object" ? { ...own, ...introspection } : introspection;
    const make = () => createGuard({ issuer, resource, jwks: { keys: [key.jwk] }, introspection: options });
    assert.throws(make, (error) => error instanceof TypeError && message.test(error.message), String(message));
  }
  const verifier = { verify: async () => undefined };
  assert.throws(() => createGuard({ resource, verifier, introspection: own }), /goes with one "issuer"/);
});
