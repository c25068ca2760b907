// The identity provider of the demo: npm's oidc-provider on a free port of 127.0.0.1. Prints its issuer when it is ready.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

import { apis, clientId, clientSecret, notes, pageClient, webClients } from "./names.mjs";

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      application_type: "native", // May be sent back to a loopback address without TLS, on any port (RFC 8252).
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code"],
      response_types: ["code"],
      redirect_uris: ["http://127.0.0.1/callback"],
      id_token_signed_response_alg: "RS256",
    },
    ...Object.values(webClients).map((client_id) => ({
      client_id,
      client_secret: clientSecret,
      application_type: "native",
      token_endpoint_auth_method: "client_secret_basic",
      grant_types: ["authorization_code"],
      response_types: ["code"],
      redirect_uris: ["http://127.0.0.1/auth/callback"],
      post_logout_redirect_uris: ["http://127.0.0.1/"],
      id_token_signed_response_alg: "ES256",
    })),
    {
      client_id: pageClient,
      application_type: "native",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      redirect_uris: ["http://127.0.0.1/"],
      post_logout_redirect_uris: ["http://127.0.0.1/"],
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: {
    keys: [
      key("RS256", "rsa", { modulusLength: 2048 }),
      key("ES256", "ec", { namedCurve: "P-256" }),
      key("EdDSA", "ed25519"),
    ],
  },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  enabledJWA: { idTokenSigningAlgValues: ["RS256", "ES256", "EdDSA"] },
  scopes: ["openid", "offline_access", "read"],
  claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
  conformIdTokenClaims: false,
  clientBasedCORS: (_context, _origin, client) => client.clientId === pageClient,
  issueRefreshToken: (_context, client) => client.clientId === pageClient,
  rotateRefreshToken: () => true,
  features: {
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo(_context, resource) {
        const known = [...Object.values(apis), notes];
        const { audience, algorithm, seconds = 3600 } = known.find((api) => api.resource === resource);
        return {
          scope: "read",
          audience,
          accessTokenTTL: seconds,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: algorithm } },
        };
      },
    },
  },
  ttl: { IdToken: 3600, Session: 3600, Grant: 3600, Interaction: 3600 },
  findAccount: (_context, id) => ({
    accountId: id,
    claims: () => ({ sub: id, name: id[0].toUpperCase() + id.slice(1), email: `${id}@example.com` }),
  }),
});

server.on("request", provider.callback());
console.log(JSON.stringify({ issuer }));

function key(alg, type, options) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: "jwk" }), alg, use: "sig", kid: `demo-${alg.toLowerCase()}` };
}
