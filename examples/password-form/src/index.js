// Items for whoever has signed in, and no form for passwords: the issuer has that.

import { createGuard, fromAuthorization } from "countersign/guard";
import { createClient, createWebAuth } from "countersign/web";

import { page } from "./page.js";
import { style } from "./style.js";

/** Made by the first request of an isolate, which is when Workers have their variables. */
let application;

export default {
  fetch: (request, env) => (application ??= createApplication(env))(request),
};

function createApplication({ ORIGIN, ISSUER, CLIENT_ID, CLIENT_SECRET, COOKIE_SECRET, API }) {
  const auth = createWebAuth({
    origin: ORIGIN,
    client: createClient({
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientAuthentication: { method: "client_secret_basic", secret: CLIENT_SECRET },
      scope: "openid profile items:read",
    }),
    secrets: [COOKIE_SECRET],
  });
  // The token of a program, or that of a page's session.
  const guard = createGuard({
    issuer: ISSUER,
    resource: ORIGIN,
    audience: API,
    tokens: [fromAuthorization(), auth.tokenSource],
  });
  const items = guard.protect({ scope: "items:read" }, (_, { subject }) =>
    Response.json({ items: ["milk"], owner: subject }),
  );

  return auth.mount((request, session) => {
    const { pathname } = new URL(request.url);
    switch (`${request.method} ${pathname}`) {
      case "GET /":
        return page(session);
      case "GET /style.css":
        return new Response(style, {
          headers: { "content-type": "text/css", "cache-control": "public, max-age=3600" },
        });
      case "GET /login":
        // In place of the form: to the issuer, and back. There users have a second factor, and a way to a new password.
        return auth.signIn(request, { returnTo: "/", params: { resource: API } });
      case "GET /users/me":
        return session ? Response.json(session.user) : auth.signIn(request);
      case "GET /items":
        return items(request);
      default:
        return Response.json({ error: "not_found" }, { status: 404 });
    }
  });
}
