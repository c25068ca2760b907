// Guards for several issuers: which verifier a token comes to, and how often the application is asked.

import assert from "node:assert/strict";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { mistaken } from "./support/assert.mjs";
import { countersign, folder } from "./support/package.mjs";
import { audience, issuer, makeKey, time } from "./support/tokens.mjs";

const { createGuard, fromAuthorization, fromHeader } = await importPackage(folder, "countersign/guard");
const keys = new Map();
const keyOf = (iss) => keys.get(iss) ?? keys.set(iss, makeKey("ES256", "key")).get(iss);
const sign = (iss, claims = {}, by = iss) => keyOf(by).sign({ iss, ...claims });
const second = "https://second.example/";
const verifierFor = (iss, more = {}) =>
  countersign.createVerifier({
    issuer: iss,
    audience,
    jwks: { keys: [keyOf(iss).jwk] },
    now: () => time * 1000,
    ...more,
  });

/** Status and code of a guard's answer. */
async function ask(guard, jwt) {
  const headers = { authorization: `Bearer ${jwt}` };
  const judged = await guard.authenticate(new Request(`${audience}/notes`, { headers }));
  if (judged.ok) return `200 ${judged.auth.issuer}`;
  const { status, error, headers: fields } = judged.refusal;
  return `${status} ${error.code}${fields.some(([name]) => /^retry-after$/i.test(name)) ? ", later" : ""}`;
}

/** A guard with a function, its clock, and what it was asked. */
function resolving(choose) {
  const state = { now: time * 1000, asked: [] };
  const guard = createGuard({
    resource: audience,
    authorizationServers: [issuer],
    now: () => state.now,
    verifier: (iss) => {
      state.asked.push(iss);
      return choose(iss);
    },
  });
  return Object.assign(state, { guard, ask: (jwt) => ask(guard, jwt) });
}

test("a list: each token by the verifier of its issuer, and by no other", async () => {
  const alias = "second.example";
  const guard = createGuard({
    resource: audience,
    now: () => time * 1000,
    verifier: [verifierFor(issuer), verifierFor(second, { issuerAliases: [alias], algorithms: ["ES256"] })],
  });
  assert.equal(await ask(guard, sign(issuer)), `200 ${issuer}`);
  assert.equal(await ask(guard, sign(second)), `200 ${second}`);
  assert.equal(await ask(guard, sign(alias, {}, second)), `200 ${alias}`);
  // The other's key, in the first one's name.
  assert.equal(await ask(guard, sign(issuer, {}, second)), "401 signature_invalid");
  assert.equal(await ask(guard, sign(second, { aud: "https://other.example" })), "401 audience_mismatch");
  for (const stranger of ["https://stranger.example/", `${issuer}x`, issuer.slice(0, -1), "__proto__", "constructor"])
    assert.equal(await ask(guard, sign(stranger)), "401 issuer_mismatch");
  const metadata = await guard.metadataResponse(new Request(`${audience}/.well-known/oauth-protected-resource`)).json();
  assert.deepEqual(metadata.authorization_servers, [issuer, second]);
});

test("a token may be as large and of the form that the verifier of its issuer takes", async () => {
  const binding = { claim: "client", values: ["app"], inHeader: true };
  const balancer = verifierFor(second, { audience: undefined, binding, acceptPadding: true, profile: "jwt" });
  const large = verifierFor(issuer, { limits: { token: 40_000, payloadDepth: 64 } });
  const padded = keyOf(second).sign({ iss: second, aud: undefined }, { client: "app" }, true);
  assert.match(padded, /=/);
  const groups = { groups: "x".repeat(20_000), deep: JSON.parse("[".repeat(50) + "]".repeat(50)) };
  for (const verifier of [[large, balancer], (iss) => (iss === issuer ? large : balancer)]) {
    const guard = createGuard({
      resource: audience,
      authorizationServers: [issuer],
      now: () => time * 1000,
      verifier,
      tokens: [fromHeader("x-amzn-oidc-data"), fromAuthorization()],
    });
    assert.equal(await ask(guard, sign(issuer, groups)), `200 ${issuer}`);
    assert.equal(await ask(guard, sign(issuer, { groups: "x".repeat(40_000) })), "401 token_too_large");
    assert.equal(await ask(guard, sign(issuer, { groups: "x".repeat(50_000) })), "401 token_too_large");
    assert.equal(await ask(guard, sign(second, groups)), "401 token_too_large");
    const request = (jwt) => new Request(`${audience}/notes`, { headers: { "x-amzn-oidc-data": jwt } });
    const judged = await guard.authenticate(request(padded));
    assert.equal(judged.auth?.issuer, second);
    // Of another issuer, which pads nothing.
    const other = keyOf(issuer).sign({ iss: issuer }, {}, true);
    assert.equal((await guard.authenticate(request(other))).refusal.error.code, "token_malformed");
  }
});

test("a list is ready when one of its issuers is", async () => {
  const down = (iss) =>
    countersign.createVerifier({ issuer: iss, audience, jwksUri: `${iss}keys`, fetch: async () => assert.fail() });
  const of = (...verifier) => createGuard({ resource: audience, verifier });
  assert.equal(await of(down(issuer), verifierFor(second)).ready(), true);
  assert.equal(await of(down(issuer), down(second)).ready(), false);
});

test("what is no list of verifiers", async () => {
  const of = (verifier) => () => createGuard({ resource: audience, verifier });
  await mistaken(of([]), /"verifier" must not be empty/);
  await mistaken(of([verifierFor(issuer), {}]), /"verifier", entry 1, must be what createVerifier returns/);
  await mistaken(of([{ verify: async () => ({}) }]), /a function chooses among others/);
  await mistaken(of([verifierFor(issuer), verifierFor(issuer)]), /entry 1, is a second verifier for "https:/);
  const template = countersign.createVerifier({
    issuer: "https://login.example/{tenantid}",
    issuerVariable: { name: "tenantid", claim: "tid" },
    audience,
    jwksUri: "https://login.example/keys",
  });
  assert.equal(template.issuers, undefined);
  await mistaken(of([template]), /a function chooses among others/);
  assert.deepEqual(verifierFor(issuer).issuers, [issuer]);
});

test("a function is asked once for an issuer, and again after ten minutes; of a stranger after one", async () => {
  const by = resolving(async (iss) => (iss === issuer ? verifierFor(issuer) : undefined));
  const both = async () => [await by.ask(sign(issuer)), await by.ask(sign(second))];
  for (let round = 0; round < 5; round += 1) assert.deepEqual(await both(), [`200 ${issuer}`, "401 issuer_mismatch"]);
  assert.deepEqual(by.asked, [issuer, second]);
  by.now += 59_999;
  await both();
  assert.deepEqual(by.asked, [issuer, second]);
  by.now += 1;
  await both();
  assert.deepEqual(by.asked, [issuer, second, second]);
  by.now += 540_000;
  await both();
  assert.deepEqual(by.asked, [issuer, second, second, issuer, second]);
});

test("an issuer that is taken out is refused, and one that is put in is taken", async () => {
  let trusted = issuer;
  const by = resolving(async (iss) => (iss === trusted ? verifierFor(iss) : undefined));
  assert.equal(await by.ask(sign(issuer)), `200 ${issuer}`);
  assert.equal(await by.ask(sign(second)), "401 issuer_mismatch");
  trusted = second;
  by.now += 600_000;
  assert.equal(await by.ask(sign(issuer)), "401 issuer_mismatch");
  assert.equal(await by.ask(sign(second)), `200 ${second}`);
});

test("concurrent requests ask once, whatever comes of it", async () => {
  const answers = {
    [issuer]: () => verifierFor(issuer),
    [second]: () => undefined,
    "https://third.example/": () => Promise.reject(new Error("the database is down")),
  };
  const by = resolving(async (iss) => {
    await new Promise((resolve) => setTimeout(resolve, 30));
    return answers[iss]();
  });
  const issuers = Object.keys(answers);
  const given = await Promise.all(Array.from({ length: 90 }, (_, index) => by.ask(sign(issuers[index % 3]))));
  assert.deepEqual(new Set(given), new Set([`200 ${issuer}`, "401 issuer_mismatch", "503 jwks_unavailable, later"]));
  assert.deepEqual(by.asked.sort(), issuers.sort());
});

test("a function that fails: 503 with its cause, tried again after five seconds", async () => {
  for (const fail of [() => Promise.reject(new Error("down")), () => assert.fail("down")]) {
    const by = resolving(fail);
    const headers = { authorization: `Bearer ${sign(issuer)}` };
    const { refusal } = await by.guard.authenticate(new Request(audience, { headers }));
    assert.match(refusal.error.cause.message, /down/);
    assert.ok(!refusal.body.includes("down"));
    assert.equal(await by.ask(sign(issuer)), "503 jwks_unavailable, later");
    assert.equal(by.asked.length, 1);
    by.now += 5_000;
    await by.ask(sign(issuer));
    assert.equal(by.asked.length, 2);
  }
});

test("a verifier outlives failures for an hour", async () => {
  let isDown = false;
  const by = resolving(async (iss) => (isDown ? assert.fail("down") : verifierFor(iss)));
  assert.equal(await by.ask(sign(issuer)), `200 ${issuer}`);
  isDown = true;
  by.now += 600_000;
  for (let round = 0; round < 3; round += 1) assert.equal(await by.ask(sign(issuer)), `200 ${issuer}`);
  assert.equal(by.asked.length, 2);
  by.now += 2_999_000;
  assert.equal(await by.ask(sign(issuer)), `200 ${issuer}`);
  by.now += 5_000;
  assert.equal(await by.ask(sign(issuer)), "503 jwks_unavailable, later");
  isDown = false;
  by.now += 5_000;
  assert.equal(await by.ask(sign(issuer)), `200 ${issuer}`);
});

test("a clock that is set back makes no answer count for longer", async () => {
  let trusts = false;
  const by = resolving(async (iss) => (trusts ? verifierFor(iss) : undefined));
  assert.equal(await by.ask(sign(issuer)), "401 issuer_mismatch");
  trusts = true;
  by.now -= 600_000;
  assert.equal(await by.ask(sign(issuer)), `200 ${issuer}`);
  trusts = false;
  by.now -= 600_000;
  assert.equal(await by.ask(sign(issuer)), "401 issuer_mismatch");
  let isDown = true;
  const failing = resolving(async (iss) => (isDown ? assert.fail("down") : verifierFor(iss)));
  assert.equal(await failing.ask(sign(issuer)), "503 jwks_unavailable, later");
  isDown = false;
  failing.now -= 600_000;
  assert.equal(await failing.ask(sign(issuer)), `200 ${issuer}`);
  isDown = true;
  failing.now -= 600_000;
  assert.equal(await failing.ask(sign(issuer)), `200 ${issuer}`, "the verifier is no older for it");
  failing.now -= 7_200_000;
  assert.equal(await failing.ask(sign(issuer)), "503 jwks_unavailable, later");
});

test("a flood of made-up issuers evicts nobody, and no request asks twice", async () => {
  const by = resolving((iss) => (iss.startsWith("https://made-up") ? undefined : verifierFor(iss)));
  const good = Array.from({ length: 100 }, (_, index) => `https://tenant-${index}.example/`);
  const forger = keyOf(issuer);
  const madeUp = (index) => forger.sign({ iss: `https://made-up-${index}.example/` });
  for (const iss of good) assert.equal(await by.ask(sign(iss)), `200 ${iss}`);
  for (let index = 0; index < 3_000; index += 1) assert.equal(await by.ask(madeUp(index)), "401 issuer_mismatch");
  assert.equal(by.asked.length, 3_100);
  for (const iss of good) assert.equal(await by.ask(sign(iss)), `200 ${iss}`);
  // Those of late are remembered, and those of long ago are not.
  for (let index = 2_000; index < 3_000; index += 1) await by.ask(madeUp(index));
  assert.equal(by.asked.length, 3_100);
  await by.ask(madeUp(0));
  assert.equal(by.asked.length, 3_101);
  // The verifier that was used longest ago makes room for the 101st.
  await by.ask(sign("https://tenant-100.example/"));
  await by.ask(sign(good[1]));
  assert.equal(by.asked.length, 3_102);
  await by.ask(sign(good[0]));
  assert.equal(by.asked.length, 3_103);
});

test("sixteen issuers are asked about at a time, and those that are known do not wait", async () => {
  const waiting = [];
  const by = resolving((iss) =>
    iss === issuer ? verifierFor(issuer) : new Promise((resolve) => waiting.push(resolve)),
  );
  assert.equal(await by.ask(sign(issuer)), `200 ${issuer}`);
  const forger = keyOf(issuer);
  const flood = Array.from({ length: 50 }, (_, index) =>
    by.ask(forger.sign({ iss: `https://made-up-${index}.example/` })),
  );
  assert.equal(await by.ask(sign(issuer)), `200 ${issuer}`);
  assert.equal(waiting.length, 16);
  for (const resolve of waiting) resolve(undefined);
  const answers = await Promise.all(flood);
  assert.equal(answers.filter((answer) => answer === "401 issuer_mismatch").length, 16);
  assert.equal(answers.filter((answer) => answer === "503 jwks_unavailable, later").length, 34);
});

test("a verifier that is made anew has the keys of the one before it", async () => {
  let isDown = false;
  let fetches = 0;
  const fetch = async () => {
    fetches += 1;
    return isDown ? Promise.reject(new Error("down")) : Response.json({ keys: [keyOf(issuer).jwk] });
  };
  let path = "keys";
  const by = resolving((iss) =>
    countersign.createVerifier({ issuer: iss, audience, jwksUri: iss + path, fetch, now: () => by.now }),
  );
  const ask = () => by.ask(sign(issuer, { exp: by.now / 1000 + 60 }));
  assert.equal(await ask(), `200 ${issuer}`);
  isDown = true;
  for (let round = 0; round < 6; round += 1) {
    by.now += 610_000;
    assert.equal(await ask(), `200 ${issuer}`);
  }
  assert.ok(by.asked.length >= 6);
  // Those of another address are not its own.
  path = "other";
  by.now += 610_000;
  fetches = 0;
  assert.equal(await ask(), "503 jwks_unavailable, later");
  assert.equal(fetches, 1);
});

test("a crowd of made-up issuers takes no verifier away that is due to be confirmed", async () => {
  const by = resolving((iss) => (iss === issuer ? verifierFor(issuer) : new Promise(() => undefined)));
  assert.equal(await by.ask(sign(issuer)), `200 ${issuer}`);
  by.now += 600_000;
  const forger = keyOf(issuer);
  const flood = Array.from({ length: 16 }, (_, index) =>
    by.ask(forger.sign({ iss: `https://made-up-${index}.example/` })),
  );
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(await by.ask(sign(issuer)), `200 ${issuer}`);
  by.now += 3_000_000;
  assert.equal(await by.ask(sign(issuer)), "503 jwks_unavailable, later", "an hour is over");
  assert.deepEqual(new Set(await Promise.all(flood)), new Set(["503 jwks_unavailable, later"]));
});

test("a function that never answers has five seconds", async () => {
  const by = resolving(() => new Promise(() => undefined));
  const began = Date.now();
  const answers = await Promise.all([by.ask(sign(issuer)), by.ask(sign(issuer))]);
  assert.deepEqual(answers, ["503 jwks_unavailable, later", "503 jwks_unavailable, later"]);
  assert.ok(Date.now() - began < 7_000);
  assert.equal(by.asked.length, 1);
});

test("an issuer that is no text, or a very long one, is not asked about", async () => {
  const by = resolving(() => verifierFor(issuer));
  for (const iss of [7, ["a"], { a: 1 }, "x".repeat(2_049)]) {
    assert.match(await by.ask(keyOf(issuer).sign({ iss })), /^401 /);
  }
  assert.deepEqual(by.asked, []);
});
