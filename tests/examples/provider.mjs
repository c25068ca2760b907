// The authorization server of the suite `examples`: npm's oidc-provider on a free port of 127.0.0.1, with an API whose access
// tokens are JWTs, for users and for a program. Its argument is the origin of the application. Prints its issuer.

import { errors } from "oidc-provider";

import { resourceServer, startProvider } from "../support/provider.mjs";

const [origin] = process.argv.slice(2);
const secret = "odd: 100% + more/less & so on, for thirty-two bytes";
const api = (audience) => resourceServer(audience, "notes:read items:read other", 600);
const confidential = { client_secret: secret, token_endpoint_auth_method: "client_secret_basic" };
/** Without a user's browser. */
const program = { ...confidential, application_type: "web", response_types: [], redirect_uris: [] };

const { issuer, provider } = await startProvider({
  clients: [
    {
      ...confidential,
      client_id: "web",
      grant_types: ["authorization_code"],
      redirect_uris: [`${origin}/auth/callback`],
      post_logout_redirect_uris: [`${origin}/`],
    },
    { ...program, client_id: "program", grant_types: ["client_credentials"] },
    { ...program, client_id: "with-passwords", grant_types: ["password"] },
  ],
  conformIdTokenClaims: false,
  claims: { openid: ["sub"], profile: ["name"] },
  scopes: ["openid", "profile", "notes:read", "items:read", "other"],
  features: {
    clientCredentials: { enabled: true },
    revocation: { enabled: true },
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo: (_context, indicator) => api(indicator),
    },
  },
  findAccount: (_context, id) => ({ accountId: id, claims: () => ({ sub: id, name: `${id} <of the tests>` }) }),
  ttl: { ClientCredentials: 3600 },
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
    token.resourceServer = new provider.ResourceServer(resource, api(resource));
    context.body = { access_token: await token.save(), expires_in: token.expiration, token_type: "Bearer", scope };
  },
  ["username", "password", "scope", "resource"],
);

provider.on("grant.error", (_context, error) =>
  console.error(error.error, error.error_description, error.error_detail),
);
console.log(JSON.stringify({ issuer, secret }));
