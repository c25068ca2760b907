// Where metadata and keys are asked for: addresses apart from the issuer's name, and plain http to hosts that were named.

import assert from "node:assert/strict";
import { test } from "node:test";
import { mistaken, refused } from "./support/assert.mjs";
import { countersign } from "./support/package.mjs";
import { audience, issuer, makeKey, now } from "./support/tokens.mjs";

const { createVerifier, discover } = countersign;
const key = makeKey("ES256");
const inner = "http://keycloak:8080/realms/demo";
const metadataUri = `${inner}/.well-known/openid-configuration`;
const allowInsecureHosts = ["keycloak:8080"];

/** A network that has just these documents: objects, or statuses. Answers `{ fetch, asked }`. */
function network(documents) {
  const asked = [];
  const fetch = async (url) => {
    asked.push(url);
    const found = documents[url] ?? 404;
    return typeof found === "number" ? new Response("no", { status: found }) : Response.json(found);
  };
  return { fetch, asked };
}

const metadata = (name, place = inner) => ({ issuer: name, jwks_uri: `${place}/certs` });
const keys = { keys: [key.jwk] };

test("the metadata may be elsewhere, and names the issuer all the same", async () => {
  for (const name of [issuer, "acme.example", "http://localhost:8080/realms/demo"]) {
    const place = "https://sso.internal";
    const { fetch, asked } = network({ [`${place}/m?p=1`]: metadata(name, place), [`${place}/certs`]: keys });
    const verifier = createVerifier({ issuer: name, audience, now, fetch, metadataUri: `${place}/m?p=1` });
    const { claims } = await verifier.verify(key.sign({ iss: name }));
    assert.equal(claims.iss, name);
    assert.deepEqual(asked, [`${place}/m?p=1`, `${place}/certs`]);
    await refused(() => verifier.verify(key.sign({ iss: place })), "issuer_mismatch");
    assert.equal((await discover(name, { fetch, metadataUri: `${place}/m?p=1` })).issuer, name);
  }
  const { fetch } = network({ "https://sso.internal/m": metadata("https://other.example/") });
  const options = { fetch, metadataUri: "https://sso.internal/m" };
  const verifier = createVerifier({ issuer, audience, now, ...options });
  const error = await refused(() => verifier.verify(key.sign()), "discovery_issuer_mismatch");
  assert.equal(error.actual, "https://other.example/");
  assert.match(error.message, /metadataUri/);
  await refused(() => discover(issuer, options), "discovery_issuer_mismatch");
});

test("plain http goes to the hosts that were named", async () => {
  const { fetch, asked } = network({ [metadataUri]: metadata(inner), [`${inner}/certs`]: keys });
  const options = { issuer: inner, audience, now, fetch, allowInsecureHosts };
  await createVerifier(options).verify(key.sign({ iss: inner }));
  assert.deepEqual(asked, [metadataUri, `${inner}/certs`]);
  assert.equal((await discover(inner, { fetch, allowInsecureHosts: ["keycloak"] })).jwks_uri, `${inner}/certs`);

  const apart = { issuer: "http://localhost:8080/realms/demo", audience, now, allowInsecureHosts, metadataUri };
  const outer = network({ [metadataUri]: metadata(apart.issuer), [`${inner}/certs`]: keys });
  await createVerifier({ ...apart, fetch: outer.fetch }).verify(key.sign({ iss: apart.issuer }));

  const jwksUri = `${inner}/certs`;
  const direct = network({ [jwksUri]: keys });
  await createVerifier({ issuer, audience, now, jwksUri, allowInsecureHosts, fetch: direct.fetch }).verify(key.sign());
  assert.deepEqual(direct.asked, [jwksUri]);
});

test("and nowhere else", async () => {
  const base = { audience, now, fetch: async () => assert.fail("nothing is asked") };
  const jwksUri = `${inner}/certs`;
  await mistaken(
    () => createVerifier({ ...base, issuer: inner }),
    /option "issuer" must be an https URL.*allowInsecure/,
  );
  await mistaken(() => createVerifier({ ...base, issuer, metadataUri }), /option "metadataUri" must be an https URL/);
  await mistaken(() => createVerifier({ ...base, issuer, jwksUri }), /option "jwksUri" must be an https URL/);
  await mistaken(() => discover(inner), /option "issuer"/);
  await mistaken(() => discover(issuer, { metadataUri }), /option "metadataUri"/);
  for (const hosts of [["keycloak:80"], ["key"], ["keycloak.evil.example"], ["other", "keycloak:8081"]]) {
    const options = { ...base, issuer: inner, allowInsecureHosts: hosts };
    await mistaken(() => createVerifier(options), /option "issuer"/);
    await mistaken(() => discover(inner, { allowInsecureHosts: hosts }), /option "issuer"/);
  }
  for (const host of ["*", "http://keycloak", "keycloak/", "*.internal", "a b", "keycloak:port", "u@keycloak"]) {
    const options = { ...base, issuer: inner, allowInsecureHosts: ["keycloak", host] };
    await mistaken(() => createVerifier(options), /option "allowInsecureHosts" must be names of hosts/);
  }
  // Metadata that came over TLS does not lead out of it.
  const secure = "https://sso.internal/m";
  const { fetch } = network({ [secure]: metadata(issuer) });
  const verifier = createVerifier({ issuer, audience, now, fetch, metadataUri: secure, allowInsecureHosts });
  await refused(() => verifier.verify(key.sign()), "discovery_invalid");
});

test("addresses that exclude each other", async () => {
  const jwks = keys;
  const jwksUri = "https://sso.internal/certs";
  const uri = "https://sso.internal/m";
  const make = (options) => () => createVerifier({ issuer, audience, now, ...options });
  await mistaken(make({ jwks, metadataUri: uri }), /"jwks" and "metadataUri" exclude each other/);
  await mistaken(make({ jwksUri, metadataUri: uri }), /"jwksUri" and "metadataUri" exclude each other/);
  await mistaken(make({ jwks, allowInsecureHosts }), /"jwks" and "allowInsecureHosts" exclude each other/);
});

test("no metadata is not a server that is down", async () => {
  const addresses = ["openid-configuration", "oauth-authorization-server"].map(
    (name) => `${issuer}.well-known/${name}`,
  );
  const answering = (statuses) => {
    const { fetch } = network(Object.fromEntries(addresses.map((address, index) => [address, statuses[index]])));
    return { verifier: createVerifier({ issuer, audience, now, fetch }), fetch };
  };
  for (const statuses of [
    [404, 404],
    [410, 403],
  ]) {
    const { verifier, fetch } = answering(statuses);
    for (const call of [
      () => verifier.verify(key.sign()),
      () => verifier.loadKeys(),
      () => discover(issuer, { fetch }),
    ]) {
      const error = await refused(call, "discovery_invalid");
      assert.equal(error.status, 503);
      assert.match(error.message, /jwksUri.*metadataUri/);
    }
  }
  for (const statuses of [
    [500, 404],
    [404, 503],
    [429, 404],
  ]) {
    const { verifier, fetch } = answering(statuses);
    await refused(() => verifier.verify(key.sign()), "jwks_unavailable");
    await refused(() => discover(issuer, { fetch }), "jwks_unavailable");
  }
  const { fetch } = network({});
  const apart = createVerifier({ issuer, audience, now, fetch, metadataUri: "https://sso.internal/m" });
  await refused(() => apart.verify(key.sign()), "discovery_invalid");
});
