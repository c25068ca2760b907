// Keys over the network: rotation, and servers that do everything wrong. On loopback, through the real fetch.

import assert from "node:assert/strict";
import { after, test } from "node:test";
import { refused, codeOf } from "./support/assert.mjs";
import { countersign, packageOn } from "./support/package.mjs";
import { json, serve, status } from "./support/server.mjs";
import { audience, issuer, makeKey, time } from "./support/tokens.mjs";

const { createVerifier, discover } = countersign;
const key = makeKey("ES256", "old");
const next = makeKey("ES256", "new");
const keySet = { keys: [key.jwk] };
const server = await serve(json(keySet));
after(() => server.close());

/** A verifier on the server, with a clock that can be moved, and a server that has seen nothing yet. */
function setUp(handle = json(keySet), options = {}, create = createVerifier) {
  server.handle = handle;
  server.requests = [];
  const clock = { seconds: time };
  const jwksUri = options.issuer === undefined ? `${server.origin}/jwks` : undefined;
  const verifier = create({
    issuer,
    audience,
    now: () => clock.seconds * 1000,
    ...(jwksUri && { jwksUri }),
    ...options,
  });
  return { clock, verifier };
}
const sign = (by, clock, header) => by.sign({ exp: clock.seconds + 60, iat: clock.seconds }, header);

test("keys are fetched once, by whoever comes first, for all", async () => {
  const { verifier } = setUp();
  await Promise.all(Array.from({ length: 200 }, () => verifier.verify(key.sign())));
  await verifier.verify(key.sign());
  assert.deepEqual(server.requests, ["/jwks"]);
  assert.equal(server.headers.accept, "application/json");
  assert.equal(server.headers.cookie, undefined);
  assert.equal(server.headers.authorization, undefined);
});

test("discovery", async () => {
  const metadata = { issuer: server.origin, jwks_uri: `${server.origin}/keys` };
  const { verifier } = setUp(
    (request, response) => (request.url === "/keys" ? json(keySet) : json(metadata))(request, response),
    {
      issuer: server.origin,
    },
  );
  await Promise.all(Array.from({ length: 20 }, () => verifier.verify(key.sign({ iss: server.origin }))));
  assert.deepEqual(server.requests, ["/.well-known/openid-configuration", "/keys"]);
});

test("verifySync needs loadKeys first, and says so", async () => {
  const { verifier } = setUp();
  const error = await refused(() => verifier.verifySync(key.sign()), "jwks_unavailable");
  assert.match(error.message, /await verifier\.loadKeys\(\)/);
  assert.deepEqual(server.requests, [], "nothing was fetched behind the caller's back");
  const report = await verifier.loadKeys();
  assert.deepEqual(report.skipped, []);
  assert.deepEqual(report.keys, [{ kid: "old", algorithm: "ES256", thumbprint: countersign.thumbprint(key.jwk) }]);
  assert.equal(verifier.verifySync(key.sign()).claims.sub, "user");
});

test("loadKeys reports what it cannot use", async () => {
  const set = {
    keys: [
      key.jwk,
      { kty: "oct", k: "AAAA", kid: "secret" },
      { kty: "RSA", n: "AQAB", e: "AQAB", kid: "small" },
      { kty: "new" },
    ],
  };
  const { verifier } = setUp(json(set));
  const { keys, skipped } = await verifier.loadKeys();
  assert.equal(keys.length, 1);
  assert.equal(skipped.length, 3);
  for (const { code, reason } of skipped)
    assert.ok(["key_invalid", "key_unsuitable"].includes(code) && reason.length > 5);
  await verifier.verify(key.sign());
});

test("rotation: a new key is fetched when a token names it, once for all", async () => {
  const { clock, verifier } = setUp();
  await verifier.verify(key.sign());
  server.handle = json({ keys: [next.jwk] });
  clock.seconds += 5;
  await Promise.all(Array.from({ length: 100 }, () => verifier.verify(sign(next, clock))));
  assert.equal(server.requests.length, 2);
  await refused(() => verifier.verify(sign(key, clock)), "key_not_found");
  assert.equal(server.requests.length, 2, "the withdrawn key does not cause a fetch in the cool-down");
});

test("made-up key IDs cause one fetch in thirty seconds", async () => {
  const { clock, verifier } = setUp();
  await verifier.verify(key.sign());
  const forge = (kid) => codeOf(() => verifier.verify(sign(key, clock, { kid })));
  const codes = await Promise.all(Array.from({ length: 300 }, (_, index) => forge(`forged-${index}`)));
  assert.deepEqual(new Set(codes), new Set(["key_not_found"]));
  assert.equal(server.requests.length, 2);
  clock.seconds += 31;
  assert.equal(await forge("again"), "key_not_found");
  assert.equal(server.requests.length, 3);
  await verifier.verify(sign(key, clock));
});

test("ten minutes later keys are fetched again, and a withdrawn one is gone", async () => {
  const { clock, verifier } = setUp();
  await verifier.verify(key.sign());
  server.handle = json({ keys: [next.jwk] });
  clock.seconds += 599;
  await verifier.verify(sign(key, clock));
  assert.equal(server.requests.length, 1);
  clock.seconds += 2;
  await refused(() => verifier.verify(sign(key, clock)), "key_not_found");
});

test("keys at hand wait a second for a server that hangs", async () => {
  const { clock, verifier } = setUp();
  await verifier.verify(key.sign());
  server.handle = () => undefined;
  for (const later of [700, 6 * 3600]) {
    clock.seconds = time + later;
    const began = performance.now();
    await Promise.all(Array.from({ length: 20 }, () => verifier.verify(sign(key, clock))));
    assert.ok(performance.now() - began < 2000);
    await verifier.verify(sign(key, clock));
    assert.ok(performance.now() - began < 2000, "one second for all of them");
  }
  await verifier.loadKeys();
  // By the verifier's clock the first of them was under way for hours when the second was made.
  assert.equal(server.requests.length, 3, "one refresh at a time");
});

test("keys that are older than a day verify nothing", async () => {
  const set = new Response(JSON.stringify(keySet));
  let answer = () => Promise.resolve(set);
  const { clock, verifier } = setUp(undefined, { fetch: () => answer() });
  await verifier.loadKeys();
  verifier.verifySync(key.sign());
  answer = () => Promise.reject(new Error("no network"));
  for (const seconds of [700, 86_000]) {
    clock.seconds = time + seconds;
    verifier.verifySync(sign(key, clock));
    await verifier.verify(sign(key, clock));
  }
  clock.seconds = time + 30 * 86_400;
  for (let round = 0; round < 3; round += 1) {
    const error = await refused(() => verifier.verifySync(sign(key, clock)), "jwks_unavailable");
    assert.equal(error.status, 503);
    await refused(() => verifier.verify(sign(key, clock)), "jwks_unavailable");
    // A search for a missing key is no reason to go on with them.
    await refused(() => verifier.verify(sign(next, clock)), "jwks_unavailable");
  }
  // The wait after failures in a row.
  clock.seconds += 60;
  answer = () => Promise.resolve(Response.json(keySet));
  await verifier.verify(sign(key, clock));
  verifier.verifySync(sign(key, clock));
});

for (const [code, broken] of Object.entries({
  key_unsuitable: { ...next.jwk, kid: "old", alg: "ES384", crv: "P-256", use: "enc" },
  key_invalid: { ...key.jwk, y: "AA" },
})) {
  test(`${code}: the key is fetched anew, in case it was put right`, async () => {
    const { clock, verifier } = setUp(json({ keys: [broken, next.jwk] }));
    await verifier.verify(next.sign());
    assert.equal(await codeOf(() => verifier.verify(key.sign())), code);
    assert.equal(server.requests.length, 2, "asked once, in vain");
    assert.equal(await codeOf(() => verifier.verify(key.sign())), code, "the original error in the cool-down");
    assert.equal(server.requests.length, 2);
    server.handle = json(keySet);
    clock.seconds += 31;
    await verifier.verify(sign(key, clock));
    assert.equal(server.requests.length, 3);

    const again = setUp(json({ keys: [broken, next.jwk] }));
    await again.verifier.verify(next.sign());
    server.handle = status(500);
    assert.equal(await codeOf(() => again.verifier.verify(key.sign())), "jwks_unavailable", "nobody can tell");

    const sync = setUp(json({ keys: [broken, next.jwk] }));
    await sync.verifier.loadKeys();
    server.handle = json(keySet);
    assert.equal(await codeOf(() => sync.verifier.verifySync(key.sign())), code);
    await sync.verifier.loadKeys();
    sync.verifier.verifySync(key.sign());
  });
}

test("verifySync refreshes stale keys behind the scenes", async () => {
  const { clock, verifier } = setUp();
  await verifier.loadKeys();
  clock.seconds += 700;
  server.handle = json({ keys: [key.jwk, next.jwk] });
  assert.equal(verifier.verifySync(sign(key, clock)).header.kid, "old");
  const deadline = Date.now() + 2000;
  while (server.requests.length < 2 || (await codeOf(() => verifier.verifySync(sign(next, clock)))) !== "ok") {
    assert.ok(Date.now() < deadline, "the new key does not come");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  server.handle = status(500);
  clock.seconds += 700;
  for (let round = 0; round < 20; round += 1) verifier.verifySync(sign(next, clock));
  await verifier.loadKeys();
  assert.equal(server.requests.length, 3, "one refresh at a time");
});

test("verifySync looks for a missing key behind the scenes", async () => {
  const { clock, verifier } = setUp();
  await verifier.loadKeys();
  server.handle = json({ keys: [next.jwk] });
  for (let round = 0; round < 20; round += 1) {
    assert.throws(() => verifier.verifySync(sign(next, clock)), { code: "key_not_found" });
  }
  const deadline = Date.now() + 2000;
  while ((await codeOf(() => verifier.verifySync(sign(next, clock)))) !== "ok") {
    assert.ok(Date.now() < deadline, "the new key does not come");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(server.requests.length, 2);
});

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

test("requests ask for no copy in a cache, and carry nothing of the caller's", async () => {
  const { verifier } = setUp();
  await verifier.verify(key.sign());
  assert.equal(server.headers["cache-control"], "no-cache");
  let given;
  const fetch = async (url, init) => ((given = init), Response.json(keySet));
  await setUp(undefined, { fetch }).verifier.verify(key.sign());
  const { cache, credentials, redirect, referrerPolicy } = given;
  assert.deepEqual([cache, credentials, redirect, referrerPolicy], ["no-store", "omit", "manual", "no-referrer"]);
});

test("a host whose fetch has no such option does without", async () => {
  const { Request } = globalThis;
  globalThis.Request = class {
    constructor(url, init) {
      if (Object.hasOwn(init, "cache")) throw new TypeError("The 'cache' field is not implemented.");
    }
  };
  let given;
  const fetch = async (url, init) => ((given = init), Response.json(keySet));
  try {
    await setUp(undefined, { fetch }).verifier.verify(key.sign());
    assert.ok(!Object.hasOwn(given, "cache"));
    assert.deepEqual([given.credentials, given.redirect], ["omit", "manual"]);
  } finally {
    globalThis.Request = Request;
  }
});
