// The test issuer that applications have: what it mints, publishes and refuses.

import assert from "node:assert/strict";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { countersign, folder } from "./support/package.mjs";

const { createTestIssuer } = await importPackage(folder, "countersign/testing");
const { createGuard } = await importPackage(folder, "countersign/guard");
const { createVerifier } = countersign;

const verifierOf = ({ issuer, audience, fetch }, more) => createVerifier({ issuer, audience, fetch, ...more });
const refused = (promise, code) => assert.rejects(promise, (error) => (assert.equal(error.code, code), true));

for (const algorithm of ["ES256", "RS256", "EdDSA"]) {
  test(`tokens with ${algorithm} are verified by discovery`, async () => {
    const issuer = await createTestIssuer({ algorithm, issuer: "https://login.example/tenant" });
    const verifier = verifierOf(issuer);
    const { claims, header } = await verifier.verify(await issuer.mint({ sub: "alice", role: "ü" }));
    assert.deepEqual([claims.sub, claims.role, claims.iss], ["alice", "ü", "https://login.example/tenant"]);
    assert.deepEqual(header, { alg: algorithm, typ: "at+jwt", kid: "test-1" });
    await verifier.verify(await issuer.mint());
    assert.equal(issuer.fetches, 1);
  });
}

test("claims and times are as the test wants them", async () => {
  const issuer = await createTestIssuer({ now: () => 1_700_000_000_500 });
  const verifier = verifierOf(issuer, { now: () => 1_700_000_000_500 });
  assert.equal((await verifier.verify(await issuer.mint())).claims.exp, 1_700_000_600);
  await refused(verifier.verify(await issuer.mint({}, { expiresIn: -60 })), "token_expired");
  await refused(verifier.verify(await issuer.mint({ exp: undefined })), "claim_missing");
  await refused(verifier.verify(await issuer.mint({ aud: "other" })), "audience_mismatch");
  await refused(verifier.verify(await issuer.mint({}, { header: { typ: "JWT+other" } })), "typ_mismatch");
});

test("a rotated key is fetched, and a withdrawn one is refused", async () => {
  const issuer = await createTestIssuer();
  const verifier = verifierOf(issuer);
  const old = await issuer.mint();
  await verifier.verify(old);
  assert.equal(await issuer.rotate(), "test-2");
  assert.deepEqual(issuer.kids, ["test-1", "test-2"]);
  await verifier.verify(await issuer.mint());
  assert.equal(issuer.fetches, 2);
  issuer.withdraw("test-1");
  assert.deepEqual(
    issuer.jwks().keys.map(({ kid }) => kid),
    ["test-2"],
  );
  await refused(verifierOf(issuer).verify(old), "key_not_found");
  await refused(verifierOf(issuer).verify(await issuer.mint({}, { kid: "test-1" })), "key_not_found");
  assert.throws(() => issuer.withdraw("test-1"), TypeError);
  await assert.rejects(issuer.mint({}, { kid: "test-3" }), TypeError);
});

test("an outage is no verdict, and passes", async () => {
  const issuer = await createTestIssuer();
  for (const how of [500, 302, "network"]) {
    issuer.fail(how);
    await refused(verifierOf(issuer).verify(await issuer.mint()), "jwks_unavailable");
    const { refusal } = await createGuard({
      issuer: issuer.issuer,
      resource: issuer.audience,
      fetch: issuer.fetch,
    }).authenticate(new Request(issuer.audience, { headers: { authorization: `Bearer ${await issuer.mint()}` } }));
    assert.equal(refusal.status, 503);
  }
  issuer.fail(undefined);
  await verifierOf(issuer).verify(await issuer.mint());
});

test("a slow answer is waited for, and given up with its signal", async () => {
  const issuer = await createTestIssuer();
  issuer.delay(50);
  const began = performance.now();
  await verifierOf(issuer).verify(await issuer.mint());
  assert.ok(performance.now() - began >= 90, "metadata and keys");
  issuer.delay(60_000);
  await assert.rejects(issuer.fetch(issuer.jwksUri, { signal: AbortSignal.timeout(10) }), { name: "TimeoutError" });
  await assert.rejects(issuer.fetch(issuer.jwksUri, { signal: AbortSignal.abort() }), { name: "AbortError" });
});

test("what it publishes has no private part, and is nowhere else", async () => {
  const issuer = await createTestIssuer({ algorithm: "RS256" });
  const [key] = issuer.jwks().keys;
  assert.deepEqual(Object.keys(key).sort(), ["alg", "e", "kid", "kty", "n", "use"]);
  const init = { signal: new AbortController().signal };
  assert.equal((await issuer.fetch("https://issuer.example/other", init)).status, 404);
  assert.equal(issuer.metadata().jwks_uri, issuer.jwksUri);
});

test("mistakes are a TypeError that says what to write", async () => {
  for (const [options, message] of [
    [{ algorithm: "HS256" }, /"ES256", "RS256" or "EdDSA"/],
    [{ issuer: "issuer" }, /https URL/],
    [{ isuer: "https://a.example" }, /did you mean "issuer"/],
    [{ audience: "" }, /audience/],
    [{ now: 3 }, /now/],
  ]) {
    await assert.rejects(createTestIssuer(options), { name: "TypeError", message });
  }
  const issuer = await createTestIssuer();
  for (const ms of [-1, 0.5, NaN, "1"]) assert.throws(() => issuer.delay(ms), /milliseconds/);
  for (const how of [199, 600, "503", null]) assert.throws(() => issuer.fail(how), /HTTP status/);
});

test("a page's sign-in without a provider", async () => {
  const { createTestBrowserAuth } = await importPackage(folder, "countersign/testing");
  const { createBrowserAuth } = await importPackage(folder, "countersign/spa");
  const asked = [];
  const fetch = async (url, { method, headers }) => {
    asked.push([url, method, headers.get("authorization"), headers.get("x-own")]);
    return Response.json({});
  };
  const wanted = [];
  const accessToken = async (what) => (wanted.push(what), "token");
  const auth = createTestBrowserAuth({ user: { sub: "alice" }, accessToken, fetch });
  assert.deepEqual(auth.user, { sub: "alice" });
  await auth.fetch("https://api.example/", { method: "PUT", headers: { "x-own": "1" } });
  assert.deepEqual(asked, [["https://api.example/", "PUT", "Bearer token", "1"]]);
  await auth.accessToken();
  await auth.accessToken({ resource: "urn:a" });
  await auth.fetch(new URL("https://b.example/"), { method: "GET", resource: "urn:b" });
  assert.deepEqual(wanted, [
    { url: "https://api.example/" },
    {},
    { resource: "urn:a" },
    { url: "https://b.example/", resource: "urn:b" },
  ]);
  void auth.login({ returnTo: "/notes" });
  void auth.logout();
  assert.deepEqual([auth.test.logins, auth.test.logouts], [[{ returnTo: "/notes" }], [{}]]);
  let told = 0;
  const stop = auth.subscribe(() => (told += 1));
  const before = auth.getSnapshot();
  assert.equal(auth.getSnapshot(), before);
  auth.test.end();
  auth.test.end();
  stop();
  assert.equal(told, 1);
  assert.deepEqual(auth.getSnapshot(), { user: { sub: "alice" }, ended: true });
  await assert.rejects(auth.accessToken(), { name: "CountersignError", code: "session_ended" });

  const nobody = createTestBrowserAuth({ error: new Error("no") });
  assert.equal(nobody.user, undefined);
  assert.equal(nobody.getSnapshot().error.message, "no");
  assert.throws(() => createTestBrowserAuth({ users: [] }), TypeError);
  assert.equal(typeof createBrowserAuth, "function");
});
