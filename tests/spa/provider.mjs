// An OpenID Connect provider for pages: refresh tokens rotate, and one that is used twice ends its session.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

import { changeResponse } from "../support/tampering.mjs";

export const clientId = "page";
export const resource = "https://api.example";

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
        grant_types: ["authorization_code", "refresh_token"],
        response_types: ["code"],
        redirect_uris: ["http://127.0.0.1/", "http://localhost/"],
        post_logout_redirect_uris: ["http://127.0.0.1/", "http://localhost/"],
        id_token_signed_response_alg: "ES256",
      },
    ],
    jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: "page" }] },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    claims: { openid: ["sub"], profile: ["name"], email: ["email"] },
    scopes: ["openid", "offline_access", "notes:read"],
    conformIdTokenClaims: false,
    pkce: { required: () => true },
    clientBasedCORS: () => true,
    issueRefreshToken: () => true,
    rotateRefreshToken: () => true,
    features: {
      devInteractions: { enabled: true },
      dPoP: { enabled: true, nonceSecret: randomBytes(32), requireNonce: () => false },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: true },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => ({
          scope: "notes:read",
          audience: resource,
          accessTokenTTL: 3600,
          accessTokenFormat: "jwt",
          jwt: { sign: { alg: "ES256" } },
        }),
      },
    },
    ttl: { IdToken: 3600, Session: 86_400, Grant: 86_400, Interaction: 3600, RefreshToken: 86_400 },
    findAccount: (_context, id) => ({
      accountId: id,
      claims: () => ({ sub: id, name: id[0].toUpperCase() + id.slice(1), email: `${id}@example.com` }),
    }),
  });
  /** Where it sends browsers too. Of its own, it knows no scheme of an extension. */
  const allow = (redirectUri) => {
    for (const name of ["redirectUriAllowed", "postLogoutRedirectUriAllowed"]) {
      const before = provider.Client.prototype[name];
      provider.Client.prototype[name] = function (uri) {
        return uri === redirectUri || before.call(this, uri);
      };
    }
  };
  /** Why the token endpoint has refused something. */
  const refusals = [];
  provider.on("grant.error", (_context, error) =>
    refusals.push(`${error.error}: ${error.error_detail ?? error.message}`),
  );
  let refreshes = 0;
  provider.on("grant.success", ({ oidc }) => {
    if (oidc.params.grant_type === "refresh_token") refreshes += 1;
  });
  const handle = provider.callback();
  /** What goes wrong: `slow` has milliseconds by path, `response` changes what the browser is sent back with. */
  const faults = { down: false, response: undefined, slow: {} };
  let waiting = 0;
  server.on("request", (request, response) => {
    const { pathname } = new URL(request.url, issuer);
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
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { issuer, close, allow, refusals, faults, refreshes: () => refreshes, waiting: () => waiting };
}
