import {
  CountersignError,
  createSharedSecretVerifier,
  createVerifier,
  decodeUnverified,
  discover,
  thumbprint,
  type Algorithm,
  type ErrorCode,
  type IdTokenVerifier,
  type KeyReport,
  type Verifier,
  type VerifierOptions,
} from "countersign";

/** Compiles only where the two types are the same. */
type Same<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;
export const same = <A, B>(_: Same<A, B>): void => undefined;

const issuer = "https://tenant.example/";
const audience = "https://api.example";

// What is mandatory.
createVerifier({ issuer, audience });
// @ts-expect-error: no audience
createVerifier({ issuer });
// @ts-expect-error: no issuer
createVerifier({ audience });
// @ts-expect-error: nothing at all
createVerifier();
// @ts-expect-error: an audience has to be named
createVerifier({ issuer, audience: [] });
createVerifier({ issuer, audience: ["https://api.example", "https://other.example"] });
// @ts-expect-error: several issuers are several verifiers
createVerifier({ issuer: [issuer], audience });
// @ts-expect-error: no such option
createVerifier({ issuer, audience, audeince: audience });
// @ts-expect-error: a given option has a value
createVerifier({ issuer, audience, subject: undefined });

// A claim in place of the audience, or beside it.
const binding = { claim: "client_id", values: ["my-client"] } as const;
createVerifier({ issuer, binding });
createVerifier({ issuer, binding: { ...binding, use: { claim: "token_use", value: "access" } }, profile: "jwt" });
createVerifier({ issuer, audience, binding });
createVerifier({ issuer, audience, binding, profile: "id-token" });
createVerifier({ issuer, audience, binding, profile: "at+jwt" });
// @ts-expect-error: ID tokens have an audience
createVerifier({ issuer, binding, profile: "id-token" });
// @ts-expect-error: and so have those of RFC 9068
createVerifier({ issuer, binding, profile: "at+jwt" });
// @ts-expect-error: bound to nothing
createVerifier({ issuer, binding: { claim: "client_id", values: [] } });
// @ts-expect-error: a use has a value
createVerifier({ issuer, binding: { ...binding, use: { claim: "token_use" } } });

// Where the keys are given, they may stand in for the issuer's name.
createVerifier({ issuer, audience, jwks: "-----BEGIN PUBLIC KEY-----", acceptMissingIssuer: true });
createVerifier({ issuer, audience, jwks: { keys: [] }, profile: "jwt", acceptMissingIssuer: true });
// @ts-expect-error: fetched keys are those of the issuer that was asked
createVerifier({ issuer, audience, acceptMissingIssuer: true });
// @ts-expect-error: a function's keys are fetched
createVerifier({ issuer, audience, jwks: () => ({ keys: [] }), acceptMissingIssuer: true });
// @ts-expect-error: ID tokens have an issuer
createVerifier({ issuer, audience, jwks: { keys: [] }, profile: "id-token", acceptMissingIssuer: true });
// @ts-expect-error: and so have those of RFC 9068
createVerifier({ issuer, audience, jwks: { keys: [] }, profile: "at+jwt", acceptMissingIssuer: true });

// A nonce that cannot be known is that of an ID token.
createVerifier({ issuer, audience, profile: "id-token", acceptUncheckedNonce: true });
// @ts-expect-error: an access token has none
createVerifier({ issuer, audience, acceptUncheckedNonce: true });
// @ts-expect-error: nor has another
createVerifier({ issuer, audience, profile: "jwt", acceptUncheckedNonce: true });

// Algorithms are names that exist, of public keys.
createVerifier({ issuer, audience, algorithms: ["RS256", "EdDSA", "ML-DSA-65"] });
// @ts-expect-error: an empty list takes nothing
createVerifier({ issuer, audience, algorithms: [] });
// @ts-expect-error: not an algorithm
createVerifier({ issuer, audience, algorithms: ["none"] });
// @ts-expect-error: a secret has its own constructor
createVerifier({ issuer, audience, algorithms: ["HS256"] });
// @ts-expect-error: and so has this
createVerifier({ issuer, audience, secret: new Uint8Array(32) });

// One source of keys.
createVerifier({ issuer, audience, jwks: { keys: [{ kty: "RSA", n: "…", e: "AQAB" }] } });
createVerifier({ issuer, audience, jwks: { kty: "OKP", crv: "Ed25519", x: "…" } });
declare const exported: { kty?: string | undefined; n?: string | undefined; key_ops?: string[] | undefined };
createVerifier({ issuer, audience, jwks: exported });
createVerifier({ issuer, audience, jwks: "-----BEGIN PUBLIC KEY-----" });
createVerifier({ issuer, audience, jwksUri: "https://tenant.example/jwks" });
// @ts-expect-error: two sources
createVerifier({ issuer, audience, jwks: "{}", jwksUri: "https://tenant.example/jwks" });

createVerifier({ issuer, audience, metadataUri: "https://tenant.internal/metadata", allowInsecureHosts: ["keycloak"] });
createVerifier({ issuer, audience, jwksUri: "http://keycloak/certs", allowInsecureHosts: ["keycloak"] });
createVerifier({ issuer, audience, allowInsecureHosts: ["keycloak:8080"] });
// @ts-expect-error: two sources
createVerifier({ issuer, audience, metadataUri: "https://tenant.example/m", jwksUri: "https://tenant.example/jwks" });
// @ts-expect-error: two sources
createVerifier({ issuer, audience, metadataUri: "https://tenant.example/m", jwks: "{}" });
// @ts-expect-error: nothing is fetched
createVerifier({ issuer, audience, jwks: "{}", allowInsecureHosts: ["keycloak"] });
void discover(issuer, { metadataUri: "http://keycloak/m", allowInsecureHosts: ["keycloak"] });
// @ts-expect-error: discovery is for the metadata
void discover(issuer, { jwksUri: "https://tenant.example/jwks" });

// Profiles.
createVerifier({ issuer, audience, profile: "at+jwt" });
createVerifier({ issuer, audience, profile: "jwt", typ: "secevent+jwt" });
// @ts-expect-error: no such profile
createVerifier({ issuer, audience, profile: "access_token" });
// @ts-expect-error: the default profile knows its types
createVerifier({ issuer, audience, typ: "at+jwt" });
// @ts-expect-error: and so do the others
createVerifier({ issuer, audience, profile: "id-token", typ: "JWT" });

// Expectations are for ID tokens.
const verifier = createVerifier({ issuer, audience });
same<typeof verifier, Verifier>(true);
void verifier.verify("jwt");
// @ts-expect-error: not an ID token
void verifier.verify("jwt", { nonce: "n" });
// @ts-expect-error: not an ID token
verifier.verifySync("jwt", { nonce: "n" });
const idTokens = createVerifier({ issuer, audience: "client", profile: "id-token" });
same<typeof idTokens, IdTokenVerifier>(true);
void idTokens.verify("jwt", { nonce: "n", accessToken: "a", code: "c", maxAge: 3600 });
idTokens.verifySync("jwt", { nonce: "n" });
// @ts-expect-error: no such expectation
void idTokens.verify("jwt", { state: "s" });
// @ts-expect-error: a session may have lost its nonce
void idTokens.verify("jwt", { nonce: undefined });
// @ts-expect-error: a token is a string
void verifier.verify(null);

// Options that are put together elsewhere.
declare const options: VerifierOptions;
same<ReturnType<typeof createVerifier>, Verifier>(true);
const any: Verifier = createVerifier(options);
const asVerifier: Verifier = idTokens;
void any;
void asVerifier;

// The rest of the options.
createVerifier({
  issuer,
  audience,
  clockTolerance: 10,
  requiredClaims: ["sub"],
  maxTokenAge: 600,
  subject: "u",
  limits: { token: 32_768, jwks: 1024 },
  engine: "wasm",
  now: Date.now,
});
// @ts-expect-error: no such engine
createVerifier({ issuer, audience, engine: "native" });
// @ts-expect-error: no such limit
createVerifier({ issuer, audience, limits: { bytes: 1 } });
// @ts-expect-error: a number of seconds, not a duration in words
createVerifier({ issuer, audience, clockTolerance: "5 minutes" });
// @ts-expect-error: a clock counts milliseconds
createVerifier({ issuer, audience, now: () => new Date() });

// Tokens.
export async function tokens(): Promise<void> {
  const { header, claims } = await verifier.verify("jwt");
  same<typeof header.alg, Algorithm | "HS256" | "HS384" | "HS512">(true);
  same<typeof claims.iss, string>(true);
  same<typeof claims.exp, number>(true);
  same<typeof claims.sub, string | undefined>(true);
  // A binding may stand in for it, and no rule looks at `jti`.
  same<typeof claims.aud, string | readonly string[] | undefined>(true);
  same<typeof claims.jti, unknown>(true);
  same<(typeof claims)["tenant"], unknown>(true);
  // @ts-expect-error: nobody knows whether the claim is there
  const sub: string = claims.sub;
  void sub;

  interface Custom {
    tenant: string;
    roles: readonly string[];
  }
  const typed = await verifier.verify<Custom>("jwt");
  same<typeof typed.claims.tenant, string>(true);
  same<typeof typed.claims.iss, string>(true);
  const first: string | undefined = verifier.verifySync<Custom>("jwt").claims.roles[0];
  void first;
  // @ts-expect-error: not among the claims that were named
  typed.claims.tenant satisfies number;

  const report: KeyReport = await verifier.loadKeys();
  const reason: string | undefined = report.skipped[0]?.reason;
  void reason;
}

// Shared secrets.
const secret = new Uint8Array(32);
createSharedSecretVerifier({ secret, algorithm: "HS256", issuer, audience });
// @ts-expect-error: bytes, not text
createSharedSecretVerifier({ secret: "secret", algorithm: "HS256", issuer, audience });
// @ts-expect-error: not an algorithm of secrets
createSharedSecretVerifier({ secret, algorithm: "RS256", issuer, audience });
// @ts-expect-error: the algorithm has to be named
createSharedSecretVerifier({ secret, issuer, audience });
// @ts-expect-error: there is nothing to fetch
createSharedSecretVerifier({ secret, algorithm: "HS256", issuer, audience, jwksUri: "https://tenant.example/jwks" });
createSharedSecretVerifier({ secret, algorithm: "HS256", issuer, binding });
createSharedSecretVerifier({ secret, algorithm: "HS256", issuer, audience, profile: "jwt", typ: "JWT" });
// @ts-expect-error: no audience, and no binding
createSharedSecretVerifier({ secret, algorithm: "HS256", issuer });
const sharedIdTokens = createSharedSecretVerifier({
  secret,
  algorithm: "HS256",
  issuer,
  audience,
  profile: "id-token",
  acceptUncheckedNonce: true,
});
void sharedIdTokens.verify("jwt", { nonce: "n" });

// What was not verified says nothing.
const unverified = decodeUnverified("jwt");
// @ts-expect-error: anything may be in there
const claimed: string = unverified.claims["iss"];
void claimed;
// @ts-expect-error: and it is not a verified token
const verified: Awaited<ReturnType<Verifier["verify"]>> = unverified;
void verified;

const print: string = thumbprint({ kty: "EC", crv: "P-256", x: "…", y: "…" });
void print;

// Errors.
export function status(error: unknown): number {
  if (!(error instanceof CountersignError)) return 500;
  same<typeof error.code, ErrorCode>(true);
  if (error.code === "claim_missing") return error.claim === undefined ? 500 : error.status;
  // @ts-expect-error: no such code
  if (error.code === "expired") return 401;
  // @ts-expect-error: errors are not rewritten
  error.status = 500;
  return error.status;
}
