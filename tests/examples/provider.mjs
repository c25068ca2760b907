// The authorization server of the suite `examples`: npm's oidc-provider on a free port of 127.0.0.1, with an API whose access
// tokens are JWTs, for users and for a program. Its argument is the origin of the application. Prints its issuer.

import { generateKeyPairSync, randomBytes } from "node:crypto";
import { createServer } from "node:http";
import Provider, { errors } from "oidc-provider";

const [origin] = process.argv.slice(2);
const server = createServer();
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
const issuer = `http://127.0.0.1:${server.address().port}`;
const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
const secret = "odd: 100% + more/less & so on, for thirty-two bytes";

const resourceServer = (audience) => ({
  scope: "notes:read items:read other",
  audience,
  accessTokenTTL: 600,
  accessTokenFormat: "jwt",
  jwt: { sign: { alg: "ES256" } },
});

const provider = new Provider(issuer, {
  clients: [
    {
      client_id: "web",
      client_secret: secret,
      application_type: "native",
      token_endpoint_auth_method: "client_secret_basic",
      grant_types: ["authorization_code"],
      response_types: ["code"],
      redirect_uris: [`${origin}/auth/callback`],
      post_logout_redirect_uris: [`${origin}/`],
      id_token_signed_response_alg: "ES256",
    },
    {
      client_id: "program",
      client_secret: secret,
      token_endpoint_auth_method: "client_secret_basic",
      grant_types: ["client_credentials"],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: "ES256",
    },
    {
      client_id: "with-passwords",
      client_secret: secret,
      token_endpoint_auth_method: "client_secret_basic",
      grant_types: ["password"],
      response_types: [],
      redirect_uris: [],
      id_token_signed_response_alg: "ES256",
    },
  ],
  jwks: { keys: [{ ...privateKey.export({ format: "jwk" }), alg: "ES256", use: "sig", kid: "examples" }] },
  cookies: { keys: [randomBytes(32).toString("hex")] },
  enabledJWA: { idTokenSigningAlgValues: ["ES256"] },
  conformIdTokenClaims: false,
  claims: { openid: ["sub"], profile: ["name"] },
  scopes: ["openid", "profile", "notes:read", "items:read", "other"],
  features: {
    clientCredentials: { enabled: true },
    devInteractions: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, indicator) => resourceServer(indicator),
    },
  },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} <of the tests>` }) }),
  ttl: { IdToken: 3600, Session: 3600, Grant: 3600, Interaction: 3600, ClientCredentials: 3600 },
});

// The password grant, which the provider has not by itself. Everybody's password is "odd & 100% +".
provider.registerGrantType(
  "password",
  async (context) => {
    const { client, params } = context.oidc;
    const { username: accountId, password, scope, resource } = params;
    if (password !== "odd & 100% +") throw new errors.InvalidGrant("no such user");
    const grant = new provider.Grant({ accountId, clientId: client.clientId });
    grant.addResourceScope(resource, scope);
    const token = new provider.AccessToken({ accountId, client, grantId: await grant.save(), gty: "password", scope });
    token.resourceServer = new provider.ResourceServer(resource, resourceServer(resource));
    context.body = { access_token: await token.save(), expires_in: token.expiration, token_type: "Bearer", scope };
  },
  ["username", "password", "scope", "resource"],
);

provider.on("grant.error", (_context, error) =>
  console.error(error.error, error.error_description, error.error_detail),
);
server.on("request", provider.callback());
console.log(JSON.stringify({ issuer, secret }));
