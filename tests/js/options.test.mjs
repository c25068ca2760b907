// Options: what is wrong with them is said by name, and hostile objects are read once and survived.

import assert from "node:assert/strict";
import { test } from "node:test";
import { mistaken, refused } from "./support/assert.mjs";
import { client, countersign } from "./support/package.mjs";
import { audience, issuer, makeKey, now, signWithSecret } from "./support/tokens.mjs";

const { createSharedSecretVerifier, createVerifier, discover } = countersign;
const { createAuthorizationRequest } = client;
const key = makeKey("ES256");
const good = { issuer, audience, jwks: { keys: [key.jwk] }, now };
const make = (options) => () => createVerifier({ ...good, ...options });

test("no options at all", async () => {
  for (const options of [undefined, null, 7, "issuer", Symbol("s"), () => good]) {
    await mistaken(
      () => createVerifier(options),
      /createVerifier takes an object with the options "issuer", "audience"/,
    );
  }
});

test("what is mandatory", async () => {
  await mistaken(make({ issuer: undefined }), /option "issuer" is mandatory: write e\.g\. "https:/);
  await mistaken(make({ audience: undefined }), /option "audience" is mandatory/);
  await mistaken(make({ audience: [] }), /option "audience" must not be empty/);
  await mistaken(make({ audience: /api/ }), /option "audience" must be a string or an array of strings/);
});

test("unknown options, and what was meant", async () => {
  await mistaken(make({ audeince: audience }), /no option "audeince": did you mean "audience"\?/);
  await mistaken(make({ Issuer: issuer }), /did you mean "issuer"\?/);
  await mistaken(make({ jwks_uri: "https://x.example" }), /did you mean "jwksUri"\?/);
  await mistaken(make({ clockTolerence: 5 }), /did you mean "clockTolerance"\?/);
  await mistaken(make({ skipVerification: true }), /no option "skipVerification": the options are "issuer"/);
  await mistaken(make({ secret: new Uint8Array(32) }), /createSharedSecretVerifier/);
  await mistaken(make({ [Symbol("issuer")]: 1 }), /no option "Symbol\(issuer\)"/);
  await mistaken(make({ limits: { tokens: 5 } }), /option "limits" has no option "tokens": did you mean "token"\?/);
  await mistaken(make({ ["x".repeat(10_000)]: 1 }), /no option "x{40}"/);
});

const ADDRESSES = ["jwksUri", "metadataUri", "allowInsecureHosts"];

test("values of the wrong kind", async () => {
  const wrong = {
    issuer: [7, "", [issuer], {}, null, `${issuer}\ud800`],
    audience: [7, "", {}, null, [7], [""], ["a", null]],
    algorithms: ["RS256", [], [7], {}, null, ["none"], ["HS256"], ["rs256"]],
    jwks: [7, true, Symbol("jwks")],
    jwksUri: [7, "", {}],
    metadataUri: [7, "", {}, null, "http://id.example/metadata"],
    allowInsecureHosts: ["keycloak", [], [7], [""], ["*"], ["http://keycloak"], {}, null, true],
    binding: ["azp", 7, [], {}, null, { claim: "azp" }],
    acceptUncheckedNonce: [true, 1, "true", null],
    profile: ["access_token", "ID-TOKEN", 7, null, {}],
    typ: ["at+jwt"],
    clockTolerance: [-1, 301, 1.5, NaN, Infinity, "30", null, 30n],
    requiredClaims: ["sub", [7], {}, null],
    maxTokenAge: [0, -1, "600", NaN, null],
    subject: ["", 7, null, ["user"]],
    limits: [7, null, "1", { token: 0 }, { token: "1" }, { token: 1e9 }, { keys: -1 }, { jwks: NaN }],
    engine: ["native", 7, null, {}],
    fetch: [7, "fetch", {}, null],
    keyCache: [
      7,
      null,
      "1",
      { minFreshness: 0 },
      { maxFreshness: 86_401 },
      { cooldown: "30" },
      { timeout: 31 },
      { fresh: 1 },
    ],
    keyStore: [7, null, {}, { get() {}, set() {} }, () => undefined],
    waitUntil: [7, {}, null],
    onKeySetEvent: [7, {}, null],
    now: [7, "now", {}, null, new Date()],
  };
  for (const [name, values] of Object.entries(wrong)) {
    for (const value of values) {
      const label = `${name}: ${typeof value === "symbol" ? "a symbol" : JSON.stringify(value, (_, v) => (typeof v === "bigint" ? `${v}n` : v))}`;
      const jwks = [...ADDRESSES, "keyCache", "keyStore", "waitUntil", "onKeySetEvent"].includes(name)
        ? undefined
        : good.jwks;
      await mistaken(make({ jwks, [name]: value }), new RegExp(`"?${name}`), label);
    }
  }
});

test("limits have maxima, and the message names them", async () => {
  const maxima = { token: 65_536, header: 16_384, jwks: 1_048_576, keys: 256, headerDepth: 16, payloadDepth: 64 };
  for (const [name, most] of Object.entries(maxima)) {
    createVerifier({ ...good, limits: { [name]: most } });
    for (const limit of [most + 1, 2 ** 40, Number.MAX_SAFE_INTEGER]) {
      await mistaken(make({ limits: { [name]: limit } }), new RegExp(`"${name}" must be .*, 1 to ${most}$`));
    }
  }
});

test("what excludes each other", async () => {
  await mistaken(make({ jwksUri: "https://tenant.example/jwks" }), /"jwks" and "jwksUri" exclude each other/);
  await mistaken(make({ profile: "id-token", typ: "JWT" }), /"typ" is for profile "jwt" only/);
});

test("key sets that are none", async () => {
  for (const jwks of ["", "<!doctype html><title>Sign in</title>", "null", "[]", "{}", "7", '{"keys":7}', "\ud800"]) {
    assert.equal((await refused(make({ jwks }), "jwks_invalid")).status, 500, "the operator's mistake");
  }
  assert.equal((await refused(make({ jwks: "x".repeat(5_000_000) }), "jwks_invalid")).status, 500);
  const bad = await refused(make({ jwks: { ...key.jwk, y: "AA" } }), "key_invalid");
  assert.equal(bad.status, 500);
});

test("each option is read once", () => {
  const reads = new Map();
  const options = new Proxy(good, {
    get(target, name) {
      reads.set(name, (reads.get(name) ?? 0) + 1);
      return target[name];
    },
  });
  createVerifier(options);
  for (const [name, count] of reads) assert.equal(count, 1, String(name));
  assert.ok(reads.has("issuer"));
});

test("objects that throw when they are looked at", async () => {
  const boom = () => {
    throw new RangeError("boom");
  };
  const everything = Object.fromEntries(
    Reflect.ownKeys(Reflect)
      .filter((name) => typeof name === "string")
      .map((name) => [name, boom]),
  );
  await mistaken(() => createVerifier(new Proxy({}, everything)), /createVerifier/);
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  await mistaken(() => createVerifier(proxy), /createVerifier/);
  for (const name of ["issuer", "audience", "algorithms", "jwks", "limits", "now", "requiredClaims"]) {
    await mistaken(
      () =>
        createVerifier({
          ...good,
          get [name]() {
            return boom();
          },
        }),
      new RegExp(`option "${name}" cannot be read`),
    );
    await mistaken(make({ [name]: proxy }), new RegExp(`"${name}"`));
  }
  await mistaken(make({ jwks: { toJSON: boom } }), /option "jwks" cannot be read/);
  const cyclic = { keys: [] };
  cyclic.keys.push(cyclic);
  await mistaken(make({ jwks: cyclic }), /option "jwks" cannot be read/);
  await mistaken(make({ audience: new Proxy(["a"], { get: boom }) }), /option "audience"/);
  await mistaken(
    make({ audience: new Proxy([], { get: (_, name) => (name === "length" ? 2 ** 32 : "a") }) }),
    /more than 1000/,
  );
});

test("a polluted prototype configures nothing", async () => {
  const forged = makeKey("ES256", key.kid);
  Object.prototype.jwks = { keys: [forged.jwk] };
  Object.prototype.profile = "jwt";
  try {
    const verifier = createVerifier(good);
    await verifier.verify(key.sign());
    await refused(() => verifier.verify(forged.sign()), "signature_invalid");
    const remote = createVerifier({ issuer, audience, now, fetch: () => Promise.reject(new Error("no network")) });
    await refused(() => remote.verify(forged.sign()), "jwks_unavailable");
  } finally {
    delete Object.prototype.jwks;
    delete Object.prototype.profile;
  }
});

test("later changes to the options change nothing", async () => {
  const options = { ...good, audience: [audience], algorithms: ["ES256"] };
  const verifier = createVerifier(options);
  options.audience[0] = "https://other.example";
  options.algorithms[0] = "RS256";
  options.issuer = "https://other.example/";
  await verifier.verify(key.sign());
});

test("a clock that is none", async () => {
  const times = [
    1_700_000_000,
    0,
    NaN,
    Infinity,
    -1e12,
    1e17,
    "1700000000000",
    null,
    undefined,
    {},
    1_700_000_000_000n,
    new Date(),
  ];
  for (const value of times) {
    const verifier = createVerifier({ ...good, now: () => value });
    await mistaken(() => verifier.verify(key.sign()), /option "now" must return milliseconds since 1970/);
    await mistaken(() => verifier.verifySync(key.sign()), /option "now"/);
  }
  const throwing = createVerifier({
    ...good,
    now: () => {
      throw new RangeError("boom");
    },
  });
  await mistaken(() => throwing.verify(key.sign()), /option "now"/);
  await createVerifier({ ...good, now: () => now() + 0.75 }).verify(key.sign());
});

test("expectations", async () => {
  const idTokens = createVerifier({ ...good, profile: "id-token" });
  const jwt = key.sign({ nonce: "n" });
  await idTokens.verify(jwt, { nonce: "n" });
  idTokens.verifySync(jwt, { nonce: "n" });
  await refused(() => idTokens.verify(jwt, { nonce: "other" }), "nonce_mismatch");
  await mistaken(() => idTokens.verify(jwt, { nonce: undefined }), /"nonce" has no value: leave it out/);
  await mistaken(() => idTokens.verify(jwt, { nonces: "n" }), /did you mean "nonce"\?/);
  await mistaken(() => idTokens.verify(jwt, { nonce: 7 }), /"nonce" must be a string/);
  await mistaken(() => idTokens.verify(jwt, { maxAge: -1 }), /"maxAge" must be a whole number of seconds/);
  await mistaken(() => idTokens.verify(jwt, null), /expectations/);
  await mistaken(() => idTokens.verifySync(jwt, "n"), /expectations/);
  await mistaken(() => createVerifier(good).verify(jwt, { nonce: "n" }), /profile "id-token"/);
  await mistaken(() => createVerifier(good).verify(jwt, {}), /profile "id-token"/);
});

test("shared secrets", async () => {
  const secret = new Uint8Array(32).fill(7);
  const options = { secret, algorithm: "HS256", issuer, audience, now };
  const verifier = createSharedSecretVerifier(options);
  secret.fill(0);
  const jwt = signWithSecret("HS256", new Uint8Array(32).fill(7));
  await verifier.verify(jwt);
  verifier.verifySync(jwt);
  assert.deepEqual(Object.keys(verifier), ["verify", "verifySync"]);
  createSharedSecretVerifier({ ...options, secret: Buffer.alloc(32, 7) });
  await mistaken(
    () => createSharedSecretVerifier({ ...options, secret: "secret" }),
    /"secret" must be a Uint8Array, not a string: new TextEncoder\(\)\.encode\(secret\) .*Buffer\.from\(secret, "base64"\)/,
  );
  for (const wrong of [
    undefined,
    null,
    7,
    [1, 2],
    {},
    new ArrayBuffer(32),
    new Uint16Array(32),
    { [Symbol.toStringTag]: "Uint8Array" },
  ]) {
    await mistaken(() => createSharedSecretVerifier({ ...options, secret: wrong }), /"secret" must be a Uint8Array/);
  }
  const short = await refused(
    () => createSharedSecretVerifier({ ...options, secret: new Uint8Array(31) }),
    "key_invalid",
  );
  assert.equal(short.status, 500);
  const detached = new Uint8Array(32);
  structuredClone(detached.buffer, { transfer: [detached.buffer] });
  await mistaken(() => createSharedSecretVerifier({ ...options, secret: detached }), /option "secret" cannot be read/);
  createSharedSecretVerifier({ ...options, secret: new Uint8Array(16_384) });
  class Understating extends Uint8Array {
    get length() {
      return 32;
    }
  }
  for (const long of [new Uint8Array(16_385), new Understating(20_000)]) {
    await mistaken(
      () => createSharedSecretVerifier({ ...options, secret: long }),
      /option "secret" is longer than 16384 bytes/,
    );
  }
  await refused(() => createSharedSecretVerifier({ ...options, secret: new Uint8Array(0) }), "key_invalid");
  await refused(
    () => createSharedSecretVerifier({ ...options, secret: Buffer.from(JSON.stringify(key.jwk)) }),
    "key_invalid",
  );
  await mistaken(
    () => createSharedSecretVerifier({ ...options, algorithm: "RS256" }),
    /"algorithm" must be "HS256", "HS384" or "HS512"/,
  );
  await mistaken(() => createSharedSecretVerifier({ ...options, algorithm: undefined }), /"algorithm"/);
  await mistaken(() => createSharedSecretVerifier({ ...options, jwksUri: "https://x.example" }), /no option "jwksUri"/);
});

test("the functions of a verifier need no `this`, and cannot be replaced", async () => {
  const verifier = createVerifier(good);
  const { verify, verifySync, loadKeys } = verifier;
  await verify(key.sign());
  verifySync(key.sign());
  assert.equal((await loadKeys()).keys.length, 1);
  assert.ok(Object.isFrozen(verifier));
});

test("the other functions' options", async () => {
  await mistaken(() => discover(7), /discover: the issuer/);
  await mistaken(() => discover(issuer, { fetcher: fetch }), /did you mean "fetch"\?/);
  await mistaken(() => discover(issuer, { metadataUri: 7 }), /"metadataUri" must be a string/);
  await mistaken(() => discover(issuer, { allowInsecureHosts: "keycloak" }), /"allowInsecureHosts" must be an array/);
  await mistaken(() => discover(issuer, { jwksUri: "https://x.example" }), /no option "jwksUri"/);
  await mistaken(() => discover("not a URL"), /issuer/);
  await mistaken(() => createAuthorizationRequest({}), /option "server"/);
  const server = {
    issuer,
    authorization_endpoint: `${issuer}authorize`,
    token_endpoint: `${issuer}token`,
    anything: "else",
  };
  const request = { server, clientId: "c", redirectUri: "https://app.example/cb" };
  createAuthorizationRequest(request);
  const empty = { code_challenge_methods_supported: null, authorization_response_iss_parameter_supported: null };
  createAuthorizationRequest({ ...request, server: { ...server, ...empty, jwks_uri: null, other: null } });
  await mistaken(
    () => createAuthorizationRequest({ ...request, server: { ...server, token_endpoint: null } }),
    /"token_endpoint" is mandatory/,
  );
  await mistaken(() => createAuthorizationRequest({ ...request, params: { state: "mine" } }), /state|params/);
  await mistaken(() => createAuthorizationRequest({ ...request, params: { prompt: 7 } }), /"params", "prompt",/);
  await mistaken(() => createAuthorizationRequest({ ...request, redirectURI: "x" }), /did you mean "redirectUri"\?/);
  await mistaken(
    () => createAuthorizationRequest({ ...request, server: { issuer } }),
    /"authorization_endpoint" is mandatory/,
  );
});
