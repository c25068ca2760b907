// Each row of the policy of keys in docs/design/architecture.md, on a clock that is moved by hand.

import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, refused } from "./support/assert.mjs";
import { packageOn, countersign } from "./support/package.mjs";
import { audience, issuer, makeKey, time } from "./support/tokens.mjs";

const key = makeKey("ES256", "old");
const next = makeKey("ES256", "new");
const keySet = { keys: [key.jwk] };
const both = { keys: [key.jwk, next.jwk] };

/** A verifier with a clock, and a server that counts and does as it is told. */
function setUp({ answer = () => Response.json(keySet), api = countersign, ...options } = {}) {
  const clock = { seconds: time };
  const server = { answer, requests: 0 };
  const fetch = async (url) => ((server.requests += 1), server.answer(url));
  const verifier = api.createVerifier({
    issuer,
    audience,
    jwksUri: `${issuer}jwks`,
    now: () => clock.seconds * 1000,
    fetch,
    ...options,
  });
  const sign = (by, header) => by.sign({ exp: clock.seconds + 60, iat: clock.seconds }, header);
  return { clock, server, sign, verifier };
}

/** A response that comes when it is let go. */
function held(body) {
  let release;
  const gate = new Promise((resolve) => (release = resolve));
  return { answer: async () => (await gate, Response.json(body)), release };
}

const never = () => new Promise(() => {});
const fail = () => Promise.reject(new Error("no network"));
const milliseconds = async (work) => {
  const began = performance.now();
  await work();
  return performance.now() - began;
};
const soon = () => new Promise((resolve) => setTimeout(resolve, 20));

for (const sharesPromises of [true, false]) {
  const host = `where promises are ${sharesPromises ? "" : "not "}shared`;
  const api = await packageOn({ sharesPromises });

  test(`${host}, keys are fresh for ten minutes`, async () => {
    const { clock, server, sign, verifier } = setUp({ api });
    await verifier.verify(sign(key));
    clock.seconds += 599;
    await verifier.verify(sign(key));
    assert.equal(server.requests, 1);
    clock.seconds += 1;
    await verifier.verify(sign(key));
    assert.equal(server.requests, 2);
    // A clock that went back makes them as old as they may be.
    clock.seconds -= 1000;
    await verifier.verify(sign(key));
    assert.equal(server.requests, 3);
  });

  test(`${host}, an unknown key is looked for at once, then every thirty seconds`, async () => {
    const { clock, server, sign, verifier } = setUp({ api });
    await verifier.verify(sign(key));
    const unknown = () => refused(() => verifier.verify(sign(next)), "key_not_found");
    await unknown();
    assert.equal(server.requests, 2);
    clock.seconds += 29;
    await unknown();
    assert.equal(server.requests, 2);
    clock.seconds += 1;
    server.answer = () => Response.json(both);
    await verifier.verify(sign(next));
    assert.equal(server.requests, 3);
  });

  test(`${host}, a failure is not repeated for five seconds`, async () => {
    const { clock, server, sign, verifier } = setUp({ api, answer: fail });
    for (let round = 0; round < 2; round += 1) {
      const error = await refused(() => verifier.verify(sign(key)), "jwks_unavailable");
      assert.equal(error.cause.message, "no network");
    }
    clock.seconds += 4;
    await refused(() => verifier.loadKeys(), "jwks_unavailable");
    assert.equal(server.requests, 1);
    clock.seconds += 1;
    server.answer = () => Response.json(keySet);
    await verifier.verify(sign(key));
    assert.equal(server.requests, 2);
  });

  test(`${host}, the last good set serves for a day`, async () => {
    const { clock, server, sign, verifier } = setUp({ api });
    await verifier.verify(sign(key));
    server.answer = fail;
    clock.seconds += 86_399;
    await verifier.verify(sign(key));
    verifier.verifySync(sign(key));
    clock.seconds += 1;
    await refused(() => verifier.verify(sign(key)), "jwks_unavailable");
    await refused(() => verifier.verifySync(sign(key)), "jwks_unavailable");
    assert.equal(server.requests, 2, "a failure that is a second old is not repeated");
  });

  test(`${host}, a token waits a second for fresher keys, and they come all the same`, async () => {
    const { clock, server, sign, verifier } = setUp({ api });
    await verifier.verify(sign(key));
    const slow = held({ keys: [next.jwk] });
    server.answer = slow.answer;
    clock.seconds += 600;
    const waited = await milliseconds(() => Promise.all([1, 2, 3].map(() => verifier.verify(sign(key)))));
    assert.ok(waited > 900 && waited < 1900, `${waited} ms`);
    assert.ok((await milliseconds(() => verifier.verify(sign(key)))) < 500, "one second for all of them");
    slow.release();
    await soon();
    await verifier.verify(sign(next));
    assert.equal(server.requests, 2);
    await refused(() => verifier.verify(sign(key)), "key_not_found");
  });

  test(`${host}, a search for a missing key makes no other token wait`, async () => {
    const { clock, server, sign, verifier } = setUp({ api });
    await verifier.verify(sign(key));
    const slow = held(both);
    server.answer = slow.answer;
    const search = [1, 2, 3].map(() => verifier.verify(sign(next)));
    await soon();
    assert.ok((await milliseconds(() => verifier.verify(sign(key)))) < 500);
    clock.seconds += 1;
    assert.ok((await milliseconds(() => verifier.verify(sign(key)))) < 500);
    assert.equal(server.requests, 2);
    slow.release();
    for (const { header } of await Promise.all(search)) assert.equal(header.kid, "new");
    assert.equal(server.requests, 2);
  });

  test(`${host}, keys that were found to be missing are no verdict while the server is down`, async () => {
    const { server, sign, verifier } = setUp({ api });
    await verifier.verify(sign(key));
    server.answer = fail;
    const error = await refused(() => verifier.verify(sign(next)), "jwks_unavailable");
    assert.equal(error.cause.message, "no network");
    await verifier.verify(sign(key));
    await refused(() => verifier.verifySync(sign(next)), "key_not_found");
    assert.equal(server.requests, 2);
  });

  test(`${host}, other refusals fetch nothing`, async () => {
    const { server, sign, verifier } = setUp({ api });
    await verifier.verify(sign(key));
    const expired = key.sign({ exp: time - 600 });
    const misnamed = next.sign({}, { kid: "old" });
    for (const [jwt, code] of [
      [expired, "token_expired"],
      [misnamed, "signature_invalid"],
      ["x", "token_malformed"],
    ]) {
      assert.equal(await codeOf(() => verifier.verify(jwt)), code);
      assert.equal(await codeOf(() => verifier.verifySync(jwt)), code);
    }
    assert.equal(server.requests, 1);
  });

  test(`${host}, a body has 256 KiB at most`, async () => {
    const padded = (length) => JSON.stringify(keySet).padEnd(length);
    const { sign, verifier } = setUp({ api, answer: () => new Response(padded(256 * 1024)) });
    await verifier.verify(sign(key));
    const longer = setUp({ api, answer: () => new Response(padded(256 * 1024 + 1)) });
    const error = await refused(() => longer.verifier.verify(longer.sign(key)), "response_too_large");
    assert.match(error.cause.message, /longer than 262144 bytes/);
  });

  test(`${host}, loadKeys waits for as long as a fetch may take`, async () => {
    const { clock, server, sign, verifier } = setUp({ api });
    await verifier.loadKeys();
    server.answer = never;
    clock.seconds += 600;
    const waited = await milliseconds(() => Promise.all([verifier.loadKeys(), verifier.loadKeys()]));
    assert.ok(waited > 4900 && waited < 7500, `${waited} ms`);
    await verifier.verify(sign(key));
    assert.equal(server.requests, 2);
  });

  test(`${host}, a fetch takes as long as was said at most`, async () => {
    const { sign, verifier } = setUp({ api, answer: never, keyCache: { timeout: 1 } });
    const both = () => Promise.all([1, 2].map(() => codeOf(() => verifier.verify(sign(key)))));
    const waited = await milliseconds(async () => {
      assert.deepEqual(await both(), ["jwks_unavailable", "jwks_unavailable"]);
    });
    assert.ok(waited > 900 && waited < 2_500, `${waited} ms`);
  });

  test(`${host}, metadata and keys are asked for once, by whoever comes first`, async () => {
    const metadata = { issuer, jwks_uri: `${issuer}keys` };
    const answer = async (url) => {
      await soon();
      if (url.endsWith("openid-configuration")) return new Response("", { status: 404 });
      return Response.json(url.endsWith("keys") ? keySet : metadata);
    };
    const { clock, server, sign, verifier } = setUp({ api, answer, jwksUri: undefined });
    await Promise.all([1, 2, 3, 4].map(() => verifier.verify(sign(key))));
    assert.equal(server.requests, 3);
    clock.seconds += 600;
    await Promise.all([1, 2, 3, 4].map(() => verifier.verify(sign(key))));
    assert.equal(server.requests, 4, "the address of the keys is known");
  });
}

test("a synchronous verification fetches in the background what one with time would wait for", async () => {
  const { clock, server, sign, verifier } = setUp();
  await verifier.loadKeys();
  server.answer = () => Response.json(both);
  await refused(() => verifier.verifySync(sign(next)), "key_not_found");
  await refused(() => verifier.verifySync(sign(next)), "key_not_found");
  await soon();
  verifier.verifySync(sign(next));
  assert.equal(server.requests, 2);
  server.answer = () => Response.json({ keys: [next.jwk] });
  clock.seconds += 600;
  verifier.verifySync(sign(key));
  await soon();
  assert.equal(server.requests, 3);
  await refused(() => verifier.verifySync(sign(key)), "key_not_found");
  assert.equal(server.requests, 4, "and the search for the withdrawn one");
});

test("nothing outlives its request where it cannot", async () => {
  const api = await packageOn({ sharesPromises: false });
  const { clock, server, sign, verifier } = setUp({ api });
  await verifier.loadKeys();
  server.answer = () => Response.json({ keys: [next.jwk] });
  await refused(() => verifier.verifySync(sign(next)), "key_not_found");
  clock.seconds += 600;
  verifier.verifySync(sign(key));
  assert.equal(server.requests, 1);
  // And nobody waits for what was not asked for.
  assert.ok((await milliseconds(() => verifier.verify(sign(next)))) < 500);
  assert.equal(server.requests, 2);
});
