// Keys over the network: servers, and functions for `fetch`, that do everything wrong. On loopback.

import assert from "node:assert/strict";
import { test } from "node:test";
import { refused, codeOf } from "./support/assert.mjs";
import { countersign } from "./support/package.mjs";
import { key, keySet, next, server, setUp, sign } from "./support/remote.mjs";
import { json, serve, status } from "./support/server.mjs";
import { audience, issuer, time } from "./support/tokens.mjs";

const { createVerifier, discover } = countersign;

const huge = (request, response) => {
  const chunk = Buffer.alloc(65_536, "a");
  let sent = 0;
  const write = () => {
    while (sent < 100_000_000 && !response.destroyed) {
      sent += chunk.length;
      server.sent = sent;
      if (!response.write(chunk)) return response.once("drain", write);
    }
    return response.end();
  };
  write();
};

const faults = {
  "status 500": status(500),
  "status 404": status(404),
  "status 429": status(429, { "retry-after": "1" }),
  "status 204": (request, response) => response.writeHead(204).end(),
  "a redirect": (request, response) =>
    (request.url === "/elsewhere" ? json(keySet) : status(302, { location: "/elsewhere" }))(request, response),
  "a permanent redirect": (request, response) =>
    (request.url === "/elsewhere" ? json(keySet) : status(308, { location: "/elsewhere" }))(request, response),
  HTML: json("<!doctype html><title>Welcome</title>"),
  nothing: json(""),
  "truncated JSON": json(JSON.stringify(keySet).slice(0, -3)),
  "no keys": json({ keys: [] }),
  "only bad keys": json({ keys: [{ kty: "EC", crv: "P-256", x: "AA", y: "AA" }] }),
  "an array": json([key.jwk]),
  "10,000 keys": json({ keys: Array.from({ length: 10_000 }, () => ({ kty: "EC" })) }),
  "invalid UTF-8": (request, response) => response.end(Buffer.from([0x7b, 0xff, 0x7d])),
  "a connection that ends": (request, response) => response.destroy(),
  "a body that ends": (request, response) => {
    response.writeHead(200, { "content-length": "1000" });
    response.write('{"keys":[');
    setTimeout(() => response.destroy(), 10);
  },
  "100 MB": huge,
};

for (const [name, handle] of Object.entries(faults)) {
  test(`${name}: no keys, no verdict`, async () => {
    const { clock, verifier } = setUp(handle);
    const codes = await Promise.all(Array.from({ length: 5 }, () => codeOf(() => verifier.verify(key.sign()))));
    for (const code of codes)
      assert.ok(["jwks_unavailable", "jwks_invalid", "response_too_large"].includes(code), code);
    assert.ok(!server.requests.includes("/elsewhere"));
    assert.equal(server.requests.length, 1, "one fetch for all, and none in the back-off");
    const error = await verifier.verify(key.sign()).catch((thrown) => thrown);
    assert.equal(error.status, 503);
    server.handle = json(keySet);
    clock.seconds += 31;
    await verifier.verify(sign(key, clock));
  });

  test(`${name}: good keys stay`, async () => {
    const { clock, verifier } = setUp();
    await verifier.verify(key.sign());
    server.handle = handle;
    clock.seconds += 700;
    await verifier.verify(sign(key, clock));
    verifier.verifySync(sign(key, clock));
    await verifier.loadKeys();
    verifier.verifySync(sign(key, clock));
    assert.ok(server.requests.length >= 2);
    server.handle = json({ keys: [next.jwk] });
    clock.seconds += 31;
    await verifier.verify(sign(next, clock));
  });
}

test("100 MB are not read", async () => {
  const { verifier } = setUp(huge);
  const before = process.memoryUsage().rss;
  await codeOf(() => verifier.verify(key.sign()));
  assert.ok(server.sent < 20_000_000, `${server.sent} bytes were sent`);
  assert.ok(process.memoryUsage().rss - before < 50_000_000);
});

test("a server that does not answer, and one that drips, are given up after five seconds", async () => {
  const drip = (request, response) => {
    response.writeHead(200);
    const timer = setInterval(() => response.write(" "), 200);
    response.on("close", () => clearInterval(timer));
  };
  const deaf = await serve(() => undefined);
  const dripping = await serve(drip);
  try {
    const began = performance.now();
    await Promise.all(
      [deaf, dripping].map(async ({ origin }) => {
        const verifier = createVerifier({ issuer, audience, jwksUri: `${origin}/jwks`, now: () => time * 1000 });
        const error = await refused(() => verifier.verify(key.sign()), "jwks_unavailable");
        assert.ok(error.cause instanceof Error, "the cause is at hand");
        await refused(() => verifier.verify(key.sign()), "jwks_unavailable");
      }),
    );
    const seconds = (performance.now() - began) / 1000;
    assert.ok(seconds > 4.5 && seconds < 7, `${seconds} seconds`);
  } finally {
    await Promise.all([deaf.close(), dripping.close()]);
  }
});

test("an unreachable server", async () => {
  const gone = await serve(() => undefined);
  await gone.close();
  const verifier = createVerifier({ issuer, audience, jwksUri: `${gone.origin}/jwks`, now: () => time * 1000 });
  const error = await refused(() => verifier.verify(key.sign()), "jwks_unavailable");
  assert.match(String(error.cause?.cause ?? error.cause), /ECONNREFUSED/);
});

/** A proxy whose every trap throws. */
const hostile = () => {
  const boom = () => {
    throw new Error("boom");
  };
  const names = Reflect.ownKeys(Reflect).filter((name) => typeof name === "string");
  return new Proxy({}, Object.fromEntries(names.map((name) => [name, boom])));
};

test("a body that has nothing, again and again, is given up after five seconds", async () => {
  let cancelled = 0;
  const reader = {
    read: () => Promise.resolve({ done: false, value: new Uint8Array(0) }),
    cancel: async () => void (cancelled += 1),
  };
  const fetch = async () => ({ status: 200, body: { getReader: () => reader, cancel: async () => undefined } });
  const { verifier } = setUp(undefined, { fetch });
  const began = performance.now();
  assert.equal(await codeOf(() => verifier.verify(key.sign())), "jwks_unavailable");
  assert.ok(performance.now() - began < 7000);
  await new Promise((resolve) => setTimeout(resolve, 50));
  assert.equal(cancelled, 1);
});

test("a fetch of the caller's that misbehaves", async () => {
  const body = (read) => ({
    status: 200,
    body: {
      getReader: () => ({
        read,
        cancel: () => {
          throw new Error("no");
        },
      }),
      cancel: () => 7,
    },
  });
  const fetches = {
    throws: () => {
      throw new Error("boom");
    },
    "rejects with nothing": () => Promise.reject(),
    "rejects with a hostile proxy": () => Promise.reject(hostile()),
    "throws a hostile proxy": () => {
      throw hostile();
    },
    "answers nothing": () => undefined,
    "answers null": async () => null,
    "answers a string": async () => "keys",
    "answers a proxy": async () =>
      new Proxy(
        {},
        {
          get: () => {
            throw new Error("boom");
          },
          has: () => false,
          getOwnPropertyDescriptor: () => undefined,
        },
      ),
    "answers an odd status": async () => ({ status: "200", body: null }),
    "has a body of strings": async () => body(async () => ({ done: false, value: "text" })),
    "has a body that throws": async () =>
      body(() => {
        throw new Error("boom");
      }),
    "has an endless body": async () => body(async () => ({ done: false, value: new Uint8Array(100_000) })),
    "was redirected": async () => ({ status: 200, redirected: true, body: new Response(JSON.stringify(keySet)).body }),
    "is opaque": async () => ({ status: 0, type: "opaqueredirect", body: null }),
  };
  for (const [name, fetch] of Object.entries(fetches)) {
    const { verifier } = setUp(undefined, { fetch });
    const code = await codeOf(() => verifier.verify(key.sign()));
    assert.ok(["jwks_unavailable", "response_too_large", "jwks_invalid"].includes(code), `${name}: ${code}`);
    assert.deepEqual(server.requests, []);
  }
});

test("discovery: what the metadata says has to be so", async () => {
  const answer = async (handle) => {
    server.handle = handle;
    return codeOf(() => discover(server.origin));
  };
  assert.equal(await answer(json({ issuer: `${server.origin}/` })), "discovery_issuer_mismatch");
  assert.equal(await answer(json({ issuer: "https://other.example" })), "discovery_issuer_mismatch");
  assert.equal(await answer(json({})), "discovery_invalid");
  assert.equal(await answer(json("<html>")), "discovery_invalid");
  assert.equal(await answer(json({ issuer: server.origin, jwks_uri: "ftp://x.example" })), "discovery_invalid");
  for (const handle of [status(500), status(302, { location: "/" }), huge, (request, response) => response.destroy()]) {
    const code = await answer(handle);
    assert.ok(["discovery_invalid", "jwks_unavailable", "response_too_large"].includes(code), code);
  }
  server.handle = json({ issuer: server.origin, token_endpoint: `${server.origin}/token` });
  assert.equal((await discover(server.origin)).token_endpoint, `${server.origin}/token`);
});

test("discovery: where OAuth puts it", async () => {
  const metadata = { issuer: server.origin, jwks_uri: `${server.origin}/jwks` };
  server.handle = (request, response) =>
    (request.url === "/.well-known/oauth-authorization-server" ? json(metadata) : status(404))(request, response);
  assert.equal((await discover(server.origin)).jwks_uri, metadata.jwks_uri);
});
