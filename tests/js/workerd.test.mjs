// Many requests in one isolate, where none may wait for another's promise.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import { request } from "node:http";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundleWorker, startWorkerd } from "../support/workerd.mjs";
import { folder } from "./support/package.mjs";
import { makeClient } from "./support/dpop.mjs";
import { json, serve, status } from "./support/server.mjs";
import { audience, issuer, makeKey } from "./support/tokens.mjs";

const key = makeKey("ES256", "old");
const next = makeKey("ES256", "new");
const slowly = (handle) => (request, response) => setTimeout(() => handle(request, response), 150);
const status503 = status(503);
const seconds = () => Math.floor(Date.now() / 1000);
const sign = (by) => by.sign({ iat: seconds(), exp: seconds() + 600 });

let server;
let worker;
before(async () => {
  server = await serve(slowly(json({ keys: [key.jwk] })));
  const sources = path.join(folder, "worker");
  mkdirSync(sources, { recursive: true });
  const entry = path.join(sources, "index.mjs");
  copyFileSync(fileURLToPath(new URL("support/worker.mjs", import.meta.url)), entry);
  const modules = await bundleWorker(entry, path.join(sources, "bundle"));
  const variables = { JWKS: server.origin, ISSUER: issuer, AUDIENCE: audience };
  worker = await startWorkerd(path.join(sources, "bundle"), { modules, variables });
});
after(() => Promise.all([worker?.close(), server?.close()]));

const ask = async (verifier, jwt, init) => {
  const response = await fetch(`${worker.url}/?verifier=${verifier}&jwt=${jwt}`, init);
  return `${response.status} ${response.ok ? (await response.json()).sub : await response.text()}`;
};
const many = (count, call) => Promise.all(Array.from({ length: count }, call));

test("a cold isolate under load fetches once, and answers all", async () => {
  server.requests = [];
  const answers = await many(60, () => ask("load", sign(key)));
  assert.deepEqual(new Set(answers), new Set(["200 user"]));
  assert.deepEqual(server.requests, ["/load"]);
});

test("a new key, under load", async () => {
  server.handle = slowly(json({ keys: [key.jwk, next.jwk] }));
  const answers = await many(60, (_, index) => ask("load", sign(index % 2 ? next : key)));
  assert.deepEqual(new Set(answers), new Set(["200 user"]));
  assert.deepEqual(server.requests, ["/load", "/load"]);
});

test("a server that fails, under load", async () => {
  server.requests = [];
  server.handle = slowly(status(500));
  const answers = await many(60, () => ask("failing", sign(key)));
  assert.deepEqual(new Set(answers), new Set(["503 jwks_unavailable"]));
  assert.deepEqual(server.requests, ["/failing"]);
});

test("a request that ends while it fetches holds the others up for seconds, not for good", async () => {
  server.requests = [];
  server.handle = () => undefined;
  assert.equal(await ask("abandoned&abandon", sign(key)), "410 gone");
  assert.deepEqual(server.requests, ["/abandoned"]);
  server.handle = slowly(json({ keys: [key.jwk] }));
  const began = performance.now();
  const answers = await many(20, () => ask("abandoned", sign(key)));
  assert.deepEqual(new Set(answers), new Set(["200 user"]));
  assert.ok(performance.now() - began < 8000);
  assert.deepEqual(server.requests, ["/abandoned", "/abandoned"]);
});

test("a client that goes away while its request fetches holds the others up for seconds, not for good", async () => {
  server.requests = [];
  server.handle = () => undefined;
  const abort = new AbortController();
  const first = ask("aborted", sign(key), { signal: abort.signal }).catch((error) => error.name);
  while (server.requests.length === 0) await new Promise((resolve) => setTimeout(resolve, 5));
  abort.abort();
  assert.equal(await first, "AbortError");
  server.handle = slowly(json({ keys: [key.jwk] }));
  const began = performance.now();
  const answers = new Set(await many(20, () => ask("aborted", sign(key))));
  assert.ok(performance.now() - began < 8000);
  // workerd may let the request go on all the same: then its fetch has failed in time, and has said so.
  answers.delete("200 user");
  answers.delete("503 jwks_unavailable");
  assert.deepEqual([...answers], []);
  await new Promise((resolve) => setTimeout(resolve, 5_100));
  assert.deepEqual(new Set(await many(20, () => ask("aborted", sign(key)))), new Set(["200 user"]));
});

test("with waitUntil a fetch survives the request that began it", async () => {
  server.requests = [];
  server.handle = slowly(json({ keys: [key.jwk] }));
  assert.equal(await ask("surviving&abandon", sign(key)), "410 gone");
  const began = performance.now();
  const answers = await many(20, () => ask("surviving", sign(key)));
  assert.deepEqual(new Set(answers), new Set(["200 user"]));
  assert.ok(performance.now() - began < 2000);
  assert.deepEqual(server.requests, ["/surviving"]);
});

test("an isolate that is its own issuer asks a function, once", async () => {
  server.requests = [];
  const answers = await many(40, () => ask("own", sign(key)));
  assert.deepEqual(new Set(answers), new Set(["200 user"]));
  assert.deepEqual(server.requests, ["/own"]);
});

test("a guard, in an isolate under load", async () => {
  server.handle = slowly(json({ keys: [key.jwk] }));
  server.requests = [];
  const send = async (headers, { guard = "guarded", method = "GET", path = "/" } = {}) => {
    const response = await fetch(`${worker.url}${path}?guard=${guard}`, { method, headers });
    const { status } = response;
    return [status, response.headers.get("www-authenticate")?.replace(/,.*/, "") ?? null, await response.text()];
  };
  const bearer = (claims) => ({
    authorization: `Bearer ${key.sign({ iat: seconds(), exp: seconds() + 600, ...claims })}`,
  });
  const good = bearer({ scope: "read write" });
  const admitted = [200, null, JSON.stringify(["user", ["read", "write"], false, "function"])];
  for (const answer of await many(40, () => send(good))) assert.deepEqual(answer, admitted);
  assert.deepEqual(server.requests, ["/guarded"]);
  for (const [headers, expected] of [
    [{}, [401, 'Bearer scope="read"']],
    [{ authorization: "Bearer a b" }, [400, 'Bearer error="invalid_request"']],
    [bearer({ scope: "write" }), [403, 'Bearer error="insufficient_scope"']],
    [bearer({ exp: seconds() - 60 }), [401, 'Bearer error="invalid_token"']],
  ])
    assert.deepEqual((await send(headers)).slice(0, 2), expected);
  const preflight = { origin: "https://app.example", "access-control-request-method": "POST" };
  assert.deepEqual(await send(preflight, { method: "OPTIONS" }), [204, null, ""]);
  const [status, , document] = await send({}, { path: "/.well-known/oauth-protected-resource" });
  assert.deepEqual([status, JSON.parse(document).resource], [200, audience]);

  server.handle = slowly(status503);
  assert.deepEqual((await send(good, { guard: "down" })).slice(0, 2), [503, null]);
});

/** Asks for a socket. Answers the status, the subprotocol, and what was said until the socket was closed. */
const openSocket = (...protocols) =>
  new Promise((resolve, reject) => {
    const key = Buffer.alloc(16).toString("base64");
    const names = { "sec-websocket-version": "13", "sec-websocket-key": key, "sec-websocket-protocol": protocols };
    const asked = request(worker.url, { headers: { connection: "upgrade", upgrade: "websocket", ...names } });
    asked.on("error", reject).on("response", (response) => resolve([response.resume().statusCode]));
    asked.on("upgrade", ({ statusCode, headers }, socket, head) => {
      let said = "";
      const hear = (text) => {
        said += text;
        if (!said.endsWith("expired")) return;
        socket.destroy();
        resolve([statusCode, headers["sec-websocket-protocol"], said]);
      };
      // What came in one piece with the response, which may be all.
      hear(head.toString("latin1"));
      socket.setEncoding("latin1").on("data", hear);
    });
    asked.end();
  });

test("a socket, until its token expires", async () => {
  server.handle = json({ keys: [key.jwk] });
  const now = seconds();
  const jwt = key.sign({ iat: now, exp: now + 3, sub: "alice" });
  const [status, protocol, said] = await openSocket(`access-token, ${jwt}`);
  assert.deepEqual([status, protocol], [101, "access-token"]);
  assert.match(said, /of alice.*expired$/s);
  assert.ok(Date.now() >= (now + 3) * 1000);
  // By the tolerance.
  assert.match((await openSocket(`access-token, ${jwt}`))[2], /of alice.*expired$/s);
  assert.deepEqual(await openSocket(`access-token, ${jwt}, ${jwt}`), [400]);
  assert.deepEqual(await openSocket("chat"), [401]);
});

test("a guard that asks for the verifier of an issuer, under load", async () => {
  server.handle = slowly(json({ jwks: { keys: [key.jwk] } }));
  server.requests = [];
  const headers = { authorization: `Bearer ${sign(key)}` };
  const send = async (query) => {
    const response = await fetch(`${worker.url}/?directory=${query}`, { headers });
    return `${response.status} ${await response.text()}`;
  };
  const answers = new Set(await many(60, () => send("directory")));
  assert.deepEqual(answers, new Set(["200 user"]));
  assert.deepEqual(server.requests, ["/directory"]);

  // Its request ends while it asks: the others wait for five seconds, and one of them asks.
  server.handle = () => undefined;
  assert.equal(await send("gone&abandon"), "410 gone");
  server.handle = slowly(json({ jwks: { keys: [key.jwk] } }));
  const began = performance.now();
  assert.deepEqual(new Set(await many(20, () => send("gone"))), new Set(["200 user"]));
  assert.ok(performance.now() - began < 8000);
  assert.deepEqual(server.requests, ["/directory", "/gone", "/gone"]);
});

test("proofs of possession: each holds once, also under load", async () => {
  server.handle = json({ keys: [key.jwk] });
  for (const alg of ["ES256", "ES384", "EdDSA", "PS256", "RS256"]) {
    const client = makeClient(alg);
    const token = key.sign({ iat: seconds(), exp: seconds() + 600, cnf: { jkt: client.jkt } });
    const url = `${worker.url}/?dpop`;
    const proof = client.proof({ url, token }, { iat: seconds() });
    const use = async (dpop) => {
      const response = await fetch(url, { headers: { authorization: `DPoP ${token}`, dpop } });
      const body = await response.json();
      return response.ok ? body : body.code;
    };
    const answers = await many(50, () => use(proof));
    assert.deepEqual(
      answers.filter((answer) => answer !== "replay_detected"),
      [["DPoP", "user"]],
      alg,
    );
    const other = makeClient(alg).proof({ url, token }, { iat: seconds() });
    assert.equal(await use(other), "dpop_invalid", alg);
    const dot = proof.lastIndexOf(".") + 10;
    assert.equal(
      await use(`${proof.slice(0, dot)}${proof[dot] === "A" ? "B" : "A"}${proof.slice(dot + 1)}`),
      "dpop_invalid",
    );
  }
});
