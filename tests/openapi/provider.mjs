// An authorization server for the documentation of examples/hono: any account may sign in, and "admin" may clear notes.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

export const clientId = "docs";
export const resource = "https://api.example";
const scope = "notes:read notes:write";

export async function startProvider() {
  const server = createServer();
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const issuer = `http://127.0.0.1:${server.address().port}`;
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const provider = new Provider(issuer, {
    clients: [
      {
        client_id: clientId,
        application_type: "native", // May be sent back to a loopback address without TLS, on any port (RFC 8252).
        token_endpoint_auth_method: "none",
        grant_types: ["authorization_code"],
        response_types: ["code"],
        redirect_uris: ["http://127.0.0.1/docs/oauth2-redirect.html"],
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: "docs" }] },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    scopes: scope.split(" "),
    pkce: { required: () => true },
    clientBasedCORS: () => true,
    extraTokenClaims: (_context, { accountId }) => (accountId === "admin" ? { permissions: ["notes:clear"] } : {}),
    features: {
      devInteractions: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope,
          audience: resource,
          accessTokenTTL: 3600,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
    ttl: { IdToken: 3600, Session: 3600, Grant: 3600, Interaction: 3600 },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  });
  server.on("request", provider.callback());
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { issuer, close };
}
