import { createVerifier, discover, type Fetch } from "countersign";

const issuer = "https://tenant.example/";
const audience = "https://api.example";

// The global one, and one that wraps it.
createVerifier({ issuer, audience, fetch });
createVerifier({ issuer, audience, fetch: async (url, init) => fetch(url, init) });
createVerifier({ issuer, audience, fetch: (input: string | URL | Request, init?: RequestInit) => fetch(input, init) });
void discover(issuer, { fetch });

// One of a test's.
const canned: Fetch = async () => new Response("{}");
createVerifier({ issuer, audience, fetch: canned });
// @ts-expect-error: a promise of a response
createVerifier({ issuer, audience, fetch: () => new Response("{}") });
// @ts-expect-error: a response, not its content
createVerifier({ issuer, audience, fetch: async () => "{}" });
