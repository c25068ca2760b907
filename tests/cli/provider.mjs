// The server of the suite `cli`: npm's oidc-provider on a free port of 127.0.0.1, with rotation and the detection of reuse.
// Prints its issuer when it is ready. /test/counts tells how often tokens were renewed.

import { randomBytes } from "node:crypto";

import { errors } from "oidc-provider";

import { resourceServer, startProvider } from "../support/provider.mjs";

const deviceCode = "urn:ietf:params:oauth:grant-type:device_code";
const counts = { refreshes: 0, refused: 0, revoked: 0 };

const { issuer, provider } = await startProvider(
  {
    clients: [
      {
        client_id: "my-cli",
        grant_types: ["authorization_code", "refresh_token", deviceCode],
        redirect_uris: ["http://127.0.0.1/callback", "http://localhost/back"],
      },
      { client_id: "another-cli", redirect_uris: ["http://127.0.0.1/callback"] },
    ],
    scopes: ["openid", "offline_access"],
    clientBasedCORS: () => false,
    features: {
      deviceFlow: { enabled: true },
      // A nonce is wanted where the test says so.
      dPoP: {
        enabled: true,
        nonceSecret: randomBytes(32),
        requireNonce: (context) => context.get("x-wants-nonce") === "1",
      },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: false },
      resourceIndicators: {
        enabled: true,
        getResourceServerInfo(_context, name) {
          if (!name.endsWith(".example")) throw new errors.InvalidTarget();
          return resourceServer(name, "notes:read");
        },
      },
    },
    issueRefreshToken: (_context, client) => client.grantTypeAllowed("refresh_token"),
    rotateRefreshToken: true,
    ttl: { DeviceCode: 600 },
  },
  (handle) => (request, response) => {
    if (request.url === "/test/counts") return response.end(JSON.stringify(counts));
    // Long enough for another process to come between.
    if (request.url === "/token") return setTimeout(() => handle(request, response), 200);
    return handle(request, response);
  },
);
provider.on("grant.success", ({ oidc }) => {
  if (oidc.params.grant_type === "refresh_token") counts.refreshes += 1;
});
provider.on("grant.error", () => (counts.refused += 1));
provider.on("grant.revoked", () => (counts.revoked += 1));
console.log(JSON.stringify({ issuer }));
