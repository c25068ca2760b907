// The server of the suite `cli`: npm's oidc-provider on a free port of 127.0.0.1, with rotation and the detection of reuse.
// Prints its issuer when it is ready. /test/refreshes tells how often tokens were renewed.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const deviceCode = "urn:ietf:params:oauth:grant-type:device_code";
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "my-cli",
      application_type: "native", // Any port of a loopback address (RFC 8252 §7.3).
      token_endpoint_auth_method: "none",
      grant_types: ["authorization_code", "refresh_token", deviceCode],
      response_types: ["code"],
      redirect_uris: ["http://127.0.0.1/callback", "http://localhost/back"],
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: "cli" }] },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  scopes: ["openid", "offline_access"],
  clientBasedCORS: () => false,
  features: {
    deviceFlow: { enabled: true },
    devInteractions: { enabled: true },
    // A nonce is wanted where the test says so.
    dPoP: {
      enabled: true,
      nonceSecret: randomBytes(32),
      requireNonce: (context) => context.get("x-wants-nonce") === "1",
    },
    revocation: { enabled: true },
    rpInitiatedLogout: { enabled: false },
  },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
  issueRefreshToken: (_context, client) => client.grantTypeAllowed("refresh_token"),
  rotateRefreshToken: true,
  ttl: { AccessToken: 3600, IdToken: 3600, Session: 3600, Grant: 3600, Interaction: 3600, DeviceCode: 600 },
});

const counts = { refreshes: 0, refused: 0, revoked: 0 };
provider.on("grant.success", ({ oidc }) => {
  if (oidc.params.grant_type === "refresh_token") counts.refreshes += 1;
});
provider.on("grant.error", () => (counts.refused += 1));
provider.on("grant.revoked", () => (counts.revoked += 1));

const handle = provider.callback();
server.on("request", (request, response) => {
  if (request.url === "/test/counts") return response.end(JSON.stringify(counts));
  // Long enough for another process to come between.
  if (request.url === "/token") return setTimeout(() => handle(request, response), 200);
  return handle(request, response);
});
console.log(JSON.stringify({ issuer }));
