// The sign-in of this page, before anything else looks at the address.
import { clientId, issuer, resource } from "/config.js";
import { createBrowserAuth } from "/countersign/spa-browser.js";

export const auth = await createBrowserAuth({
  issuer,
  clientId,
  scope: "openid profile email offline_access",
  resources: [resource],
  allowedOrigins: [location.origin], // The API of this example is at the page's own origin.
});
