// The matrix of faults: what faulty servers and clocks do to keys, before any came, while they are fresh, stale, and too old.
// Hosts run it over real sockets. The clock is one that the test moves.

import assert from "node:assert/strict";
import { test } from "node:test";
import { gzipSync } from "node:zlib";
import { json, status } from "./server.mjs";
import { makeKey } from "./tokens.mjs";

export const key = makeKey("ES256", "old");
export const next = makeKey("ES256", "new");
export const keySet = { keys: [key.jwk] };

/** A token that is good for a minute. */
export const sign = (by, clock, header) => by.sign({ exp: clock.seconds + 60, iat: clock.seconds }, header);

/** The code that a verification ends with. */
export const codeOf = (verification) =>
  verification.then(
    () => "ok",
    ({ code }) => code,
  );

const withHeaders = (headers, handle) => (request, response) => {
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  handle(request, response);
};

// The faults by their numbers in the matrix.
const bomb = gzipSync(Buffer.alloc(2 ** 26, " "));
const faults = {
  "F01 a connection that is dropped": (request, response) => response.destroy(),
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
  "F11 truncated": json(JSON.stringify(keySet).slice(0, -3)),
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

/**
 * Registers the tests.
 *
 * @param server Where the keys are, once there is one: `{ handle, origin, requests }`.
 * @param setUp Makes a verifier: `{ clock: { seconds }, events(), network, verifier: { verify, ready, loadKeys },
 *   verifyAt([seconds, jwt][]) }`, all of them asynchronous; the last verifies one after the other, and answers the codes. `network` may have `down`, the address that is asked in place of any, and `blocked`, the path of a
 *   request that fails.
 */
export function outageTests({ server, setUp }) {
  const begin = (options, handle = json(keySet)) => {
    server().handle = handle;
    server().requests = [];
    return setUp({ jwksUri: `${server().origin}/jwks`, ...options });
  };

  /** An outage that `begins` and `ends`: before any keys came, while they are fresh, stale, and too old. */
  async function outage({ clock, verifier }, { begins, ends, by = key, hangs = false }) {
    const verify = () => verifier.verify(sign(by, clock));
    const fails = async () => {
      const error = await verify().catch((thrown) => thrown);
      assert.ok(unavailable.includes(error.code), error.code ?? error);
      assert.equal(error.status, 503);
      assert.equal(await verifier.ready(), false);
    };
    begins();
    await fails();
    ends();
    clock.seconds += 60;
    await verify();
    begins();
    const { length } = server().requests;
    // Those that hang hold each verification up for a second.
    for (const later of hangs ? [599, 83_000] : [599, 30, 60, 3_600, 79_000]) {
      clock.seconds += later;
      await verify();
      if (later === 599) assert.equal(server().requests.length, length, "fresh keys are not asked for");
      assert.equal(await verifier.ready(), true);
    }
    clock.seconds += 4_000;
    await fails();
    ends();
    clock.seconds += 60;
    await verify();
  }

  for (const [name, handle] of Object.entries(faults)) {
    test(name, () =>
      outage(begin(), {
        begins: () => (server().handle = handle),
        ends: () => (server().handle = json(keySet)),
        hangs: name.startsWith("F03") || name.startsWith("F04"),
      }),
    );
  }

  test("while the issuer is down, good traffic is served up to the cap", async () => {
    const { clock, verifier, verifyAt } = begin();
    await verifier.verify(sign(key, clock));
    const atOnce = Object.keys(faults).filter((name) => !/^F(03|04|12|13|15)/.test(name));
    let asked = 0;
    server().handle = (request, response) => faults[atOnce[(asked += 1) % atOnce.length]](request, response);
    const traffic = [];
    for (let seconds = clock.seconds + 43; seconds < clock.seconds + 86_400; seconds += 43) {
      traffic.push([seconds, sign(key, { seconds })]);
    }
    const served = (await verifyAt(traffic)).filter((code) => code === "ok").length;
    const all = traffic.length;
    assert.ok(all > 2_000 && asked > atOnce.length, `${all} verifications, ${asked} requests`);
    assert.ok(served >= 0.999 * all, `${served} of ${all}`);
  });

  for (const [name, down, hangs] of [
    // Nobody listens on the port of `discard`, as it is known.
    ["F01 a connection that is refused", "http://127.0.0.1:9/jwks", false],
    // No name below `invalid` has an address (RFC 6761 §6.4).
    ["F02 a host without an address", "https://keys.invalid/jwks", true],
  ]) {
    test(name, async () => {
      const subject = begin();
      const { network } = subject;
      await outage(subject, { begins: () => (network.down = down), ends: () => delete network.down, hangs });
    });
  }

  test("F26 metadata that names nearly the same issuer", async () => {
    const { origin } = server();
    const { port } = new URL(origin);
    const by = { sign: (claims, header) => key.sign({ iss: origin, ...claims }, header) };
    const answering = (issuer) => (request, response) =>
      json(request.url === "/keys" ? keySet : { issuer, jwks_uri: `${origin}/keys` })(request, response);
    for (const other of [
      `${origin}/`,
      origin.replace("http", "HTTP"),
      origin.replace(port, "1"),
      `${origin}:${port}`,
    ]) {
      // A fault that is met before the keys are: those that are there stay.
      const subject = begin({ issuer: origin, jwksUri: undefined });
      const { network } = subject;
      await outage(subject, {
        by,
        begins() {
          network.blocked = "/keys";
          server().handle = answering(other);
        },
        ends() {
          delete network.blocked;
          server().handle = answering(origin);
        },
      });
    }
  });

  test("F17, F18, F20, F21, F23, F25: what else servers and clocks do", async () => {
    const { clock, events, verifier } = begin(
      {},
      withHeaders({ "content-type": "text/html" }, (request, response) =>
        response.end(JSON.stringify({ keys: [key.jwk, { kty: "EC" }, key.jwk] })),
      ),
    );
    await verifier.verify(sign(key, clock));
    server().handle = json({ keys: [next.jwk] });
    clock.seconds += 40;
    await verifier.verify(sign(next, clock));
    assert.equal(await codeOf(verifier.verify(sign(key, clock))), "key_not_found");
    assert.deepEqual(
      (await events()).map(({ type, added, removed }) => [type, added, removed]),
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
    server().handle = (request, response) =>
      ((count += 1) % 2 === 0 ? json({ keys: [next.jwk] }) : status(500))(request, response);
    for (let round = 0; round < 20; round += 1) {
      clock.seconds += 700;
      await verifier.verify(sign(next, clock));
    }
  });

  test("failures in a row are repeated ever more rarely", async () => {
    const { clock, verifyAt } = begin({}, status(500));
    const seconds = Array.from({ length: 600 }, (_, index) => clock.seconds + index);
    await verifyAt(seconds.map((seconds) => [seconds, sign(key, { seconds })]));
    const { length } = server().requests;
    assert.ok(length >= 12 && length <= 25, `${length} requests`);
  });

  test("F22 a flood of made-up key IDs neither multiplies fetches nor keeps a new key out", async () => {
    const { clock, verifier, verifyAt } = begin();
    await verifier.verify(sign(key, clock));
    const flood = (count) => {
      const tokens = Array.from({ length: count }, (_, index) => sign(key, clock, { kid: `f${index}` }));
      return verifyAt(tokens.map((token) => [clock.seconds, token]));
    };
    await flood(2_000);
    assert.equal(server().requests.length, 2);
    server().handle = json({ keys: [key.jwk, next.jwk] });
    clock.seconds += 29;
    await flood(100);
    assert.equal(server().requests.length, 2);
    clock.seconds += 1;
    await Promise.all([flood(100), verifier.verify(sign(next, clock))]);
    assert.equal(server().requests.length, 3);
  });
}

/** A header that names a key. */
export const headerOf = (kid) => Buffer.from(JSON.stringify({ alg: "ES256", kid })).toString("base64url");

/**
 * Whether 100,000 tokens with made-up key IDs delay good ones: the medians with them and without differ by a fifth at most.
 *
 * @param time Verifies the token, and answers how long that took.
 * @param flood Has so many tokens refused.
 */
export async function floodTest({ time, flood, rounds, each }) {
  assert.equal(rounds * each, 100_000);
  for (let round = 0; round < rounds / 3; round += 1) await time();
  const [alone, flooded] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    alone.push(await time());
    await flood(round, each);
    flooded.push(await time());
  }
  const [before, under] = [alone, flooded].map((times) => times.toSorted((a, b) => a - b)[times.length >> 1]);
  assert.ok(under <= 1.2 * before, `${under} ns under the flood, ${before} ns without`);
}
