// Keys that are fetched: discovery, the key set, rotation, and servers that misbehave. The network is a function.

import { methodsOf } from "./engines.mjs";
import { goodCases } from "./values.mjs";
import { equal, ok, outcome } from "./assert.mjs";

const jwksUri = "https://keys.example/jwks";

export async function remoteTests({ countersign, corpora, capabilities, test }) {
  const { corpus, definition, token } = remoteCase(corpora);
  const { jwks, ...options } = corpus.verifiers[definition.verifier];
  const keySet = typeof jwks === "string" ? jwks : JSON.stringify(jwks);
  const kid = countersign.decodeUnverified(token).header.kid;

  /** A verifier whose network is `answer(url, init)`, with what was fetched and a clock that can be moved. */
  function setUp(answer, overrides = { jwksUri }) {
    const state = { fetched: [], seconds: corpus.now };
    const verifier = countersign.createVerifier({
      ...options,
      ...overrides,
      now: () => state.seconds * 1000,
      fetch: async (url, init) => {
        state.fetched.push(String(url?.url ?? url));
        state.init = init;
        return answer(String(url?.url ?? url), state.fetched.length);
      },
    });
    const verify = (jwt = token) => outcome(countersign, () => verifier.verify(jwt, definition.expectations));
    return { state, verifier, verify };
  }
  const json = (text, init) => new Response(text, { headers: { "content-type": "application/json" }, ...init });

  // The slow one first, so that its five seconds pass beside the others.
  const hanging = setUp(() => new Promise(() => {}));
  const hung = hanging.verify();

  await test("keys are fetched once, for all that want them", async () => {
    const { state, verify } = setUp(() => json(keySet));
    const verdicts = await Promise.all(Array.from({ length: 20 }, () => verify()));
    for (const { verdict } of verdicts) equal(verdict, "ok", "the verdict");
    equal((await verify()).verdict, "ok", "the verdict");
    equal(state.fetched, [jwksUri], "what was fetched");
    ok(["manual", "error"].includes(state.init?.redirect), "redirects must not be followed");
  });

  await test("loadKeys says what it has, and verifySync works from then on", async () => {
    const { verifier, verify } = setUp(() => json(keySet));
    const before = await outcome(countersign, () => verifier.verifySync(token, definition.expectations));
    ok(before.verdict !== "ok" && !before.verdict.startsWith("bug"), `verifySync without keys: ${before.verdict}`);
    const { keys, skipped } = await verifier.loadKeys();
    ok(Array.isArray(skipped), "skipped is a list");
    const key = keys.find((candidate) => candidate.kid === kid);
    ok(key, "the key is in the report");
    const published = JSON.parse(keySet).keys.find((candidate) => candidate.kid === kid);
    equal(key.thumbprint, countersign.thumbprint(published), "its thumbprint");
    const [method] = methodsOf(capabilities);
    await verifier[method](token, definition.expectations);
    equal((await verify()).verdict, "ok", "the verdict");
  });

  await test("discovery: the issuer's metadata leads to its keys", async () => {
    const metadata = {
      issuer: options.issuer,
      jwks_uri: jwksUri,
      authorization_endpoint: "https://keys.example/auth",
      token_endpoint: "https://keys.example/token",
      response_types_supported: ["code"],
    };
    const { state, verify } = setUp((url) => json(url === jwksUri ? keySet : JSON.stringify(metadata)), {});
    const { verdict, error } = await verify();
    equal(verdict, "ok", `the verdict (${error?.message})`);
    equal(
      state.fetched,
      [`${options.issuer.replace(/\/$/, "")}/.well-known/openid-configuration`, jwksUri],
      "what was fetched",
    );
  });
  await test("discovery: another issuer", async () => {
    const metadata = { issuer: `${options.issuer}/`, jwks_uri: jwksUri };
    const { verify } = setUp((url) => json(url === jwksUri ? keySet : JSON.stringify(metadata)), {});
    const { verdict, error } = await verify();
    equal(verdict, "discovery_issuer_mismatch", "the verdict");
    equal(error.status, 503, "the status");
  });

  await test("a kid that nobody knows is looked for once", async () => {
    const { state, verify } = setUp(() => json('{"keys":[]}'));
    await verify();
    await verify();
    await verify();
    ok(state.fetched.length <= 2, `fetched ${state.fetched.length} times`);
  });
  await test("a key that the issuer adds is found", async () => {
    const others = JSON.stringify({ keys: JSON.parse(keySet).keys.map((key) => ({ ...key, kid: `not-${key.kid}` })) });
    const { state, verifier, verify } = setUp((url, count) => json(count === 1 ? others : keySet));
    await verifier.loadKeys();
    state.seconds += 31;
    equal((await verify()).verdict, "ok", "the verdict");
    equal(state.fetched.length, 2, "the number of fetches");
  });
  await test("an unknown kid is key_not_found, and a flood of them fetches no more", async () => {
    const others = JSON.stringify({ keys: JSON.parse(keySet).keys.map((key) => ({ ...key, kid: `not-${key.kid}` })) });
    const { state, verify } = setUp(() => json(others));
    for (let call = 0; call < 20; call += 1) equal((await verify()).verdict, "key_not_found", "the verdict");
    ok(state.fetched.length <= 2, `fetched ${state.fetched.length} times`);
  });
  await test("the last good keys outlive a server that fails", async () => {
    for (const bad of [
      () => json("", { status: 500 }),
      () => json("<html>"),
      () => Promise.reject(new Error("down")),
      () => json('{"keys":[]}'),
    ]) {
      const { state, verify } = setUp((url, count) => (count === 1 ? json(keySet) : bad()));
      equal((await verify()).verdict, "ok", "the first verdict");
      state.seconds += 660; // Over the ten minutes for which keys are fresh; the corpus leaves its tokens valid longer.
      equal((await verify()).verdict, "ok", "the verdict after a failure");
    }
  });

  const failures = {
    "HTTP 500": () => json(keySet, { status: 500 }),
    "HTTP 404": () => json(keySet, { status: 404 }),
    "HTTP 302": () => new Response(null, { status: 302, headers: { location: "https://elsewhere.example/jwks" } }),
    "HTTP 204": () => new Response(null, { status: 204 }),
    HTML: () => json("<!doctype html><p>Sign in"),
    "an empty body": () => json(""),
    "a truncated body": () => json(keySet.slice(0, -9)),
    "no keys member": () => json("{}"),
    "a duplicate keys member": () => json(`{"keys":[],${keySet.trim().slice(1)}`),
    "1 MB": () => json(`${keySet}${" ".repeat(1_000_000)}`),
    "invalid UTF-8": () => new Response(new Uint8Array([0x7b, 0xff, 0x7d])),
    "a body that fails half-way": () => new Response(failingStream()),
    "a rejected fetch": () => Promise.reject(new TypeError("fetch failed")),
    "a fetch that throws a string": () => Promise.reject("down"),
    "a fetch that answers undefined": () => undefined,
    "a fetch that answers an object": () => ({}),
  };
  for (const [name, answer] of Object.entries(failures)) {
    await test(`the key set is unavailable: ${name}`, async () => {
      const { state, verify } = setUp(answer);
      const { verdict, error } = await verify();
      ok(["jwks_unavailable", "jwks_invalid", "response_too_large"].includes(verdict), `the verdict is ${verdict}`);
      equal(error.status, 503, "the status");
      equal(state.fetched, [jwksUri], "what was fetched");
    });
  }
  for (const url of [
    "http://keys.example/jwks",
    "ftp://keys.example/jwks",
    "file:///jwks",
    "keys",
    "https://user:password@keys.example/jwks",
    "",
  ]) {
    await test(`jwksUri ${JSON.stringify(url)} is refused`, async () => {
      const { verdict } = await outcome(countersign, () => setUp(() => json(keySet), { jwksUri: url }));
      equal(verdict, "config", "the verdict");
    });
  }
  await test("jwks and jwksUri together are refused", async () => {
    const { verdict } = await outcome(countersign, () => setUp(() => json(keySet), { jwksUri, jwks }));
    equal(verdict, "config", "the verdict");
  });

  await test("a server that never answers", async () => {
    const { verdict, error } = await hung;
    equal(verdict, "jwks_unavailable", "the verdict");
    equal(error.status, 503, "the status");
  });
}

/** An accepted token whose key is found by its kid, in a set of keys. */
function remoteCase(corpora) {
  const found = goodCases(corpora).find(({ corpus, definition }) => {
    const { jwks } = corpus.verifiers[definition.verifier];
    const set = typeof jwks === "object" ? jwks : /^\s*\{/.test(jwks ?? "") ? JSON.parse(jwks) : {};
    return Array.isArray(set.keys) && set.keys.every((key) => typeof key.kid === "string");
  });
  if (!found) throw new Error("the corpus has no accepted token with a set of named keys");
  return found;
}

const failingStream = () =>
  new ReadableStream({
    start(controller) {
      controller.enqueue(new TextEncoder().encode('{"keys":['));
    },
    pull(controller) {
      controller.error(new Error("connection reset"));
    },
  });
