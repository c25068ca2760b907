// Keys over the network where requests share no promises, as on Workers. On loopback.

import assert from "node:assert/strict";
import { test } from "node:test";
import { packageOn } from "./support/package.mjs";
import { key, keySet, next, server, setUp, sign } from "./support/remote.mjs";
import { json } from "./support/server.mjs";

test("where promises are not shared, requests look for themselves whether keys have come", async () => {
  const isolated = await packageOn({ sharesPromises: false });
  const slowly = (request, response) => setTimeout(() => json(keySet)(request, response), 100);
  const { clock, verifier } = setUp(slowly, {}, isolated.createVerifier);
  await Promise.all(Array.from({ length: 50 }, () => verifier.verify(key.sign())));
  assert.equal(server.requests.length, 1);

  server.handle = (request, response) => setTimeout(() => json({ keys: [next.jwk] })(request, response), 100);
  await Promise.all(Array.from({ length: 50 }, () => verifier.verify(sign(next, clock))));
  assert.equal(server.requests.length, 2, "and so do those whose key is new");
  clock.seconds += 700;
  verifier.verifySync(sign(next, clock));
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(server.requests.length, 2, "nothing outlives its request");
});

test("where promises are not shared, keys at hand wait a second for a server that hangs", async () => {
  const isolated = await packageOn({ sharesPromises: false });
  const { clock, verifier } = setUp(undefined, {}, isolated.createVerifier);
  await verifier.verify(key.sign());
  server.handle = () => undefined;
  clock.seconds += 700;
  const began = performance.now();
  await Promise.all(Array.from({ length: 10 }, () => verifier.verify(sign(key, clock))));
  const seconds = (performance.now() - began) / 1000;
  assert.ok(seconds > 0.9 && seconds < 2, `${seconds} seconds`);
  await verifier.verify(sign(key, clock));
  assert.ok(performance.now() / 1000 - began / 1000 < 2, "one second for all of them");
  assert.equal(server.requests.length, 2);
});

test("where promises are not shared, a request that was cancelled holds nobody up for long", async () => {
  const isolated = await packageOn({ sharesPromises: false });
  let fetches = 0;
  // The first never comes back, as nothing of a cancelled request does; its timer neither.
  const timers = globalThis.setTimeout;
  const fetch = () => ((fetches += 1) === 1 ? new Promise(() => {}) : Promise.resolve(Response.json(keySet)));
  const { verifier } = setUp(undefined, { fetch }, isolated.createVerifier);
  globalThis.setTimeout = () => 0;
  void verifier.verify(key.sign());
  globalThis.setTimeout = timers;
  await verifier.verify(key.sign());
  assert.equal(fetches, 2);
});

for (const [kind, clocks] of Object.entries({ "of the wall": [Date], "of every kind": [Date, performance] })) {
  test(`where promises are not shared, a clock ${kind} that is set back holds nobody up for as long`, async () => {
    const isolated = await packageOn({ sharesPromises: false });
    let fetches = 0;
    const timers = globalThis.setTimeout;
    const fetch = () => ((fetches += 1) === 1 ? new Promise(() => {}) : Promise.resolve(Response.json(keySet)));
    const { verifier } = setUp(undefined, { fetch }, isolated.createVerifier);
    // Cancelled: its timer never fires.
    globalThis.setTimeout = () => 0;
    void verifier.verify(key.sign());
    globalThis.setTimeout = timers;
    const began = process.hrtime.bigint();
    const real = clocks.map((clock) => clock.now);
    clocks.forEach((clock, index) => (clock.now = () => real[index].call(clock) - 3_600_000));
    try {
      let timer;
      const patience = new Promise((_, reject) => (timer = setTimeout(reject, 10_000, new Error("still waiting"))));
      await Promise.race([verifier.verify(key.sign()), patience]);
      clearTimeout(timer);
    } finally {
      clocks.forEach((clock, index) => (clock.now = real[index]));
    }
    assert.equal(fetches, 2);
    assert.ok(process.hrtime.bigint() - began < 8_000_000_000n);
  });
}

test("where promises are not shared, a clock that is set back by less than a download may take costs seconds", async () => {
  const isolated = await packageOn({ sharesPromises: false });
  const { clock, verifier } = setUp(undefined, {}, isolated.createVerifier);
  await verifier.verify(key.sign());
  server.handle = () => undefined;
  clock.seconds += 700;
  const real = performance.now;
  const began = process.hrtime.bigint();
  const first = verifier.verify(sign(key, clock));
  performance.now = () => real.call(performance) - 5_000;
  try {
    await verifier.verify(sign(key, clock));
  } finally {
    performance.now = real;
  }
  assert.ok(process.hrtime.bigint() - began < 2_000_000_000n, "keys at hand wait a second, not five more");
  await first;
});
