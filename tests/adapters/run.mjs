// The adapters over HTTP on loopback, with the frameworks themselves:  node tests/adapters/run.mjs
//
// One table of requests for all of them (requests.mjs), then what differs: answers of the application's own, errors,
// metadata.

import assert from "node:assert/strict";
import { createRequire } from "node:module";
import path from "node:path";
import express from "express";
import fastify from "fastify";
import { importPackage, installPackage, target } from "../support/package.mjs";
import { createSuite } from "../support/suite.mjs";
import { summarize } from "../support/summary.mjs";
import { audience, issuer, makeKey, now, tamper, time } from "../js/support/tokens.mjs";
import { makeClient } from "../js/support/dpop.mjs";
import { serve, status } from "../js/support/server.mjs";
import { behaviours } from "./behaviours.mjs";
import { hosts, listening } from "./hosts.mjs";
import { send } from "./http.mjs";
import { requests } from "./requests.mjs";

const folder = path.join(target, "adapters-tests");
const installed = await installPackage(folder);
const { createGuard, fromHeader } = await importPackage(folder, "countersign/guard");
const { memoryStore } = await importPackage(folder, "countersign/stores");
const names = ["hono", "express", "fastify", "node"];
const adapters = Object.fromEntries(
  await Promise.all(names.map(async (name) => [name, await importPackage(folder, `countersign/${name}`)])),
);

const key = makeKey("ES256");
const good = key.sign({ scope: "notes:read" });
const expired = key.sign({ scope: "notes:read", exp: time - 60 });
const tokens = { good, weak: key.sign({ scope: "other" }), expired, altered: tamper(good) };
const rows = requests(tokens);
const bearer = ["Authorization", `Bearer ${good}`];

/** A guard that asks for nonces, with a clock to set, and the header fields of a client's requests to it. */
function proofs() {
  const clock = { seconds: time };
  const client = makeClient();
  const token = key.sign({ scope: "notes:read", exp: time + 3600, cnf: { jkt: client.jkt } });
  const dpop = { mode: "allowed", replay: memoryStore(), nonceSecret: new Uint8Array(32).fill(7) };
  return {
    clock,
    options: { dpop, now: () => clock.seconds * 1000 },
    headersWith(nonce) {
      const proof = client.proof({ url: `${audience}/api/notes`, token }, { iat: clock.seconds, nonce });
      return [
        ["Authorization", `DPoP ${token}`],
        ["DPoP", proof],
      ];
    },
  };
}

const failing = await serve(status(503));
const nobody = await serve(status(200));
await nobody.close();
const keys = {
  usual: { jwks: { keys: [key.jwk] } },
  optional: { jwks: { keys: [key.jwk] } },
  down: { jwksUri: `${nobody.origin}/jwks` },
  failing: { jwksUri: `${failing.origin}/jwks` },
};
const needs = { optional: { scope: "notes:read", optional: true } };

const { check: test, counts } = createSuite();
const unhandled = [];
process.on("unhandledRejection", (error) => unhandled.push(error));
// What fetch servers log of `/api/boom`.
console.error = () => undefined;

for (const [name, start] of Object.entries(hosts)) {
  const before = { passed: counts.passed, failed: counts.failures.length };
  for (const row of rows) await test(`${name}: ${row.name}`, () => checkRow(name, start, row));
  for (const [title, check] of Object.entries(behaviours)) {
    await test(`${name}: ${title}`, () =>
      check({ name, bearer, proofs, withApi: (more, visit) => withApi(start, more, visit) }));
  }
  const failed = counts.failures.length - before.failed;
  console.log(`${name}: ${counts.passed - before.passed} passed, ${failed} failed`);
}
await test("the twin in CommonJS", async () => {
  const twin = (name) => createRequire(import.meta.url)(path.join(installed, `dist/cjs/${name}/index.js`));
  const guard = twin("guard").createGuard({ issuer, resource: audience, now, ...keys.usual });
  const twins = Object.fromEntries(names.map((name) => [name, twin(name)]));
  for (const [name, start] of Object.entries(hosts)) {
    const { origin, close } = await start(twins, guard, { need: { scope: "notes:read" }, note: () => undefined });
    const answers = await Promise.all([[bearer], []].map((headers) => send(origin, { headers })));
    await close();
    assert.deepEqual(
      answers.map(({ status }) => status),
      [200, 401],
      name,
    );
  }
});
await test("what is no guard, and what is no need", () => {
  const { hono, express, fastify, node } = adapters;
  const handler = () => undefined;
  const makers = [
    ...[hono, express, fastify].map(({ guarded }) => guarded),
    (guard, need) => node.guardedListener(guard, need, handler),
  ];
  const guard = createGuard({ issuer, resource: audience, now, ...keys.usual });
  for (const make of makers) {
    for (const other of [undefined, null, {}, { ...guard }, "guard"]) assert.throws(() => make(other), /createGuard/);
    assert.throws(() => make(guard, { scopes: "notes:read" }), TypeError);
    assert.throws(() => make(guard, { scope: "two words" }), TypeError);
  }
  for (const { metadata } of Object.values(adapters)) assert.throws(() => metadata({}, handler), /createGuard/);
  assert.throws(() => node.guardedListener(guard, { scope: "notes:read" }), TypeError);
});
await test("a request that does not come from Node's server", async () => {
  const guard = createGuard({ issuer, resource: audience, now, ...keys.usual });
  const app = fastify();
  app.get("/", { onRequest: adapters.fastify.guarded(guard) }, (request) => request.auth.subject);
  const answers = await Promise.all(
    [{ authorization: bearer[1] }, {}].map((headers) => app.inject({ url: "/", headers })),
  );
  assert.deepEqual(
    answers.map(({ statusCode }) => statusCode),
    [200, 401],
  );
});
await test("a field that every object has", async () => {
  const tokens = [fromHeader("x-assertion")];
  const guard = createGuard({ issuer, resource: audience, now, ...keys.usual, tokens });
  const { origin, close } = await hosts["express 5"](adapters, guard, { need: {}, note: () => undefined });
  Object.prototype["x-assertion"] = good;
  const answer = await send(origin).finally(() => delete Object.prototype["x-assertion"]);
  await close();
  assert.equal(answer.status, 401);
});
await test("a field that is written before the guard", async () => {
  const guard = createGuard({ issuer, resource: audience, now, ...keys.usual });
  const app = express();
  app.use((request, response, next) => {
    if (request.headers["x-token"]) request.headers.authorization = `Bearer ${request.headers["x-token"]}`;
    next();
  });
  app.get("/", adapters.express.guarded(guard), (request, response) => response.send(request.auth.subject));
  const { origin, close } = await listening(app.listen(0, "127.0.0.1"));
  const answers = await Promise.all([[["X-Token", good]], []].map((headers) => send(origin, { path: "/", headers })));
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 401],
  );
  await close();
});
await test("no promise was rejected unhandled", () => assert.deepEqual(unhandled, []));
await failing.close();
summarize(counts);

/** Runs an API with a guard of these options, for `visit(send, ran)`. */
async function withApi(
  start,
  { guard: kind = "usual", need = needs[kind] ?? { scope: "notes:read" }, ...more },
  visit,
) {
  const guard = createGuard({ issuer, resource: audience, now, ...keys[kind], ...more });
  let runs = 0;
  const { origin, close } = await start(adapters, guard, { need, note: () => (runs += 1) });
  try {
    await visit(
      (request) => send(origin, request),
      () => runs,
      origin,
    );
  } finally {
    await close();
  }
}

async function checkRow(name, start, { guard, expected, ...request }) {
  await withApi(start, { guard }, async (send, ran) => {
    const { status, headers, text } = await send(request);
    assert.equal(ran() > 0, expected.ran, `the handler ran: ${ran() > 0}`);
    if (expected.preflight) {
      assert.equal(status, 204);
      // Those without a next handler answer for themselves.
      const last = name === "node" || name === "guard.protect";
      assert.deepEqual(headers["x-passed-on"], last ? undefined : ["undefined"]);
      assert.equal(headers["access-control-allow-origin"], undefined);
      return;
    }
    const { challenge, retryAfter } = expected;
    assert.equal(status, expected.status);
    assert.deepEqual(headers["www-authenticate"], challenge && [challenge]);
    assert.deepEqual(headers["retry-after"], retryAfter && [retryAfter]);
    if (request.method === "HEAD") {
      assert.equal(text, "");
    } else if (status !== 200) {
      assert.match(headers["content-type"][0], /^application\/json/);
      assert.equal(typeof JSON.parse(text).error_description, "string");
    } else {
      assert.equal(JSON.parse(text).subject, expected.subject);
    }
    if (status !== 200) assert.deepEqual(headers["cache-control"], ["no-store"]);
  });
}
