// An authorization server for the documentation of examples/hono: any account may sign in, and "admin" may clear notes.

import { resourceServer, startProvider as start } from "../support/provider.mjs";

export const clientId = "docs";
export const resource = "https://api.example";
const scope = "notes:read notes:write";

export const startProvider = () =>
  start({
    clients: [
      {
        client_id: clientId,
        grant_types: ["authorization_code"],
        redirect_uris: ["http://127.0.0.1/docs/oauth2-redirect.html"],
      },
    ],
    scopes: scope.split(" "),
    pkce: { required: () => true },
    clientBasedCORS: () => true,
    extraTokenClaims: (_context, { accountId }) => (accountId === "admin" ? { permissions: ["notes:clear"] } : {}),
    features: {
      resourceIndicators: {
        enabled: true,
        defaultResource: () => resource,
        useGrantedResource: () => true,
        getResourceServerInfo: () => resourceServer(resource, scope),
      },
    },
  });
