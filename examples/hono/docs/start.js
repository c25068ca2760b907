/* global SwaggerUIBundle */
const { clientId } = await (await fetch("client.json")).json();
const ui = SwaggerUIBundle({
  url: "../openapi.json",
  dom_id: "#ui",
  oauth2RedirectUrl: new URL("oauth2-redirect.html", location.href).href,
});
// Without a secret: this page could not keep one. PKCE is what binds the code to it.
ui.initOAuth({ clientId, usePkceWithAuthorizationCodeGrant: true });
