// The authorization server: npm's oidc-provider on a free port of 127.0.0.1. Prints its issuer when it is ready.

import { resourceServer, startProvider } from "../support/provider.mjs";
import { brief, clientId, other, redirectUri, resource } from "./names.mjs";

const { issuer } = await startProvider({
  clients: [{ client_id: clientId, redirect_uris: [redirectUri] }],
  scopes: ["openid", "offline_access", "notes:read", "notes:write"],
  features: {
    resourceIndicators: {
      enabled: true,
      useGrantedResource: () => true,
      getResourceServerInfo(_context, indicator) {
        if (![resource, other, brief].includes(indicator)) throw new Error("no such resource");
        // The brief one's tokens are for the server too, and live for a second.
        const isBrief = indicator === brief;
        return resourceServer(isBrief ? resource : indicator, "notes:read notes:write", isBrief ? 1 : 600);
      },
    },
  },
});
console.log(JSON.stringify({ issuer }));
