// Outages: what faulty servers, clocks and floods do to keys, before any came, while they are fresh, stale, and too old.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { gzipSync } from "node:zlib";
import { codeOf, refused } from "./support/assert.mjs";
import { countersign } from "./support/package.mjs";
import { json, serve, status } from "./support/server.mjs";
import { audience, issuer, makeKey, time } from "./support/tokens.mjs";

const { createVerifier } = countersign;
const key = makeKey("ES256", "old");
const next = makeKey("ES256", "new");
const keySet = { keys: [key.jwk] };
const server = await serve(json(keySet));
after(() => server.close());

function setUp({ handle = json(keySet), ...options } = {}) {
  server.handle = handle;
  server.requests = [];
  const clock = { seconds: time };
  const events = [];
  const verifier = createVerifier({
    issuer,
    audience,
    now: () => clock.seconds * 1000,
    onKeySetEvent: (event) => void events.push(event),
    jwksUri: `${server.origin}/jwks`,
    ...options,
  });
  return { clock, events, verifier };
}
const sign = (by, clock, header) => by.sign({ exp: clock.seconds + 60, iat: clock.seconds }, header);
const withHeaders = (headers, handle) => (request, response) => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  handle(request, response);
};

// The faults by their numbers in the matrix, each before any keys came, while they are fresh, stale, and too old.
const bomb = gzipSync(Buffer.alloc(2 ** 26, " "));
const truncated = JSON.stringify(keySet).slice(0, -3);
const faults = {
  "F01 connection refused": (request, response) => response.destroy(),
  "F03 a server that hangs": () => undefined,
  "F04 a server that drips": (request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(" "), 100);
    response.on("close", () => clearInterval(timer));
  },
  "F05 500": status(500),
  "F05 502": status(502),
  "F05 503": status(503),
  "F06 429": status(429, { "retry-after": "1" }),
  "F07 404": status(404),
  "F08 HTML": json("<!doctype html>"),
  "F09 empty": json(""),
  "F10 no keys": json({ keys: [] }),
  "F11 truncated": json(truncated),
  "F12 long": json(" ".repeat(300_000)),
  "F13 a bomb": (request, response) => {
    response.setHeader("content-encoding", "gzip");
    response.end(bomb);
  },
  "F14 redirect": status(302, { location: "/jwks" }),
  "F15 10,000 keys": json({ keys: Array.from({ length: 10_000 }, () => ({ kty: "EC" })) }),
  "F16 malformed keys": json({ keys: [{ kty: "EC", crv: "P-256", x: "AA", y: "AA" }, 7] }),
  "F19 a secret": json({ keys: [{ kty: "oct", k: "AAAA", kid: "old" }] }),
};
const unavailable = ["discovery_issuer_mismatch", "jwks_unavailable", "jwks_invalid", "response_too_large"];

/** An outage that `begin` begins and `end` ends: before any keys came, while they are fresh, stale, and too old. */
async function outage({ clock, verifier }, { begin, end, by = key, hangs = false }) {
  const verify = () => verifier.verify(sign(by, clock));
  const fails = async () => {
    const error = await verify().catch((thrown) => thrown);
    assert.ok(unavailable.includes(error.code), error.code ?? error);
    assert.equal(error.status, 503);
    assert.equal(verifier.ready(), false);
  };
  begin();
  await fails();
  end();
  clock.seconds += 60;
  await verify();
  begin();
  const { length } = server.requests;
  // Those that hang hold each verification up for a second.
  for (const later of hangs ? [599, 83_000] : [599, 30, 60, 3_600, 79_000]) {
    clock.seconds += later;
    await verify();
    if (later === 599) assert.equal(server.requests.length, length, "fresh keys are not asked for");
    assert.equal(verifier.ready(), true);
  }
  clock.seconds += 4_000;
  await fails();
  end();
  clock.seconds += 60;
  await verify();
}

for (const [name, handle] of Object.entries(faults)) {
  test(name, () =>
    outage(setUp(), {
      begin: () => (server.handle = handle),
      end: () => (server.handle = json(keySet)),
      hangs: name.startsWith("F03") || name.startsWith("F04"),
    }),
  );
}

test("while the issuer is down, good traffic is served up to the cap", async () => {
  const { clock, verifier } = setUp();
  await verifier.verify(sign(key, clock));
  const atOnce = Object.keys(faults).filter((name) => !/^F(03|04|12|13|15)/.test(name));
  let asked = 0;
  server.handle = (request, response) => faults[atOnce[(asked += 1) % atOnce.length]](request, response);
  let [served, all] = [0, 0];
  for (const end = clock.seconds + 86_400; clock.seconds + 43 < end; all += 1) {
    clock.seconds += 43;
    const verdict = await codeOf(() => verifier.verify(sign(key, clock)));
    if (verdict === "ok") served += 1;
  }
  assert.ok(all > 2_000 && asked > atOnce.length, `${all} verifications, ${asked} requests`);
  assert.ok(served >= 0.999 * all, `${served} of ${all}`);
});

test("F02 a host without an address", async () => {
  let isDown = false;
  // No name below `invalid` has an address (RFC 6761 §6.4).
  const asked = (url, init) => fetch(isDown ? "https://keys.invalid/jwks" : url, init);
  await outage(setUp({ fetch: asked }), { begin: () => (isDown = true), end: () => (isDown = false), hangs: true });
});

test("F26 metadata that names nearly the same issuer", async () => {
  const { origin } = server;
  const { port } = new URL(origin);
  const by = { sign: (claims, header) => key.sign({ iss: origin, ...claims }, header) };
  const answering = (issuer) => (request, response) =>
    json(request.url === "/keys" ? keySet : { issuer, jwks_uri: `${origin}/keys` })(request, response);
  for (const other of [`${origin}/`, origin.replace("http", "HTTP"), origin.replace(port, "1"), `${origin}:${port}`]) {
    // A fault that is met before the keys are: those that are there stay.
    let isDown = false;
    const asked = async (url, init) => {
      if (isDown && url.endsWith("/keys")) throw new Error("down");
      return fetch(url, init);
    };
    await outage(setUp({ issuer: origin, jwksUri: undefined, fetch: asked }), {
      by,
      begin() {
        isDown = true;
        server.handle = answering(other);
      },
      end() {
        isDown = false;
        server.handle = answering(origin);
      },
    });
  }
});

test("F20 to F26: what else servers and clocks do", async () => {
  const { clock, events, verifier } = setUp({
    handle: withHeaders({ "content-type": "text/html" }, (request, response) =>
      response.end(JSON.stringify({ keys: [key.jwk, { kty: "EC" }, key.jwk] })),
    ),
  });
  await verifier.verify(sign(key, clock));
  server.handle = json({ keys: [next.jwk] });
  clock.seconds += 40;
  await verifier.verify(sign(next, clock));
  await refused(() => verifier.verify(sign(key, clock)), "key_not_found");
  assert.deepEqual(
    events.map(({ type, added, removed }) => [type, added, removed]),
    [
      ["replaced", ["old"], []],
      ["replaced", ["new"], ["old"]],
    ],
  );
  for (const jump of [3_600, -3_600, 315_000_000, -315_000_000]) {
    clock.seconds += jump;
    await verifier.loadKeys();
    await verifier.verify(sign(next, clock));
  }
  // Good and bad by turns: the good ones stay.
  let count = 0;
  server.handle = (request, response) =>
    ((count += 1) % 2 === 0 ? json({ keys: [next.jwk] }) : status(500))(request, response);
  for (let round = 0; round < 20; round += 1) {
    clock.seconds += 700;
    await verifier.verify(sign(next, clock));
  }
});

test("failures in a row are repeated ever more rarely", async () => {
  const { clock, verifier } = setUp({ handle: status(500) });
  const end = clock.seconds + 600;
  for (; clock.seconds < end; clock.seconds += 1) await codeOf(() => verifier.verify(sign(key, clock)));
  assert.ok(server.requests.length >= 12 && server.requests.length <= 25, `${server.requests.length} requests`);
});

test("a flood of made-up key IDs neither multiplies fetches nor keeps a new key out", async () => {
  const { clock, verifier } = setUp();
  await verifier.verify(sign(key, clock));
  const flood = async (count) => {
    for (let index = 0; index < count; index += 1)
      await codeOf(() => verifier.verify(sign(key, clock, { kid: `f${index}` })));
  };
  await flood(2_000);
  assert.equal(server.requests.length, 2);
  server.handle = json({ keys: [key.jwk, next.jwk] });
  clock.seconds += 29;
  await flood(100);
  assert.equal(server.requests.length, 2);
  clock.seconds += 1;
  await Promise.all([flood(100), verifier.verify(sign(next, clock))]);
  assert.equal(server.requests.length, 3);
});

test("100,000 made-up key IDs delay no good token", async () => {
  const { clock, verifier } = setUp({ fetch: async () => Response.json(keySet) });
  const good = sign(key, clock);
  const [, claims, signature] = good.split(".");
  const header = (kid) => Buffer.from(JSON.stringify({ alg: "ES256", kid })).toString("base64url");
  const timed = async () => {
    const began = process.hrtime.bigint();
    await verifier.verify(good);
    return Number(process.hrtime.bigint() - began);
  };
  for (let round = 0; round < 2_000; round += 1) await timed();
  const [alone, flooded] = [[], []];
  for (let round = 0; round < 5_000; round += 1) {
    alone.push(await timed());
    for (let index = 0; index < 20; index += 1) {
      await verifier.verify(`${header(`${round}-${index}`)}.${claims}.${signature}`).catch(() => undefined);
    }
    flooded.push(await timed());
  }
  const [before, under] = [alone, flooded].map((times) => times.toSorted((a, b) => a - b)[times.length >> 1]);
  assert.ok(under <= 1.2 * before, `${under} ns under the flood, ${before} ns without`);
});

test("1,000 first verifications make one fetch", async () => {
  let fetches = 0;
  const fetch = async () => {
    fetches += 1;
    await new Promise((resolve) => setTimeout(resolve, 20));
    return Response.json(keySet);
  };
  const { verifier } = setUp({ fetch });
  const jwt = key.sign();
  await Promise.all(Array.from({ length: 1000 }, () => verifier.verify(jwt)));
  assert.equal(fetches, 1);
});
