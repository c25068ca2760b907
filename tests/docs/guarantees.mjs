// The README's table of guarantees, row by row: for every code that a row names there is a case here that gets it. (The attack
// corpus has many more, on every host. This one keeps the table honest.)

import { generateKeyPairSync, sign } from "node:crypto";

const seconds = 1_700_000_000;
const issuer = "https://tenant.example/";
const goodClaims = { iss: issuer, aud: "api", sub: "alice", exp: seconds + 60 };
const encode = (value) => Buffer.from(typeof value === "string" ? value : JSON.stringify(value)).toString("base64url");

/** Answers { check, problem } for each code of each row. */
export async function guaranteeProblems(file, text, countersign) {
  const cases = makeCases(countersign);
  const problems = [];
  for (const [, row, outcome] of text.matchAll(/^\| ([^|]+?) +\| ([^|]*`[a-z_]+`[^|]*?) +\|$/gm)) {
    const key = Object.keys(cases).find((start) => row.startsWith(start));
    const codes = [...outcome.matchAll(/`([a-z_]+)`/g)].map(([, code]) => code);
    if (key === undefined) {
      problems.push({ check: `${file}: "${row}"`, problem: "no case shows it" });
      continue;
    }
    const got = new Set();
    for (const call of cases[key]) got.add(await codeOf(call));
    delete cases[key];
    for (const code of codes) {
      problems.push({ check: `${file}: "${row}": ${code}`, problem: got.has(code) ? undefined : `got ${[...got]}` });
    }
    const strange = [...got].filter((code) => !codes.includes(code));
    if (strange.length > 0) problems.push({ check: `${file}: "${row}"`, problem: `it also gets ${strange}` });
  }
  for (const key of Object.keys(cases)) problems.push({ check: `${file}: "${key}"`, problem: "there is no such row" });
  return problems;
}

async function codeOf(call) {
  try {
    await call();
    return "accepted";
  } catch (error) {
    return error.code ?? String(error);
  }
}

function makeCases(countersign) {
  const { createVerifier, createSharedSecretVerifier, createAuthorizationRequest, parseAuthorizationResponse } =
    countersign;
  const pair = (type, options) => generateKeyPairSync(type, options);
  const ec = pair("ec", { namedCurve: "P-256" });
  const rsa = pair("rsa", { modulusLength: 2048 });
  const weak = pair("rsa", { modulusLength: 1024 });
  const jwk = ({ publicKey }, members) => ({ ...publicKey.export({ format: "jwk" }), ...members });
  const jwks = {
    keys: [
      jwk(ec, { kid: "ec" }),
      jwk(rsa, { kid: "rsa" }),
      jwk(weak, { kid: "weak" }),
      jwk(pair("ec", { namedCurve: "P-256" }), { kid: "enc", use: "enc" }),
      { ...pair("ec", { namedCurve: "P-256" }).privateKey.export({ format: "jwk" }), kid: "private" },
    ],
  };
  const base = { issuer, audience: "api", now: () => seconds * 1000 };
  const verify = (jwt, options = {}, expectations = undefined) =>
    createVerifier({ ...base, jwks, ...options }).verifySync(jwt, expectations);

  const signed = ({ privateKey }, header, claims, encoding = "ieee-p1363") => {
    const input = `${encode(header)}.${encode(claims)}`;
    const signature = sign("sha256", Buffer.from(input), { key: privateKey, dsaEncoding: encoding });
    return `${input}.${signature.toString("base64url")}`;
  };
  const token = (claims = {}, header = {}) =>
    signed(ec, { alg: "ES256", kid: "ec", ...header }, { ...goodClaims, ...claims });
  const good = token();
  const [header, payload, signature] = good.split(".");
  const withHeader = (value, end = signature) => `${encode(value)}.${payload}.${end}`;
  const nested = (levels) => JSON.parse("[".repeat(levels) + "]".repeat(levels));
  const idToken = (claims, expectations) => () =>
    verify(token({ iat: seconds, ...claims }), { profile: "id-token" }, expectations);

  const remote = (answer) => () => createVerifier({ ...base, fetch: async (url) => answer(url) }).verify(good);
  const metadata = (members) => new Response(JSON.stringify({ issuer, jwks_uri: `${issuer}jwks`, ...members }));
  const keysAre = (body) => remote((url) => (url.endsWith("/jwks") ? new Response(body) : metadata()));

  const secret = (bytes) => () => createSharedSecretVerifier({ ...base, algorithm: "HS256", secret: bytes });
  const server = { issuer, authorization_endpoint: `${issuer}authorize`, token_endpoint: `${issuer}token` };
  const request = { server, clientId: "app", redirectUri: "https://app.example/callback", scope: "openid" };
  const { transaction } = createAuthorizationRequest(request);
  const response = (query, changes) => () =>
    parseAuthorizationResponse(`${request.redirectUri}?${query}`, { ...transaction, ...changes });
  const { state } = transaction;

  const { createGuard, fromAuthorization, fromCookie } = countersign;
  const guard = createGuard({ ...base, jwks, tokens: [fromAuthorization(), fromCookie("token")] });
  const guarded = (headers) => async () => {
    const request = { method: "POST", url: `https://api.example/?access_token=${good}` };
    const { refusal } = await guard.authenticate({ ...request, headers: { get: (name) => headers[name] ?? null } });
    if (refusal) throw refusal.error;
  };

  return {
    "Another spelling": [() => verify(`${good}=`), () => verify(` ${good}`), () => verify(`${good}.`)],
    "An encrypted": [
      () => verify(`${good}.a.b`),
      () => verify('{"payload":"e30"}'),
      () => verify(withHeader({ alg: "ES256", cty: "JWT" })),
      () => verify(withHeader({ alg: "ES256", zip: "DEF" })),
    ],
    "A member name twice": [
      () => verify(`${encode('{"alg":"none","alg":"ES256"}')}.${payload}.${signature}`),
      () =>
        verify(signed(ec, { alg: "ES256", kid: "ec" }, `{"sub":"a","sub":"b",${JSON.stringify(goodClaims).slice(1)}`)),
      () => verify(token({ id: 2 ** 53 })),
      () => verify(signed(ec, { alg: "ES256", kid: "ec" }, `\ufeff${JSON.stringify(goodClaims)}`)),
    ],
    "An extension": [() => verify(token({}, { crit: ["exp"] })), () => verify(token({}, { b64: true }))],
    "`alg` is `none`": [
      () => verify(withHeader({ alg: "none" })),
      () => verify(withHeader({ alg: "es256" })),
      () => verify(withHeader({ alg: "HS256" })),
      () => verify(good, { algorithms: ["RS256"] }),
      () => verify(withHeader({ alg: "none" }, "")),
    ],
    "An algorithm that is not": [() => verify(signed(rsa, { alg: "PS256", kid: "rsa" }, goodClaims))],
    "A key for encryption": [() => verify(token({}, { kid: "enc" })), () => verify(token({}, { kid: "private" }))],
    "A weak key": [() => verify(signed(weak, { alg: "RS256", kid: "weak" }, goodClaims))],
    "A `kid` that no key has": [
      () => verify(token({}, { kid: "other" })),
      () =>
        verify(token({}, { kid: undefined }), { jwks: { keys: [jwk(ec), jwk(pair("ec", { namedCurve: "P-256" }))] } }),
    ],
    "A signature that is wrong": [
      () => verify(signed(rsa, { alg: "ES256", kid: "ec" }, goodClaims)),
      () => verify(signed(ec, { alg: "ES256", kid: "ec" }, goodClaims, "der")),
      () => verify(`${header}.${payload}.${encode("\0".repeat(64))}`),
    ],
    "No `iss`": [
      ...["iss", "aud", "exp"].map((name) => () => verify(token({ [name]: undefined }))),
      () => verify(token({ aud: undefined }), { audience: undefined, binding: { claim: "azp", values: ["api"] } }),
    ],
    "Another issuer": [
      () => verify(token({ iss: issuer.slice(0, -1) })),
      () => verify(token({ aud: ["apis"] })),
      () => verify(good, { subject: "bob" }),
    ],
    "Too late": [
      () => verify(token({ exp: seconds - 30 })),
      () => verify(token({ nbf: seconds + 31 })),
      () => verify(token({ iat: seconds - 100 }), { maxTokenAge: 60 }),
    ],
    "`iss`, `aud`": [
      () => verify(token({ iat: "now" })),
      () => verify(token({ sub: 7 })),
      () => verify(token({ jti: 7, client_id: "c", iat: seconds }, { typ: "at+jwt" }), { profile: "at+jwt" }),
    ],
    "A token of another kind": [
      () => verify(token({ nonce: "n" })),
      () => verify(token({}, { typ: "logout+jwt" })),
      () => verify(token({}, { typ: "dpop+jwt" })),
      () => verify(token({}, { typ: "JWT" }), { profile: "at+jwt" }),
    ],
    "An ID token": [
      idToken({ nonce: "n" }, { nonce: "m" }),
      idToken({ nonce: "n" }),
      idToken({ aud: ["api", "other"], azp: "api" }),
      idToken({ azp: "other" }),
      idToken({ at_hash: "AAAA" }, { accessToken: "x" }),
    ],
    "A token above": [
      () => verify("a".repeat(16_385)),
      () => verify(token({}, { x: "a".repeat(4_096) })),
      () => verify(token({}, { x: nested(9) })),
      () => verify(token({ x: nested(33) })),
    ],
    "A key set of more": [
      keysAre(" ".repeat(262_145)),
      keysAre(JSON.stringify({ keys: Array(65).fill(jwk(ec)) })),
      remote(() => new Response(null, { status: 302, headers: { location: "https://elsewhere.example/" } })),
      remote(() => metadata({ issuer: "https://other.example/" })),
      remote(() => metadata({ jwks_uri: "http://tenant.example/jwks" })),
    ],
    "An HMAC secret": [
      secret(new Uint8Array(31)),
      secret(new Uint8Array(Buffer.from(ec.publicKey.export({ type: "spki", format: "pem" })))),
    ],
    "An authorization response": [
      response("code=c&state=other"),
      response(`code=c&state=${state}&iss=https%3A%2F%2Fother.example%2F`),
      response(`code=c&state=${state}`, { expiresAt: 1 }),
      response(`code=c&code=d&state=${state}`),
    ],
    "At a guard": [
      guarded({ authorization: `Bearer ${good}, Bearer ${good}` }),
      guarded({ authorization: `Bearer ${good} x` }),
      guarded({}),
      guarded({ cookie: `token=${good}`, "sec-fetch-site": "cross-site" }),
    ],
    "A server that lists": [
      () =>
        createAuthorizationRequest({ ...request, server: { ...server, code_challenge_methods_supported: ["plain"] } }),
    ],
  };
}
