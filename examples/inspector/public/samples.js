// Tokens to look at, signed here by a key that is made when the page opens and is never shown.

const ISSUER = "https://issuer.example/";
const AUDIENCE = "https://api.example";
const ES256 = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };

const encoder = new TextEncoder();
const base64url = (bytes) =>
  btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
const encode = (value) => base64url(encoder.encode(JSON.stringify(value)));

/** `[name, { header, claims }, change of the finished token]`. What is `undefined` is left out. */
const SAMPLES = [
  ["A good access token", {}],
  ["Expired an hour ago", { claims: { exp: -3600, iat: -7200 } }],
  ["Not valid before tomorrow", { claims: { nbf: 86_400, exp: 90_000 } }],
  ["For another API", { claims: { aud: "https://other.example" } }],
  ["From another issuer", { claims: { iss: "https://issuer.example.evil/" } }],
  [
    "An ID token, sent to an API",
    { header: { typ: "JWT" }, claims: { nonce: "n-0S6_WzA2Mj", at_hash: "77QmUPtjPfzWtF2AnpK9RQ" } },
  ],
  ["Without an end", { claims: { exp: undefined } }],
  ["A number as its subject", { claims: { sub: 42 } }],
  [
    "Altered after it was signed",
    {},
    (token) => token.replace(/\.[^.]*\./, `.${encode({ iss: ISSUER, sub: "admin" })}.`),
  ],
  ["With the algorithm none", { header: { alg: "none" } }],
  ["A symmetric algorithm", { header: { alg: "HS256" } }],
  ["Signed by a key that nobody knows", { header: { kid: "2019-03" } }],
  ["Demands an extension", { header: { crit: ["exp"] } }],
  ["Cut off", {}, (token) => token.slice(0, token.lastIndexOf("."))],
  ["Encrypted", {}, (token) => `${token}.AAAA.AAAA`],
  [
    "Claims that would be HTML",
    { claims: { aud: "<img src=x onerror=alert(1)>", name: "</code><script>alert(2)</script>" } },
  ],
];

export const names = SAMPLES.map(([name]) => name);

let pair;

/** The form's fields for a sample. */
export async function sample(name) {
  pair ??= crypto.subtle.generateKey(ES256, false, ["sign", "verify"]);
  const { privateKey, publicKey } = await pair;
  const { kty, crv, x, y } = await crypto.subtle.exportKey("jwk", publicKey);
  const jwks = { keys: [{ kty, crv, x, y, kid: "sample", alg: "ES256", use: "sig" }] };

  const [, { header, claims }, change = (token) => token] = SAMPLES.find(([one]) => one === name);
  const now = Math.floor(Date.now() / 1000);
  const times = Object.entries({ iat: -60, exp: 3600, ...claims })
    .filter(([claim]) => ["iat", "exp", "nbf"].includes(claim))
    .map(([claim, seconds]) => [claim, seconds === undefined ? undefined : now + seconds]);
  const payload = { iss: ISSUER, aud: AUDIENCE, sub: "alice", ...claims, ...Object.fromEntries(times) };
  const signed = `${encode({ alg: "ES256", kid: "sample", typ: "at+jwt", ...header })}.${encode({
    client_id: "web",
    jti: crypto.randomUUID(),
    ...payload,
  })}`;
  const signature = await crypto.subtle.sign(ES256, privateKey, encoder.encode(signed));
  return {
    token: change(`${signed}.${base64url(new Uint8Array(signature))}`),
    issuer: ISSUER,
    audience: AUDIENCE,
    profile: "access-token",
    source: "pasted",
    jwks: JSON.stringify(jwks, undefined, 2),
  };
}
