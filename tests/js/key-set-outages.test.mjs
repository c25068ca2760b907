// Outages on Node: the matrix of faults, and floods.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { codeOf, floodTest, headerOf, key, keySet, outageTests, sign } from "./support/outages.mjs";
import { countersign } from "./support/package.mjs";
import { json, serve } from "./support/server.mjs";
import { audience, issuer, time } from "./support/tokens.mjs";

const { createVerifier } = countersign;
const server = await serve(json(keySet));
after(() => server.close());

function setUp(options) {
  const [clock, network, events] = [{ seconds: time }, {}, []];
  const verifier = createVerifier({
    issuer,
    audience,
    now: () => clock.seconds * 1000,
    onKeySetEvent: (event) => void events.push(event),
    async fetch(url, init) {
      if (network.blocked === new URL(url).pathname) throw new Error("blocked");
      return fetch(network.down ?? url, init);
    },
    ...options,
  });
  const verifyAt = async (tokens) => {
    const codes = [];
    for (const [seconds, jwt] of tokens) {
      clock.seconds = seconds;
      codes.push(await codeOf(verifier.verify(jwt)));
    }
    return codes;
  };
  return { clock, network, events: async () => events, verifier, verifyAt };
}

outageTests({ server: () => server, setUp });

test("100,000 made-up key IDs delay no good token", async () => {
  const { clock, verifier } = setUp({ jwksUri: `${server.origin}/jwks`, fetch: async () => Response.json(keySet) });
  const good = sign(key, clock);
  const [, claims, signature] = good.split(".");
  await floodTest({
    rounds: 5_000,
    each: 20,
    async time() {
      const began = process.hrtime.bigint();
      await verifier.verify(good);
      return Number(process.hrtime.bigint() - began);
    },
    async flood(round, count) {
      for (let index = 0; index < count; index += 1) {
        await verifier.verify(`${headerOf(`${round}-${index}`)}.${claims}.${signature}`).catch(() => undefined);
      }
    },
  });
});

test("1,000 first verifications make one fetch", async () => {
  let fetches = 0;
  const fetch = async () => {
    fetches += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return Response.json(keySet);
  };
  const { verifier } = setUp({ jwksUri: `${server.origin}/jwks`, fetch });
  const jwt = key.sign();
  await Promise.all(Array.from({ length: 1000 }, () => verifier.verify(jwt)));
  assert.equal(fetches, 1);
});
