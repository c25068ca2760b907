// What each host is asked, and what it must answer.

/** One request to an API: the token that it carries and the answer that is right. */
export function apiCases({ tokens }) {
  const good = tokens.rs256.accessToken;
  return [
    { name: "no token", status: 401, code: "token_missing" },
    { name: "good token, RS256", token: good, status: 200 },
    { name: "good token, ES256", token: tokens.es256.accessToken, status: 200 },
    { name: "good token, EdDSA", token: tokens.eddsa.accessToken, status: 200 },
    {
      name: "claims changed",
      token: withClaims(good, { scope: "read write" }),
      status: 401,
      code: "signature_invalid",
    },
    { name: "last character changed", token: otherSpelling(good), status: 401, code: "token_malformed" },
    { name: "expired", token: tokens.brief.accessToken, status: 401, code: "token_expired" },
    { name: "for another audience", token: tokens.other.accessToken, status: 401, code: "audience_mismatch" },
    { name: "ID token as access token", token: tokens.rs256.idToken, status: 401, code: "typ_mismatch" },
  ];
}

/** One request to a route of the API, which wants something of its own. */
export function routeCases({ tokens }) {
  const good = tokens.rs256.accessToken;
  const expired = tokens.brief.accessToken;
  return [
    { name: "GET /public, no token", path: "public", status: 200 },
    { name: "GET /greeting, no token", path: "greeting", status: 200, message: "hello, stranger" },
    { name: "GET /greeting, good token", path: "greeting", token: good, status: 200, message: "hello, alice" },
    { name: "GET /greeting, expired", path: "greeting", token: expired, status: 401, code: "token_expired" },
    { name: "GET /notes, scope read", path: "notes", token: good, status: 200 },
    { name: "POST /notes, scope read", method: "POST", path: "notes", token: good, ...forbidden("insufficient_scope") },
    { name: "GET /admin, no permission", path: "admin", token: good, ...forbidden("insufficient_permission") },
  ];
}

const forbidden = (code) => ({ status: 403, code });

/** One use of the page: what is put into its form and the verdict that is right. */
export function pageCases({ tokens, audience, clientId }) {
  const { accessToken, idToken, nonce } = tokens.rs256;
  const access = { profile: "at+jwt", audience };
  const id = { profile: "id-token", audience: clientId };
  const api = apiCases({ tokens }).filter(({ token }) => token !== undefined);
  return [
    ...api.map(({ name, token, code }) => ({ name, form: { ...access, token, clockTolerance: "0" }, code })),
    { name: "good ID token", form: { ...id, token: idToken, nonce } },
    {
      name: "ID token, other nonce",
      form: { ...id, token: idToken, nonce: `${nonce.slice(1)}x` },
      code: "nonce_mismatch",
    },
    { name: "access token as ID token", form: { ...id, audience, token: accessToken, nonce }, code: "typ_mismatch" },
  ];
}

/** The same token with other claims, as someone would write it who has no key. */
function withClaims(token, claims) {
  const [header, payload, signature] = token.split(".");
  const changed = { ...JSON.parse(Buffer.from(payload, "base64url")), ...claims };
  return [header, Buffer.from(JSON.stringify(changed)).toString("base64url"), signature].join(".");
}

/**
 * The same header, payload and signature bytes, spelled differently: the last character of an RS256 signature carries
 * four bits that base64url does not use. A decoder that ignores them takes many strings for one token.
 */
function otherSpelling(token) {
  const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  return token.slice(0, -1) + alphabet[alphabet.indexOf(token.at(-1)) + 1];
}
