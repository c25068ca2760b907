// Presets: what they make of a user's values, and what that accepts. tests/presets.rs has the same cases.

import assert from "node:assert/strict";
import { createHmac, createPublicKey } from "node:crypto";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { importPackage } from "../support/package.mjs";
import { refused } from "./support/assert.mjs";
import { countersign, folder } from "./support/package.mjs";
import { encode, makeKey } from "./support/tokens.mjs";

const { createSharedSecretVerifier, createVerifier } = countersign;
const { createGuard } = await importPackage(folder, "countersign/guard");
const presets = await importPackage(folder, "countersign/presets");
const file = JSON.parse(readFileSync(new URL("../presets/cases.json", import.meta.url), "utf8"));
const keys = Object.fromEntries(["RS256", "ES256", "ES384"].map((alg) => [alg, makeKey(alg)]));
const secret = new Uint8Array(32).fill(7);
const now = () => file.now * 1000;

/** The members of the one, with those of the other in their place. `null` takes one away. */
const changed = (one, other) =>
  Object.fromEntries(Object.entries({ ...one, ...other }).filter(([, value]) => value !== null));

function verifierOf(made, alg) {
  if (alg === "HS256") return createSharedSecretVerifier({ ...made, secret, now });
  const { jwksUri, metadataUri, ...others } = made;
  assert.ok(jwksUri === undefined || metadataUri === undefined);
  const jwk = { ...keys[alg].jwk, use: made.keyUse ?? "sig" };
  return createVerifier({ ...others, jwks: { keys: [jwk] }, now });
}

function sign({ alg, typ, header: parameters, padded }, claims, changes = {}) {
  const header = { ...(typ && { typ }), ...changed(parameters, changes) };
  const none = Object.fromEntries(["iss", "aud", "sub", "iat", "exp"].map((name) => [name, undefined]));
  if (alg !== "HS256") return keys[alg].sign({ ...none, ...claims }, header, padded);
  const input = `${encode({ alg, ...header })}.${encode(claims)}`;
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}

test("every preset is tried", () => {
  const tried = new Set(file.cases.map(({ preset }) => preset));
  assert.deepEqual([...tried].sort(), Object.keys(presets).sort());
});

for (const [index, entry] of file.cases.entries()) {
  test(`${entry.preset} (${index})`, async () => {
    const make = presets[entry.preset];
    const made = make(entry.options);
    // A single text is a list of one.
    assert.deepEqual(made, entry.makes);
    const verifier = verifierOf(made, entry.alg);
    const good = changed(file.base, entry.claims);
    for (const changes of [{}, ...entry.also]) {
      const { claims } = await verifier.verify(sign(entry, changed(good, changes)));
      assert.deepEqual(claims, changed(good, changes));
    }
    for (const [changes, code, claim, header] of entry.refuses) {
      await assert.rejects(
        verifier.verify(sign(entry, changed(good, changes), header)),
        (error) => error.code === code && error.claim === claim,
        `${entry.preset}: ${JSON.stringify(changes)}`,
      );
    }
    for (const [changes, option] of entry.wrong) {
      const wrong = changed(entry.options, changes);
      const message = new RegExp(`^${entry.preset}: option "${option}".* (?:must|mandatory)`);
      assert.throws(() => make(wrong), { name: "TypeError", message }, JSON.stringify(wrong));
    }
    assert.throws(() => make({ ...entry.options, unknown: 1 }), {
      name: "TypeError",
      message: /has no option "unknown"/,
    });
    assert.throws(() => make(), TypeError);
  });
}

test("the forms of values are those of the core", () => {
  const { auth0, dex, entraExternalId, fief, firebase } = presets;
  for (const [value, expected] of file.forms) {
    const makes = {
      host: () => auth0({ audience: "x", domain: value }),
      segment: () => firebase({ projectId: value }),
      base: () => fief({ clientId: "x", url: value }),
      url: () => dex({ clientId: "x", issuer: value }),
      uuid: () => entraExternalId({ audience: "x", tenant: value }),
    };
    const fitting = Object.keys(makes).filter((form) => {
      try {
        return makes[form]() !== undefined;
      } catch (error) {
        assert.ok(error instanceof TypeError);
        return false;
      }
    });
    assert.equal(fitting.join(" "), expected, JSON.stringify(value));
  }
});

test("presets load nothing", () => {
  for (const name of ["presets", "cjs/presets"]) {
    const code = readFileSync(path.join(folder, "node_modules/countersign/dist", name, "index.js"), "utf8");
    assert.doesNotMatch(code, /\b(?:import|require)\b\s*[({"']|\bfrom "|WebAssembly/, name);
  }
});

test("a wrong value is told what to write", () => {
  const audience = "https://api.example";
  for (const [options, message] of [
    [{ audience }, 'auth0: option "domain" is mandatory: write e.g. "tenant.us.auth0.com"'],
    [
      { domain: "https://tenant.us.auth0.com", audience },
      'auth0: option "domain" must be a host name in lower case, without `https://` and without a path: write e.g. "tenant.us.auth0.com"',
    ],
    [{ domain: "a.example", audience: "" }, 'auth0: option "audience" must be a string that is not empty'],
    [{ domains: "a.example", audience }, 'auth0 has no option "domains": did you mean "domain"?'],
    [
      { domain: { toString: () => "a.example" }, audience },
      'auth0: option "domain" must be a string that is not empty',
    ],
  ]) {
    assert.throws(() => presets.auth0(options), { name: "TypeError", message });
  }
  const trap = new Proxy({}, { get: () => assert.fail(), has: () => assert.fail(), ownKeys: () => assert.fail() });
  for (const make of Object.values(presets)) assert.throws(() => make(trap), TypeError);
});

test("a guard takes a preset, and looks where the vendor's tokens have things", async () => {
  const resource = "https://api.example";
  const jwks = { keys: [keys.RS256.jwk] };
  const ask = async (options, claims, headers) => {
    const guard = createGuard({ ...options, jwks, now });
    const token = keys.RS256.sign({ ...file.base, ...claims });
    const request = new Request(resource, { headers: headers(token) });
    return guard.authenticate(request, { permissions: "read" });
  };
  const bearer = (token) => ({ authorization: `Bearer ${token}` });
  const keycloak = presets.keycloak({ url: "https://sso.example", realm: "demo", audience: resource });
  const claims = { iss: keycloak.issuer, aud: resource, typ: "Bearer", realm_access: { roles: ["read"] } };
  const { ok, auth } = await ask({ ...keycloak, resource }, claims, bearer);
  assert.deepEqual([ok, [...auth.permissions]], [true, ["read"]]);
  const own = await ask({ ...keycloak, permissions: ["permissions"] }, claims, bearer);
  assert.equal(own.refusal.status, 403);

  const { jwksUri, ...access } = presets.cloudflareAccess({ team: "my-team", audience: "tag" });
  assert.equal(jwksUri, "https://my-team.cloudflareaccess.com/cdn-cgi/access/certs");
  const user = { iss: access.issuer, aud: "tag", permissions: ["read"] };
  assert.ok((await ask(access, user, (token) => ({ "cf-access-jwt-assertion": token }))).ok);
  assert.equal((await ask(access, user, bearer)).refusal.status, 401);

  // A template is no authorization server.
  const { metadataUri, ...entra } = presets.entra({ tenant: "organizations", audience: resource });
  assert.ok(metadataUri.includes("/organizations/"));
  const url = `${resource}/.well-known/oauth-protected-resource`;
  const metadata = async (options) =>
    (
      await createGuard({ ...options, resource, jwks })
        .metadataResponse(new Request(url))
        .json()
    ).authorization_servers;
  assert.deepEqual(await metadata(keycloak), [keycloak.issuer]);
  assert.equal(await metadata(entra), undefined);
});

test("keys are fetched where the vendor has them", async () => {
  const fetched = [];
  const template = "https://login.microsoftonline.com/{tenantid}/v2.0";
  const answers = {
    "https://login.microsoftonline.com/organizations/v2.0/.well-known/openid-configuration": {
      issuer: template,
      jwks_uri: "https://login.microsoftonline.com/organizations/discovery/v2.0/keys",
    },
    "https://login.microsoftonline.com/organizations/discovery/v2.0/keys": { keys: [keys.RS256.jwk] },
  };
  const fetch = async (url) => {
    fetched.push(String(url));
    return Response.json(answers[url] ?? null, { status: answers[url] === undefined ? 404 : 200 });
  };
  const options = presets.entra({ tenant: "organizations", audience: "api" });
  const verifier = createVerifier({ ...options, fetch, now });
  const tid = "11111111-2222-4333-8444-555555555555";
  const claims = { ...file.base, iss: template.replace("{tenantid}", tid), tid, aud: "api" };
  assert.equal((await verifier.verify(keys.RS256.sign(claims))).claims.tid, tid);
  assert.deepEqual(fetched, Object.keys(answers));
  await refused(() => verifier.verify(keys.RS256.sign({ ...claims, iss: template })), "issuer_mismatch");
});

test("a load balancer's keys are fetched one by one", async () => {
  const fetched = [];
  const base = "https://public-keys.auth.elb.eu-west-1.amazonaws.com/";
  const present = { [keys.ES256.kid]: keys.ES256, "key-2": makeKey("ES256", "key-2") };
  const fetch = async (url) => {
    fetched.push(String(url));
    const key = present[String(url).slice(base.length)];
    const pem = key && createPublicKey({ key: key.jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
    return new Response(pem ?? "", {
      status: pem === undefined ? 403 : 200,
      headers: { "content-type": "binary/octet-stream" },
    });
  };
  const { options, claims, header } = file.cases.find(({ preset }) => preset === "awsAlb");
  const guard = createGuard({ ...presets.awsAlb(options), resource: "https://app.example", fetch, now });
  const ask = (key, changes = {}, padded = true) => {
    const none = { aud: undefined, iat: undefined };
    const token = key.sign({ ...file.base, ...claims, ...none }, { ...header, ...changes }, padded);
    return guard.authenticate(new Request("https://app.example", { headers: { "x-amzn-oidc-data": token } }));
  };
  for (const key of Object.values(present)) {
    const { ok, auth } = await ask(key);
    assert.deepEqual([ok, auth?.subject, auth?.issuer], [true, file.base.sub, options.issuer]);
  }
  assert.deepEqual(
    fetched,
    Object.keys(present).map((kid) => base + kid),
  );
  const refusal = async (...token) => (await ask(...token)).refusal;
  assert.equal((await refusal(makeKey("ES256", "made-up"))).error.code, "key_not_found");
  assert.equal((await refusal(makeKey("ES256", "../key-2"))).error.code, "key_not_found");
  assert.equal((await refusal(keys.ES256, { kid: "key-2" })).error.code, "signature_invalid");
  assert.equal((await refusal(keys.ES256, { signer: "arn:aws:other" })).error.code, "typ_mismatch");
  assert.equal(fetched.length, 3);
  // Another vendor's token is not padded.
  const auth0 = presets.auth0({ domain: "tenant.example", audience: "a" });
  const strict = createVerifier({ ...auth0, algorithms: ["ES256"], jwks: { keys: [keys.ES256.jwk] }, now });
  await refused(() => strict.verify(keys.ES256.sign({ iss: auth0.issuer }, {}, true)), "token_malformed");
  const keyStore = { get: () => undefined, set: () => undefined, delete: () => undefined };
  assert.throws(() => createVerifier({ ...presets.awsAlb(options), keyStore }), /"keyStore" is for key sets/);
});

test("a workload's token is of its trust domain", async () => {
  const bundle = {
    spiffe_sequence: 1,
    spiffe_refresh_hint: 300,
    keys: [
      { ...keys.ES256.jwk, use: "jwt-svid", alg: undefined },
      { ...makeKey("ES384", "unused").jwk, use: undefined },
      { ...makeKey("RS256", "x509").jwk, use: "x509-svid" },
      { ...makeKey("ES256", "sig").jwk, use: "sig" },
    ],
  };
  const made = presets.spiffe({ trustDomain: "example.org", bundle: "https://bundle.example.org", audience: "api" });
  const fetch = async () => Response.json(bundle);
  const verifier = createVerifier({ ...made, fetch, now });
  const { keys: usable, skipped } = await verifier.loadKeys();
  assert.deepEqual(
    [usable.map(({ kid }) => kid), skipped.map(({ kid }) => kid)],
    [[keys.ES256.kid], ["unused", "x509", "sig"]],
  );
  const svid = keys.ES256.sign({ ...file.base, iss: undefined, aud: ["api"], sub: "spiffe://example.org/web" });
  const bearer = { headers: { authorization: `Bearer ${svid}` } };
  for (const options of [
    { ...made, fetch, now },
    { resource: "https://api.example", verifier: [verifier], now },
    { resource: "https://api.example", verifier: (issuer) => (issuer === made.issuer ? verifier : undefined), now },
  ]) {
    const { ok, auth } = await createGuard(options).authenticate(new Request("https://api.example", bearer));
    assert.deepEqual([ok, auth?.issuer, auth?.subject], [true, "spiffe://example.org", "spiffe://example.org/web"]);
  }
  const named = createVerifier({ ...made, issuerAliases: ["https://spire.example"], fetch, now });
  const claims = { ...file.base, aud: ["api"], sub: "spiffe://example.org/web" };
  assert.ok(await named.verify(keys.ES256.sign({ ...claims, iss: "https://spire.example" })));
  await refused(() => verifier.verify(keys.ES256.sign({ ...claims, iss: "https://spire.example" })), "issuer_mismatch");
  assert.throws(() => createVerifier({ ...made, issuer: "https://example.org" }).loadKeys(), TypeError);
});

test("options of an issuer with several names are read", () => {
  const options = { issuer: "https://id.example/{t}", audience: "a", jwksUri: "https://id.example/keys" };
  for (const [more, message] of [
    [{ issuerAliases: "x" }, /option "issuerAliases" must be an array of strings/],
    [{ issuerVariable: "t" }, /option "issuerVariable" takes an object/],
    [{ issuerVariable: { name: "t" } }, /option "claim" is mandatory: write e.g. "tid"/],
    [{ issuerVariable: { name: "t", claim: "tid", values: [] } }, /option "values" must not be empty/],
    [{ issuerVariable: { name: "u", claim: "tid" } }, /option "issuerVariable" must be in the issuer/],
    [{ issuerAliases: ["https://id.example/{t}"] }, /option "issuerAliases" must be other spellings/],
    [{ guard: { scope: "x" } }, /option "guard" has no option "scope"/],
    [{ guard: { permissions: ["x"] } }, /option "guard": option "permissions" must be/],
  ]) {
    assert.throws(() => createVerifier({ ...options, ...more }), { name: "TypeError", message });
  }
});

test("the guide has every preset", () => {
  const guide = readFileSync(new URL("../../docs/guides/vendors.md", import.meta.url), "utf8");
  for (const [name, make] of Object.entries(presets)) {
    assert.equal(typeof make, "function");
    assert.match(guide, new RegExp(`\`${name}\\(\\{`), name);
  }
});
