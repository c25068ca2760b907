// What OpenID's conformance suite asks of relying parties, by the names of its modules: what the server does wrong, and what
// the client has to say to it. This is a local re-creation; the suite itself was not run.
//
//   behaviour    what the server does wrong: server.mjs
//   server       how it is set up: { sign, publish, client }
//   options      of createClient
//   flow         what is done: flows.mjs. Default: a sign-in
//   expects      the error code, or "accept"
//   none         why it does not apply; then there is nothing else

import { encode, makeSecret, signToken } from "../support/tokens.mjs";
import { halfHash, keys } from "./server.mjs";

export const resigned =
  (key, change = {}) =>
  (token) => {
    const [header, payload] = token
      .split(".")
      .slice(0, 2)
      .map((part) => JSON.parse(Buffer.from(part, "base64url")));
    return signToken(key, { ...header, ...change }, payload);
  };
/** The token without a signature, under the algorithm `none`. */
export const unsigned = (token) => `${encode('{"alg":"none","typ":"JWT"}')}.${token.split(".")[1]}.`;
/** Another last byte of the signature, well encoded. */
export const tampered = (token) => {
  const [header, payload, signature] = token.split(".");
  const bytes = Buffer.from(signature, "base64url");
  bytes[bytes.length - 1] ^= 1;
  return `${header}.${payload}.${encode(bytes)}`;
};
const secret = "a secret that is as long as a hash";
const secretClient = { id: "app", method: "client_secret_basic", secret };
const secretOptions = { clientAuthentication: { method: "client_secret_basic", secret } };

export const basic = [
  { name: "client-test", expects: "accept" },
  {
    name: "client-test-invalid-iss",
    behaviour: { claims: { iss: "https://other.example" } },
    expects: "issuer_mismatch",
  },
  { name: "client-test-missing-sub", behaviour: { claims: { sub: undefined } }, expects: "claim_missing" },
  { name: "client-test-invalid-aud", behaviour: { claims: { aud: "other" } }, expects: "audience_mismatch" },
  { name: "client-test-missing-iat", behaviour: { claims: { iat: undefined } }, expects: "claim_missing" },
  { name: "client-test-kid-absent-single-jwks", behaviour: { header: { kid: undefined } }, expects: "accept" },
  {
    name: "client-test-kid-absent-multiple-jwks",
    behaviour: { header: { kid: undefined }, jwks: () => ({ keys: [keys.ec.jwk, keys.next.jwk] }) },
    server: { sign: "ec" },
    expects: "key_ambiguous",
  },
  { name: "client-test-idtoken-sig-rs256", server: { publish: ["ec", "rsa"] }, expects: "accept" },
  { name: "client-test-idtoken-sig-none", behaviour: { idToken: unsigned }, expects: "token_malformed" },
  { name: "client-test-invalid-sig-rs256", behaviour: { idToken: tampered }, expects: "signature_invalid" },
  {
    name: "client-test-userinfo-invalid-sub",
    behaviour: { userinfo: { sub: "somebody else" } },
    flow: "userinfo",
    expects: "subject_mismatch",
  },
  { name: "client-test-nonce-invalid", behaviour: { claims: { nonce: "another" } }, expects: "nonce_mismatch" },
  {
    name: "client-test-scope-userinfo-claims",
    options: { scope: "openid profile email" },
    flow: "userinfo",
    expects: "accept",
  },
  {
    name: "client-test-client-secret-basic",
    server: { client: secretClient },
    options: secretOptions,
    expects: "accept",
  },
];

export const config = [
  { name: "client-test-discovery-openid-config", expects: "accept" },
  { name: "client-test-discovery-jwks-uri-keys", server: { sign: "ec", publish: ["rsa", "ec"] }, expects: "accept" },
  {
    name: "client-test-discovery-issuer-mismatch",
    behaviour: { metadata: { issuer: "https://other.example" } },
    expects: "discovery_issuer_mismatch",
  },
  { name: "client-test-idtoken-sig-none", behaviour: { idToken: unsigned }, expects: "token_malformed" },
  {
    name: "client-test-signing-key-rotation",
    server: { sign: "ec", publish: ["ec"] },
    flow: "rotation",
    expects: "accept",
  },
  {
    name: "client-test-signing-key-rotation-just-before-signing",
    server: { sign: "ec", publish: ["ec"] },
    flow: "rotationAtToken",
    expects: "accept",
  },
];

export const others = [
  {
    name: "client-test-invalid-sig-es256",
    server: { sign: "ec", publish: ["ec"] },
    behaviour: { idToken: tampered },
    expects: "signature_invalid",
  },
  {
    name: "client-test-invalid-sig-hs256",
    server: { client: secretClient },
    options: secretOptions,
    behaviour: { idToken: resigned(makeSecret("HS256", "x".repeat(32)), { alg: "HS256" }) },
    expects: "alg_not_allowed",
  },
  { name: "client-test-missing-aud", behaviour: { claims: { aud: undefined } }, expects: "claim_missing" },
  {
    name: "client-test-invalid-athash",
    behaviour: { claims: { at_hash: halfHash("another") } },
    expects: "claim_invalid",
  },
  { name: "client-test-missing-athash", behaviour: { claims: { at_hash: undefined } }, expects: "accept" }, // Optional with a code.
  {
    name: "client-test-invalid-chash",
    behaviour: { claims: { c_hash: halfHash("another") } },
    expects: "claim_invalid",
  },
  { name: "client-test-missing-chash", behaviour: { claims: { c_hash: undefined } }, expects: "accept" }, // Optional with a code.
  { name: "client-test-nonce-unless-code-flow", behaviour: { claims: { nonce: undefined } }, expects: "claim_missing" },
  { name: "client-test-refresh-token", flow: "refresh", expects: "accept" },
  {
    name: "client-test-refresh-token-invalid-issuer",
    behaviour: { claims: (good, { login }) => (login.isRefresh ? { ...good, iss: "https://other.example" } : good) },
    flow: "refresh",
    expects: "issuer_mismatch",
  },
  {
    name: "client-test-refresh-token-invalid-sub",
    behaviour: { claims: (good, { login }) => (login.isRefresh ? { ...good, sub: "other" } : good) },
    flow: "refresh",
    expects: "subject_mismatch",
  },
  { name: "client-test-userinfo-bearer-header", flow: "userinfo", expects: "accept" },
  { name: "client-test-userinfo-bearer-body", none: "RFC 6750 §2.2 is for clients that cannot set a header field" },
  {
    name: "client-test-userinfo-signed",
    behaviour: {
      userinfo: (good, { server }) =>
        signToken(keys.rsa, { alg: "RS256", kid: "rsa" }, { ...good, iss: server.issuer, aud: "app" }),
    },
    flow: "userinfo",
    expects: "accept",
  },
  { name: "client-test-aggregated-claims", none: "claims of third parties are not fetched" },
  { name: "client-test-distributed-claims", none: "claims of third parties are not fetched" },
  {
    name: "client-test-form-post-error",
    behaviour: { authorization: { code: undefined, error: "access_denied" } },
    flow: "formPost",
    expects: "authorization_error",
  },
  { name: "client-test-3rd-party-init-login", none: "`createWebAuth` has it, not the client" },
  { name: "client-test-mtls-endpoint-aliases", none: "certificates are the business of the `fetch` that is handed in" },
  { name: "client-test-request-uri-signed-none", none: "request objects are sent by PAR, without a JWT" },
  { name: "client-test-request-uri-signed-rs256", none: "request objects are sent by PAR, without a JWT" },
  { name: "client-test-dynamic-registration", none: "Client ID Metadata Documents stand in for registration" },
  { name: "client-test-discovery-webfinger-acct", none: "the issuer is configured, never looked up by an address" },
  { name: "client-test-discovery-webfinger-url", none: "the issuer is configured, never looked up by an address" },
  { name: "client-test-session-management", none: "third-party frames see no cookies any more" },
  { name: "client-test-rp-frontchannel-rpinitlogout", none: "third-party frames see no cookies any more" },
  { name: "client-test-rp-frontchannel-opinitlogout", none: "third-party frames see no cookies any more" },
  { name: "client-test-rp-init-logout", flow: "logoutUrl", expects: "accept" },
  { name: "client-test-rp-init-logout-no-state", flow: "logoutUrlWithoutReturn", expects: "accept" },
  {
    name: "client-test-rp-init-logout-other-state",
    none: "`createWebAuth` compares the state of a return, not the client",
  },
];

/** OpenID Connect Back-Channel Logout: `logout` alters the logout token. */
export const backchannel = [
  { name: "client-test-rp-backchannel-rpinitlogout", expects: "accept" },
  { name: "client-test-rp-backchannel-rpinitlogout-alg-none", logout: { token: unsigned }, expects: "token_malformed" },
  {
    name: "client-test-rp-backchannel-rpinitlogout-no-event",
    logout: { claims: { events: undefined } },
    expects: "claim_missing",
  },
  {
    name: "client-test-rp-backchannel-rpinitlogout-with-nonce",
    logout: { claims: { nonce: "n" } },
    expects: "claim_invalid",
  },
  {
    name: "client-test-rp-backchannel-rpinitlogout-wrong-alg",
    logout: { token: resigned(makeSecret("HS256", secret), { alg: "HS256" }) },
    expects: "alg_not_allowed",
  },
  {
    name: "client-test-rp-backchannel-rpinitlogout-wrong-aud",
    logout: { claims: { aud: "other" } },
    expects: "audience_mismatch",
  },
  {
    name: "client-test-rp-backchannel-rpinitlogout-wrong-event",
    logout: { claims: { events: { "http://schemas.openid.net/event/other": {} } } },
    expects: "claim_invalid",
  },
  {
    name: "client-test-rp-backchannel-rpinitlogout-wrong-iss",
    logout: { claims: { iss: "https://other.example" } },
    expects: "issuer_mismatch",
  },
].map((module) => ({ flow: "logoutToken", ...module }));

const jarm = "the response is plain and has `iss` (RFC 9207), in place of JARM";

/** With PAR, DPoP and private_key_jwt, as the profile has them; ID tokens by PS256. */
export const fapi = [
  { name: "happy-path", server: { nonces: true }, expects: "accept" },
  { name: "happy-path-no-dpop-nonce", expects: "accept" },
  {
    name: "invalid-authorization-response-iss",
    behaviour: { authorization: { iss: "https://other.example" } },
    expects: "response_issuer_mismatch",
  },
  {
    name: "remove-authorization-response-iss",
    behaviour: { authorization: { iss: undefined } },
    expects: "response_issuer_mismatch",
  },
  { name: "invalid-iss", behaviour: { claims: { iss: "https://other.example" } }, expects: "issuer_mismatch" },
  { name: "invalid-aud", behaviour: { claims: { aud: "other" } }, expects: "audience_mismatch" },
  { name: "invalid-secondary-aud", behaviour: { claims: { aud: ["app", "other"] } }, expects: "audience_mismatch" },
  { name: "invalid-nonce", behaviour: { claims: { nonce: "another" } }, expects: "nonce_mismatch" },
  { name: "invalid-missing-nonce", behaviour: { claims: { nonce: undefined } }, expects: "claim_missing" },
  {
    name: "invalid-expired-exp",
    behaviour: { claims: (good) => ({ ...good, iat: good.iat - 900, exp: good.iat - 300 }) },
    expects: "token_expired",
  },
  { name: "invalid-missing-aud", behaviour: { claims: { aud: undefined } }, expects: "claim_missing" },
  { name: "invalid-missing-exp", behaviour: { claims: { exp: undefined } }, expects: "claim_missing" },
  { name: "invalid-missing-iss", behaviour: { claims: { iss: undefined } }, expects: "claim_missing" },
  { name: "invalid-null-alg", behaviour: { idToken: unsigned }, expects: "token_malformed" },
  {
    name: "invalid-alternate-alg",
    server: { publish: ["pss", "rsa"] },
    options: { idTokenAlgorithm: "PS256" },
    behaviour: { idToken: resigned(keys.rsa, { alg: "RS256", kid: "rsa" }) },
    expects: "alg_not_allowed",
  },
  { name: "valid-aud-as-array", behaviour: { claims: { aud: ["app"] } }, expects: "accept" },
  {
    name: "token-type-case-insensitivity",
    behaviour: { tokens: { token_type: "dPoP" } },
    flow: "userinfo",
    expects: "accept",
  },
  {
    name: "rs-dpop-auth-scheme-case-insensitivity",
    server: { nonces: true, scheme: "dpop" },
    flow: "userinfo",
    expects: "accept",
  },
  {
    name: "discovery-issuer-mismatch",
    behaviour: { metadata: { issuer: "https://other.example" } },
    expects: "discovery_issuer_mismatch",
  },
  {
    name: "ensure-authorization-response-with-invalid-state-fails",
    behaviour: { authorization: { state: "another" } },
    expects: "state_mismatch",
  },
  {
    name: "ensure-authorization-response-with-missing-state-fails",
    behaviour: { authorization: { state: undefined } },
    expects: "authorization_response_invalid",
  },
  {
    name: "iat-is-week-in-past",
    none: "of FAPI 1: the nonce says that a token is of this sign-in, and `exp` how long it counts",
  },
  ...["valid", "invalid-aud", "invalid-iss", "invalid-sig", "missing-aud", "missing-iss", "expired"].map((case_) => ({
    name: `jarm: ${case_}`,
    none: jarm,
  })),
];
