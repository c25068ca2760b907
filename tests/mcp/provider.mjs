// The authorization server: npm's oidc-provider on a free port of 127.0.0.1. Prints its issuer when it is ready.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

import { brief, clientId, other, redirectUri, resource } from "./names.mjs";

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: clientId,
      application_type: "native",
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token"],
      response_types: ["code"],
      redirect_uris: [redirectUri],
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: "mcp" }] },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
  scopes: ["openid", "offline_access", "notes:read", "notes:write"],
  features: {
    devInteractions: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo(_context, indicator) {
        if (![resource, other, brief].includes(indicator)) throw new Error("no such resource");
        return {
          scope: "notes:read notes:write",
          // The brief one's tokens are for the server too, and live for a second.
          audience: indicator === brief ? resource : indicator,
          accessTokenTTL: indicator === brief ? 1 : 600,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        };
      },
    },
  },
  ttl: { IdToken: 3600, Session: 3600, Grant: 3600, Interaction: 3600 },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
});

server.on("request", provider.callback());
console.log(JSON.stringify({ issuer }));
