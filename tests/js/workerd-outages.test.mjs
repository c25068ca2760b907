// Outages on workerd: the matrix of faults over real sockets, and floods.

import assert from "node:assert/strict";
import { copyFileSync, mkdirSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { bundleWorker, startWorkerd } from "../support/workerd.mjs";
import { floodTest, headerOf, key, keySet, outageTests, sign } from "./support/outages.mjs";
import { folder } from "./support/package.mjs";
import { json, serve } from "./support/server.mjs";
import { audience, issuer, time } from "./support/tokens.mjs";

let server;
let worker;
let count = 0;
before(async () => {
  server = await serve(json(keySet));
  const sources = path.join(folder, "outage-worker");
  mkdirSync(sources, { recursive: true });
  const entry = path.join(sources, "index.mjs");
  copyFileSync(fileURLToPath(new URL("support/outage-worker.mjs", import.meta.url)), entry);
  const modules = await bundleWorker(entry, path.join(sources, "bundle"));
  worker = await startWorkerd(path.join(sources, "bundle"), { modules });
});
after(() => Promise.all([worker?.close(), server?.close()]));

function setUp(options) {
  const [clock, network, id] = [{ seconds: time }, {}, (count += 1)];
  const ask = async (call, jwts) => {
    const { seconds } = clock;
    const body = JSON.stringify({ id, options: { issuer, audience, ...options }, seconds, network, call, jwts });
    const response = await fetch(worker.url, { method: "POST", body });
    assert.equal(response.status, 200, "the worker has failed");
    return response.json();
  };
  const verifyAll = (jwts) => ask("verify", jwts);
  const verifier = {
    async verify(jwt) {
      const [verdict] = await verifyAll([jwt]);
      if (verdict.code !== "ok") throw Object.assign(new Error(verdict.code), verdict);
    },
    ready: () => ask("ready"),
    loadKeys: () => ask("loadKeys"),
  };
  const verifyAt = async (tokens) => {
    const codes = [];
    // A hundred to a request.
    for (let from = 0; from < tokens.length; from += 100) {
      codes.push(...(await ask("verifyAt", tokens.slice(from, from + 100))));
    }
    return codes;
  };
  return { clock, network, verifier, verifyAll, verifyAt, events: () => ask("events") };
}

const remote = () => {
  server.handle = json(keySet);
  server.requests = [];
  return setUp({ jwksUri: `${server.origin}/jwks` });
};

outageTests({ server: () => server, setUp });

test("100,000 made-up key IDs delay no good token", async () => {
  const { clock, verifier, verifyAll } = remote();
  const good = sign(key, clock);
  const [, claims, signature] = good.split(".");
  await floodTest({
    rounds: 1_000,
    each: 100,
    // A request with 20 of them, since the clock of workerd stands still while it verifies.
    async time() {
      const began = process.hrtime.bigint();
      const verdicts = await verifyAll(Array(20).fill(good));
      const taken = Number(process.hrtime.bigint() - began);
      assert.ok(verdicts.every(({ code }) => code === "ok"));
      return taken;
    },
    async flood(round, count) {
      const tokens = Array.from(
        { length: count },
        (_, index) => `${headerOf(`${round}-${index}`)}.${claims}.${signature}`,
      );
      const codes = new Set((await verifyAll(tokens)).map(({ code }) => code));
      assert.deepEqual(codes, new Set(["key_not_found"]));
    },
  });
  await verifier.verify(good);
  assert.equal(server.requests.length, 2);
});

test("1,000 first verifications make one fetch, in one request and in a thousand", async () => {
  const slowly = (request, response) => setTimeout(() => json(keySet)(request, response), 50);
  const within = remote();
  server.handle = slowly;
  const verdicts = await within.verifyAll(Array(1_000).fill(sign(key, within.clock)));
  assert.deepEqual(new Set(verdicts.map(({ code }) => code)), new Set(["ok"]));
  assert.equal(server.requests.length, 1);
  const { clock, verifier } = remote();
  server.handle = slowly;
  await Promise.all(Array.from({ length: 1_000 }, () => verifier.verify(sign(key, clock))));
  assert.equal(server.requests.length, 1);
});
