// npm's oidc-provider, as all suites start it: on a free port of 127.0.0.1, with a key of its own.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider from "oidc-provider";

/** A user of an application on this machine: signs in, and goes on by a refresh token where the provider gives one. */
const CLIENT = {
  application_type: "native", // May be sent back to a loopback address without TLS, on any port (RFC 8252).
  token_endpoint_auth_method: "none",
  grant_types: ["authorization_code", "refresh_token"],
  response_types: ["code"],
  id_token_signed_response_alg: "ES256",
};

/** A private key for the provider's key set. */
export function signingKey(alg, type, options) {
  const { privateKey } = generateKeyPairSync(type, options);
  return { ...privateKey.export({ format: "jwk" }), alg, use: "sig", kid: `key-${alg.toLowerCase()}` };
}

/** An API whose access tokens are JWTs, as `getResourceServerInfo` answers. */
export const resourceServer = (audience, scope, accessTokenTTL = 3600) => ({
  scope,
  audience,
  accessTokenTTL,
  accessTokenFormat: "jwt",
  jwt: { sign: { alg: "ES256" } },
});

/**
 * Starts it, with oidc-provider's options over the usual ones: clients, `features` and `ttl` are mixed with them, all else
 * stands in their place. Anybody may sign in, by any password. It is at `address`, and is called `issuer`, which may be
 * another name where it is behind a proxy.
 *
 * `answer(handle)` makes what requests are given to: tests look at them on their way, or answer themselves.
 */
export async function startProvider(options, answer = (handle) => handle) {
  const server = createServer();
  // A request that comes as its connection is closed is lost.
  server.keepAliveTimeout = 120_000;
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = `http://127.0.0.1:${server.address().port}`;
  const { issuer = address, clients, features, ttl, ...others } = options;
  const provider = new Provider(issuer, {
    jwks: { keys: [signingKey("ES256", "ec", { namedCurve: "P-256" })] },
    enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
    cookies: { keys: [randomBytes(32).toString("hex")] },
    findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id }) }),
    ...others,
    clients: clients.map((client) => ({ ...CLIENT, ...client })),
    features: { devInteractions: { enabled: true }, ...features },
    ttl: { IdToken: 3600, Session: 3600, Grant: 3600, Interaction: 3600, ...ttl },
  });
  server.on("request", answer(provider.callback()));
  const close = () => {
    server.close();
    server.closeAllConnections();
  };
  return { address, issuer, provider, close };
}
