// A client's side that both generations of SDK take: what they have saved, and a person who signs in.

import { signIn, userAgent } from "../../examples/demo/login.mjs";
import { clientId, redirectUri } from "./names.mjs";

/** The revision of the protocol that the guide speaks of. */
const REVISION = "2026-07-28";

/** An `OAuthClientProvider` in memory. `callback` is where the person was sent back to. */
export function oauthClient({ account, issuer }) {
  const browse = userAgent();
  const saved = {};
  return {
    saved,
    asked: [],
    redirectUrl: redirectUri,
    clientMetadata: { client_name: "tests", redirect_uris: [redirectUri], token_endpoint_auth_method: "none" },
    clientInformation: () => ({ client_id: clientId, issuer }), // Registered beforehand, with this issuer.
    tokens: () => saved.tokens,
    saveTokens: (tokens) => void (saved.tokens = tokens),
    codeVerifier: () => saved.verifier,
    saveCodeVerifier: (verifier) => void (saved.verifier = verifier),
    discoveryState: () => saved.discovery,
    saveDiscoveryState: (state) => void (saved.discovery = state),
    state: () => "state",
    async redirectToAuthorization(url) {
      this.asked.push(Object.fromEntries(url.searchParams));
      url.searchParams.set("prompt", "consent"); // What the person has consented to before is no matter here.
      saved.callback = new URL(await signIn(browse, url.href, redirectUri, account));
    },
  };
}

/** Both generations: how each connects, and how its failures are told apart. */
export async function generations() {
  const [v1, v1http, v1auth] = await Promise.all([
    import("@modelcontextprotocol/sdk/client/index.js"),
    import("@modelcontextprotocol/sdk/client/streamableHttp.js"),
    import("@modelcontextprotocol/sdk/client/auth.js"),
  ]);
  const v2 = await import("@modelcontextprotocol/client");
  const second = {
    Client: v2.Client,
    Transport: v2.StreamableHTTPClientTransport,
    isUnauthorized: (error) => error instanceof v2.UnauthorizedError,
  };
  return [
    {
      name: "sdk 1.x",
      Client: v1.Client,
      Transport: v1http.StreamableHTTPClientTransport,
      isUnauthorized: (error) => error instanceof v1auth.UnauthorizedError,
    },
    { name: "client 2.x", ...second },
    {
      name: `client 2.x at ${REVISION}`,
      ...second,
      revision: REVISION,
      options: { versionNegotiation: { mode: { pin: REVISION } } },
    },
  ];
}
