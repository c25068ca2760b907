// The authorization server of the suite `web`: npm's oidc-provider on a free port of 127.0.0.1, which rotates refresh tokens
// and ends a grant whose token comes twice. Its arguments are the origins of the applications. Prints its issuer.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

import { changeResponse, TAMPERINGS } from "../support/tampering.mjs";

const origins = process.argv.slice(2);
const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

/** What happened, for the tests. */
const events = { refreshed: 0, revoked: 0, reused: 0, backChannel: [] };

const provider = new Provider(issuer, {
  clients: origins.map((origin, at) => ({
    client_id: `app${at}`,
    client_secret: "odd: 100% + more/less & so on, for thirty-two bytes",
    application_type: "native",
    token_endpoint_auth_method: "client_secret_basic",
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    redirect_uris: [`${origin}/auth/callback`],
    post_logout_redirect_uris: [`${origin}/`],
    backchannel_logout_uri: `${origin}/auth/backchannel-logout`,
    backchannel_logout_session_required: true,
    id_token_signed_response_alg: "ES256",
  })),
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: "web" }] },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
  conformIdTokenClaims: false,
  claims: { openid: ["sub"], profile: ["name"] },
  scopes: ["openid", "profile"],
  features: {
    backchannelLogout: { enabled: true },
    devInteractions: { enabled: true },
    revocation: { enabled: true },
  },
  async fetch(url, options) {
    const response = await fetch(url, { method: options.method, headers: options.headers, body: options.body });
    events.backChannel.push(response.status);
    return response;
  },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} <of the tests>` }) }),
  issueRefreshToken: () => true,
  rotateRefreshToken: true,
  // So that tests can wait for the end of an access token.
  ttl: { AccessToken: 6, IdToken: 3600, Session: 3600, Grant: 3600, Interaction: 3600, RefreshToken: 3600 },
});
provider.on("grant.success", (context) => {
  if (context.oidc.params?.grant_type === "refresh_token") events.refreshed += 1;
});
provider.on("grant.error", (context, error) => {
  console.error(error.error, error.error_description, error.error_detail);
  if (context.oidc.params?.grant_type === "refresh_token") events.reused += 1;
});
provider.on("grant.revoked", () => (events.revoked += 1));

const handle = provider.callback();
let fault;
server.on("request", (request, response) => {
  const { pathname, search } = new URL(request.url, issuer);
  if (pathname === "/test/events") return response.end(JSON.stringify(events));
  if (pathname === "/test/fault") {
    fault = TAMPERINGS[search.slice(1)];
    return response.end();
  }
  if (fault !== undefined) changeResponse(response, fault);
  handle(request, response);
});
console.log(JSON.stringify({ issuer }));
