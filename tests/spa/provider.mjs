// An OpenID Connect provider for pages: refresh tokens rotate, and one that is used twice ends its session.

import { randomBytes } from "node:crypto";

import { errors } from "oidc-provider";

import { resourceServer, startProvider as start } from "../support/provider.mjs";

import { changeResponse } from "../support/tampering.mjs";

export const clientId = "page";
export const resource = "https://api.example";

export async function startProvider() {
  /** What goes wrong: `slow` has milliseconds by path, `response` changes what the browser is sent back with. */
  const faults = { down: false, response: undefined, slow: {} };
  let waiting = 0;
  const options = {
    clients: [
      {
        client_id: clientId,
        redirect_uris: ["http://127.0.0.1/", "http://localhost/"],
        post_logout_redirect_uris: ["http://127.0.0.1/", "http://localhost/"],
      },
    ],
    claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
    scopes: ["openid", "offline_access", "notes:read"],
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    clientBasedCORS: () => true,
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    features: {
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => false },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        // Of several that were granted none is chosen: a token request names one.
        defaultResource: (_context, _client, oneOf) => oneOf ?? resource,
        useGrantedResource: () => true,
        getResourceServerInfo(_context, name) {
          if (name === "https://unknown.example") throw new errors.InvalidTarget();
          return resourceServer(name, "notes:read");
        },
      },
    },
    ttl: { Session: 86_400, Grant: 86_400, RefreshToken: 86_400 },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: id[0].toUpperCase() + id.slice(1), email: `${id}@example.com` }),
    }),
  };
  const { issuer, provider, close } = await start(options, (handle) => (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (faults.down && pathname === "/token") {
      response.writeHead(503, { "access-control-allow-origin": "*" }).end("down");
      return;
    }
    if (faults.response !== undefined) changeResponse(response, faults.response);
    const pause = request.method === "OPTIONS" ? undefined : faults.slow[pathname];
    if (pause !== undefined) {
      // It does what it is asked for at once, and says so late.
      const end = response.end.bind(response);
      response.end = (...given) => {
        waiting += 1;
        setTimeout(() => {
          waiting -= 1;
          end(...given);
        }, pause);
        return response;
      };
    }
    handle(request, response);
  });
  /** Why the token endpoint has refused something. */
  const refusals = [];
  provider.on("grant.error", (_context, error) =>
    refusals.push(`${error.error}: ${error.error_detail ?? error.message}`),
  );
  let refreshes = 0;
  provider.on("grant.success", ({ oidc }) => {
    if (oidc.params.grant_type === "refresh_token") refreshes += 1;
  });
  return { issuer, close, refusals, faults, refreshes: () => refreshes, waiting: () => waiting };
}
