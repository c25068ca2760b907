// createClient without a server: its options, what it makes of hostile answers, and that it outlives a trap.

import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, mistaken, refused } from "./support/assert.mjs";
import { client as entry, packageOn, wasmFile } from "./support/package.mjs";
import { makeKey } from "./support/tokens.mjs";
import { trapping } from "./support/wasm.mjs";

const { createClient } = entry;
const issuer = "https://id.example";
const metadata = {
  issuer,
  authorization_endpoint: `${issuer}/authorize`,
  token_endpoint: `${issuer}/token`,
  userinfo_endpoint: `${issuer}/userinfo`,
  device_authorization_endpoint: `${issuer}/device`,
  jwks_uri: `${issuer}/keys`,
};
const good = { metadata, clientId: "app", redirectUri: "https://app.example/callback" };
const { privateKey } = await crypto.subtle.generateKey({ name: "ECDSA", namedCurve: "P-256" }, true, [
  "sign",
  "verify",
]);

const mistakes = [
  [undefined, /createClient takes an object/],
  [{ ...good, metadata: undefined }, /either the option "issuer"/],
  [{ ...good, issuer }, /either the option "issuer"/],
  [{ ...good, metadata: [] }, /"metadata" must be an object/],
  [{ ...good, metadata: {} }, /"metadata", "issuer"/],
  [{ ...good, clientId: undefined }, /"clientId" is mandatory: write e\.g\./],
  [{ ...good, clientId: "" }, /"clientId" must be a string/],
  [{ ...good, clientID: "app" }, /did you mean "clientId"/],
  [{ ...good, metadata: undefined, issuer: "http://id.example" }, /"issuer"/],
  [{ ...good, metadata: { ...metadata, token_endpoint: "http://id.example/token" } }, "discovery_invalid"],
  [{ ...good, clientAuthentication: { method: "none" } }, /"method" must be "client_secret_basic"/],
  [{ ...good, clientAuthentication: { method: "client_secret_basic" } }, /"secret" is mandatory/],
  [{ ...good, clientAuthentication: { method: "client_secret_jwt", secret: "short" } }, /fit for the algorithm/],
  [{ ...good, clientAuthentication: { method: "client_secret_jwt", secret: "s", alg: "ES256" } }, /"alg" must be/],
  [{ ...good, clientAuthentication: { method: "private_key_jwt", key: {} } }, /a CryptoKey, or a JWK with "d"/],
  [
    { ...good, clientAuthentication: { method: "tls_client_auth", secret: "s" } },
    /takes no "secret"|no option "secret"/,
  ],
  [{ ...good, idTokenAlgorithm: "none" }, /is not the name of an algorithm/],
  [{ ...good, idTokenAlgorithm: "HS256" }, /HMAC/],
  [{ ...good, trustedAudiences: [""] }, /must be a string that is not empty/],
  [{ ...good, dpop: false }, /"dpop" takes an object/],
  [{ ...good, dpop: { key: { privateKey } } }, /"publicKey" must be a public CryptoKey/],
  [{ ...good, dpop: { store: {} } }, /the functions "get" and "add"/],
  [{ ...good, allowedOrigins: ["https://api.example/path"] }, /must have origins/],
  [{ ...good, fetch: 7 }, /must be a function/],
];

test("mistakes are told when the client is made", async () => {
  for (const [options, expected] of mistakes) {
    if (typeof expected === "string") await refused(() => createClient(options), expected);
    else await mistaken(() => createClient(options), expected);
  }
});

test("mistakes in parameters are told too", async () => {
  const client = createClient(good);
  await mistaken(() => client.authorize({ scope: "a  b" }), /scope/);
  await mistaken(() => client.authorize({ params: { state: "mine" } }), /params/);
  await mistaken(() => client.authorize({ params: { prompt: ["a", "b"] } }), /params/);
  await mistaken(() => client.authorize({ redirectUri: "javascript:alert(1)" }), /redirectUri/);
  await mistaken(() => client.authorize({ responseMode: "fragment" }), /responseMode/);
  await mistaken(() => createClient({ ...good, redirectUri: undefined }).authorize(), /redirectUri/);
  await mistaken(() => client.refresh(7), /refresh: the tokens/);
  await mistaken(() => client.userinfo({ issuer, accessToken: "a" }), /claim `sub`/);
  await mistaken(() => client.introspect(""), /introspect: the token/);
  await mistaken(() => client.introspect("a"), /introspectionEndpoint/);
  await mistaken(() => client.revoke({ issuer }), /revoke: the token/);
  await mistaken(() => client.revoke("a", "id_token"), /the hint/);
  await mistaken(() => client.grant(""), /grant: the type/);
  await mistaken(() => client.logoutUrl({ state: 7 }), /state/);
  await mistaken(() => client.device({ signal: 7 }).next(), /AbortSignal/);
});

test("options are read once, and by their own names alone", async () => {
  const reads = [];
  const watched = new Proxy({ ...good }, { get: (target, name) => (reads.push(name), Reflect.get(target, name)) });
  createClient(watched);
  assert.equal(new Set(reads).size, reads.length);
  const throwing = Object.defineProperty({ ...good }, "clientId", {
    enumerable: true,
    get() {
      throw new Error("no");
    },
  });
  await mistaken(() => createClient(throwing), /cannot be read/);
  Object.prototype.dpop = true;
  Object.prototype.purpose = "proof";
  try {
    const tokens = await createClient({
      ...good,
      fetch: async () => answer({ access_token: "a", token_type: "Bearer" }),
    }).refresh("r");
    assert.equal(tokens.tokenType, "Bearer");
  } finally {
    delete Object.prototype.dpop;
    delete Object.prototype.purpose;
  }
});

test("objects without a prototype go in, and plain ones come out", async () => {
  const bare = (members) => Object.assign(Object.create(null), members);
  const client = createClient(bare({ ...good, metadata: bare(metadata) }));
  const { transaction, ...rest } = await client.authorize(bare({ params: bare({ prompt: "login" }) }));
  assert.deepEqual(Object.getPrototypeOf(transaction), Object.prototype);
  assert.deepEqual(Object.keys(rest), ["url"]);
  await refused(() => client.callback("code=a&state=b", bare(transaction)), "state_mismatch");
});

const answer = (body, status = 200) => Response.json(body, { status });
/** A client whose server gives every request this answer. */
const answered = (give, more = {}) => createClient({ ...good, ...more, fetch: async () => give() });

test("whatever a server answers is an error with a code, or an answer", async () => {
  const bodies = [
    "",
    "null",
    "[]",
    "7",
    '"text"',
    "{}",
    "{".repeat(100_000),
    "[".repeat(100_000),
    '{"error":"invalid_grant"}',
    '{"error":{}}',
    '{"error":"\\ud800"}',
    '{"access_token":"a","token_type":"Bearer","id_token":"e30.e30.AA"}',
    '{"access_token":"a","token_type":"Bearer","expires_in":1e400}',
    '{"access_token":"a","token_type":"Bearer","expires_in":-1}',
    '{"access_token":["a"],"token_type":"Bearer"}',
    '{"__proto__":{"access_token":"a"},"token_type":"Bearer"}',
    '{"active":"yes"}',
    '{"sub":7}',
    '{"device_code":"d","user_code":"u","verification_uri":"javascript:alert(1)","expires_in":600}',
    '{"device_code":"d","user_code":"u","verification_uri":"https://id.example","expires_in":-5}',
    new Uint8Array([0xff, 0xfe, 0x00]),
  ];
  const statuses = [200, 201, 204, 301, 400, 401, 404, 429, 500, 599];
  const codes = new Set();
  for (const body of bodies) {
    for (const status of statuses) {
      const client = answered(() => new Response(status === 204 ? null : body, { status }), {
        metadata: {
          ...metadata,
          introspection_endpoint: `${issuer}/introspect`,
          revocation_endpoint: `${issuer}/revoke`,
        },
      });
      const user = { issuer, accessToken: "a", claims: { iss: issuer, sub: "alice" } };
      for (const call of [
        () => client.refresh("r"),
        () => client.grant("urn:x"),
        () => client.userinfo(user),
        () => client.introspect("t"),
        () => client.revoke("t"),
        () => client.device().next(),
      ]) {
        codes.add(await codeOf(call));
      }
    }
  }
  const allowed = [
    "header_invalid",
    "jwks_invalid",
    "jwks_unavailable",
    "ok",
    "response_too_large",
    "server_response_invalid",
    "server_unavailable",
    "token_endpoint_error",
    "token_malformed",
    "token_response_invalid",
  ];
  assert.deepEqual(
    [...codes].filter((code) => !allowed.includes(code)),
    [],
  );
  assert.ok(codes.has("server_unavailable") && codes.has("token_endpoint_error") && codes.has("ok"));
});

test("an ID token of another user, client, sign-in or server is refused", async () => {
  const key = makeKey("ES256");
  const time = Math.floor(Date.now() / 1000);
  const claims = { iss: issuer, sub: "alice", aud: "app", iat: time, exp: time + 600, nonce: undefined };
  const signIn = async (change) => {
    let nonce;
    const client = createClient({
      ...good,
      trustedAudiences: ["project"],
      fetch: async (url) =>
        url.endsWith("/keys")
          ? answer({ keys: [key.jwk] })
          : answer({
              access_token: "a",
              token_type: "Bearer",
              id_token: key.sign({ ...claims, nonce, ...change }, { typ: "JWT" }),
            }),
    });
    const { transaction } = await client.authorize();
    ({ nonce } = transaction);
    return client.callback(`code=c&state=${transaction.state}`, transaction);
  };
  assert.equal((await signIn({})).claims.sub, "alice");
  assert.equal((await signIn({ aud: ["app", "project"], azp: "app" })).claims.sub, "alice");
  for (const [change, code] of [
    [{ iss: "https://other.example" }, "issuer_mismatch"],
    [{ aud: "project" }, "audience_mismatch"],
    [{ aud: ["app", "stranger"] }, "audience_mismatch"],
    [{ azp: "project", aud: ["app", "project"] }, "claim_invalid"],
    [{ nonce: "other" }, "nonce_mismatch"],
    [{ exp: time - 600 }, "token_expired"],
    [{ at_hash: "AAAAAAAAAAAAAAAAAAAAAA" }, "claim_invalid"],
    [{ c_hash: "AAAAAAAAAAAAAAAAAAAAAA" }, "claim_invalid"],
  ]) {
    await refused(() => signIn(change), code);
  }
});

test("a client outlives a trap", async () => {
  const module = new WebAssembly.Module(trapping(wasmFile("auth"), "createPkcePair"));
  const { createClient, createVerifier } = await packageOn({}, { module: () => module, entry: "client" });
  const client = createClient({ ...good, fetch: async () => answer({ access_token: "a", token_type: "Bearer" }) });
  const before = await client.authorize();
  const verifier = createVerifier({ issuer, audience: "a", jwks: { keys: [makeKey("ES256").jwk] } });
  assert.ok(verifier);
  const broken = new WebAssembly.Module(trapping(wasmFile("auth"), "oauthclient_authorize"));
  const other = await packageOn({}, { module: () => broken, entry: "client" });
  const trapped = other.createClient({
    ...good,
    fetch: async () => answer({ access_token: "a", token_type: "Bearer" }),
  });
  for (let round = 0; round < 3; round += 1) {
    await refused(() => trapped.authorize(), "internal_error");
    assert.equal((await trapped.refresh("r")).accessToken, "a");
    await refused(() => trapped.callback("code=a&state=b", before.transaction), "state_mismatch");
  }
});

test("a key is what it is asked to sign by", async () => {
  const jwk = await crypto.subtle.exportKey("jwk", privateKey);
  const rsa = await crypto.subtle.generateKey(
    { name: "RSASSA-PKCS1-v1_5", modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]), hash: "SHA-384" },
    false,
    ["sign", "verify"],
  );
  const ed25519 = await crypto.subtle.generateKey("Ed25519", false, ["sign", "verify"]);
  const algorithm = async (clientAuthentication) => {
    let header;
    const client = createClient({
      ...good,
      clientAuthentication: { method: "private_key_jwt", ...clientAuthentication },
      fetch: async (_, { body }) => {
        const assertion = new URLSearchParams(body).get("client_assertion");
        header = JSON.parse(Buffer.from(assertion.split(".")[0], "base64url"));
        return answer({ access_token: "a", token_type: "Bearer" });
      },
    });
    await client.grant("client_credentials");
    return [header.alg, header.kid];
  };
  assert.deepEqual(await algorithm({ key: privateKey }), ["ES256", undefined]);
  assert.deepEqual(await algorithm({ key: { ...jwk, kid: "own" } }), ["ES256", "own"]);
  assert.deepEqual(await algorithm({ key: { ...jwk, kid: "own" }, kid: "other" }), ["ES256", "other"]);
  assert.deepEqual(await algorithm({ key: rsa.privateKey }), ["RS384", undefined]);
  const [edwards] = await algorithm({ key: ed25519.privateKey });
  assert.ok(["EdDSA", "Ed25519"].includes(edwards), edwards);
  await mistaken(() => algorithm({ key: rsa.publicKey }), /with the usage "sign"/);
  await mistaken(() => algorithm({ key: { kty: "RSA", d: "AQAB", n: "AQAB" } }), /write the option "alg"/);
  await mistaken(() => algorithm({ key: privateKey, alg: "XX256" }), /there is no algorithm/);
  await mistaken(() => algorithm({ key: { ...jwk, x: "AAAA" } }), /is no private key/);
});

test("a refresh loses no refresh token where the keys for the ID token cannot be had", async () => {
  const key = makeKey("ES256");
  const earlier = {
    issuer,
    refreshToken: "rt1",
    idToken: "earlier",
    claims: { iss: issuer, sub: "alice", aud: "app" },
  };
  const asked = [];
  const refreshed = (sub, keys) => {
    const now = Math.floor(Date.now() / 1000);
    const idToken = key.sign(
      { iss: issuer, aud: "app", sub, iat: now, exp: now + 60, client_id: undefined },
      { typ: "JWT" },
    );
    const body = { access_token: "a2", token_type: "Bearer", refresh_token: "rt2", id_token: idToken };
    const fetch = async (url) => {
      asked.push(String(url));
      return String(url).endsWith("/token") ? answer(body) : keys();
    };
    return createClient({ ...good, fetch }).refresh(earlier);
  };
  const there = () => answer({ keys: [key.jwk] });
  const missing = await refreshed("alice", () => new Response("down", { status: 503 }));
  assert.equal(missing.refreshToken, "rt2");
  assert.deepEqual([missing.idToken, missing.claims], [earlier.idToken, earlier.claims]);
  const whole = await refreshed("alice", there);
  assert.deepEqual([whole.refreshToken, whole.claims.sub], ["rt2", "alice"]);
  // Another user's is no outage.
  await assert.rejects(refreshed("mallory", there), { code: "subject_mismatch" });
  asked.length = 0;
  const others = { ...earlier, issuer: "https://other.example" };
  const client = createClient({ ...good, fetch: async (url) => asked.push(url) });
  await mistaken(() => client.refresh(others), /of another issuer/);
  await mistaken(() => client.revoke(others), /of another issuer/);
  assert.deepEqual(asked, []);
});

test("a CryptoKey signs assertions and proofs by its own algorithm, or not at all", async () => {
  const generate = (algorithm) => crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const rsa = { modulusLength: 2048, publicExponent: new Uint8Array([1, 0, 1]) };
  const ec = await generate({ name: "ECDSA", namedCurve: "P-256" });
  const pkcs1 = await generate({ name: "RSASSA-PKCS1-v1_5", hash: "SHA-256", ...rsa });
  const pss = await generate({ name: "RSA-PSS", hash: "SHA-256", ...rsa });
  const client = ({ privateKey }, alg) =>
    createClient({ ...good, clientAuthentication: { method: "private_key_jwt", key: privateKey, alg } });
  for (const [pair, wrong, right] of [
    [ec, ["ES384", "RS256", "EdDSA"], "ES256"],
    [pkcs1, ["RS512", "PS256", "ES256"], "RS256"],
    [pss, ["PS384", "RS256"], "PS256"],
  ]) {
    for (const alg of wrong)
      await mistaken(() => client(pair, alg).authorize(), /is a CryptoKey for another algorithm/);
    assert.ok((await client(pair, right).authorize()).url);
  }
  const dpop = { key: pkcs1, alg: "RS512" };
  const bound = createClient({ ...good, dpop });
  await mistaken(() => bound.authorize(), /is a CryptoKey for another algorithm/);
});
