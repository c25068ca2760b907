import { createSharedSecretVerifier, createVerifier } from "countersign";

const issuer = "https://tenant.example/";
const audience = "https://api.example";

createVerifier({ issuer, audience, cache: {} });
createVerifier({ issuer, audience, cache: { maxEntries: 500, maxAge: 60 } });
createVerifier({ issuer, audience, profile: "id-token", cache: { maxAge: 60 } });
createSharedSecretVerifier({ issuer, audience, secret: new Uint8Array(32), algorithm: "HS256", cache: {} });
// @ts-expect-error: say how much
createVerifier({ issuer, audience, cache: true });
// @ts-expect-error: no such member
createVerifier({ issuer, audience, cache: { ttl: 60 } });
// @ts-expect-error: a given member has a value
createVerifier({ issuer, audience, cache: { maxAge: undefined } });

// What is shared is for reading.
const token = createVerifier({ issuer, audience, cache: {} }).verifySync("jwt");
// @ts-expect-error: frozen
token.claims.sub = "somebody";
// @ts-expect-error: frozen
token.header.kid = "a";
// @ts-expect-error: frozen
token.claims = { iss: issuer, aud: audience, exp: 0 };
