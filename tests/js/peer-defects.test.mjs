// What guards of others got wrong in front of an API, one test each. What is named is what they did.

import assert from "node:assert/strict";
import { after, test } from "node:test";

import { importPackage } from "../support/package.mjs";
import { folder } from "./support/package.mjs";
import { json, serve, status } from "./support/server.mjs";
import { audience, issuer, makeKey, time } from "./support/tokens.mjs";

const { createGuard } = await importPackage(folder, "countersign/guard");
const key = makeKey("ES256", "one");
const server = await serve(json({ keys: [key.jwk] }));
after(() => server.close());
const closed = await serve(status(500));
await closed.close();

const now = () => time * 1000;
const outages = [
  ["an error of the server", status(500), `${server.origin}/jwks`],
  ["a page", (_, response) => response.writeHead(200).end("<html>"), `${server.origin}/jwks`],
  ["a set without keys", json({ keys: [] }), `${server.origin}/jwks`],
  ["a document that ends early", (_, response) => response.writeHead(200).end('{"keys":['), `${server.origin}/jwks`],
  ["a redirect", (_, response) => response.writeHead(302, { location: "/" }).end(), `${server.origin}/jwks`],
  ["nobody there", status(500), `${closed.origin}/jwks`],
];

/** Asks a guard that can have no keys. */
async function during([, handle, jwksUri], need) {
  server.handle = handle;
  let runs = 0;
  const guard = createGuard({ issuer, resource: audience, jwksUri, now });
  const route = guard.protect(need, () => ((runs += 1), new Response("in")));
  const headers = { authorization: `Bearer ${key.sign()}` };
  return { response: await route(new Request(`${audience}/`, { headers })), runs };
}

test("express-oauth2-jwt-bearer: where a token is optional, an outage lets it in unread", async () => {
  for (const outage of outages) {
    const { response, runs } = await during(outage, { optional: true });
    assert.deepEqual([response.status, runs], [503, 0], outage[0]);
  }
});

test("express-oauth2-jwt-bearer: an outage tells the addresses inside in a header field", async () => {
  for (const outage of outages) {
    const { response } = await during(outage, {});
    const shown = JSON.stringify([[...response.headers], await response.text()]);
    for (const inside of ["127.0.0.1", new URL(outage[2]).port, "jwks", "ECONN"]) {
      assert.ok(!shown.includes(inside), `${outage[0]}: ${shown}`);
    }
  }
});

test("hono: whether an outage is a bad token or an error of the server depends on its kind", async () => {
  const statuses = [];
  for (const outage of outages) statuses.push((await during(outage, {})).response.status);
  assert.deepEqual(statuses, Array(outages.length).fill(503));
});

test("Spring: which resource it is, the request's Host says", async () => {
  server.handle = json({ keys: [key.jwk] });
  const guard = createGuard({ issuer, resource: audience, jwksUri: `${server.origin}/jwks`, now });
  const route = guard.protect({}, () => new Response("in"));
  for (const headers of [
    { host: "evil.example" },
    { "x-forwarded-host": "evil.example", forwarded: "host=evil.example" },
  ]) {
    const challenged = await route(new Request("https://evil.example/notes", { headers }));
    assert.equal(challenged.status, 401);
    assert.ok(!JSON.stringify([...challenged.headers]).includes("evil.example"));
    const authorization = `Bearer ${key.sign({ aud: "https://evil.example" })}`;
    const foreign = await route(new Request("https://evil.example/notes", { headers: { ...headers, authorization } }));
    assert.equal(foreign.status, 401, "a token for what the request calls itself is for another resource");
  }
});

test("MCP requireBearerAuth: what follows a token is not looked at", async () => {
  server.handle = json({ keys: [key.jwk] });
  const token = key.sign();
  for (const need of [{}, { optional: true }]) {
    let runs = 0;
    const guard = createGuard({ issuer, resource: audience, jwksUri: `${server.origin}/jwks`, now });
    const route = guard.protect(need, () => ((runs += 1), new Response("in")));
    const ask = async (authorization) =>
      (await route(new Request(`${audience}/`, { headers: { authorization } }))).status;
    for (const garbage of [
      " x",
      "  x",
      "\tx",
      ",x",
      ", x",
      ";x",
      `, Bearer ${token}`,
      ` ${token}`,
      ", Basic YTpi",
      "\u00a0",
      "=x",
    ]) {
      assert.equal(await ask(`Bearer ${token}${garbage}`), 400, JSON.stringify(garbage));
    }
    assert.equal(runs, 0);
    assert.equal(await ask(`Bearer ${token}`), 200);
  }
});

test("oauth-resource-server: names that only a parser knows turn one value into another", async () => {
  server.handle = json({ keys: [key.jwk] });
  const guard = createGuard({ issuer, resource: audience, jwksUri: `${server.origin}/jwks`, now });
  const route = guard.protect({ scope: "write", permissions: "admin" }, () => new Response("in"));
  const ask = async (claims) => {
    const headers = { authorization: `Bearer ${key.sign({ scope: "write", permissions: ["admin"], ...claims })}` };
    return (await route(new Request(`${audience}/`, { headers }))).status;
  };
  assert.equal(await ask({}), 200);
  for (const name of ["$serde_json::private::RawValue", "$serde_json::private::Number"]) {
    assert.equal(await ask({ scope: { [name]: '"write"' } }), 401, name);
    assert.equal(await ask({ permissions: { [name]: '["admin"]' } }), 401, name);
    assert.equal(await ask({ permissions: [{ [name]: '"admin"' }] }), 401, name);
    assert.equal(await ask({ exp: { [name]: String(time + 60) } }), 401, name);
    // By itself it is a name as any other.
    assert.equal(await ask({ [name]: '{"scope":""}' }), 200, name);
  }
});
