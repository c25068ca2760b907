// Items for whoever has signed in, and no form for passwords: the issuer has that.

import { createGuard, fromAuthorization } from "countersign/guard";
import { createClient, createWebAuth } from "countersign/web";

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

const escape = (text) => String(text).replace(/[&<>"']/g, (letter) => `&#${letter.charCodeAt(0)};`);

const page = (session) =>
  new Response(
    `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Items</title>
<link rel="icon" href="data:,">
${
  session
    ? `<h1>Hello, ${escape(session.user.name ?? session.subject)}</h1>
<p><a href="/items">Items</a>, <a href="/users/me">who you are</a></p>
<form method="post" action="/auth/logout"><button>Sign out</button></form>`
    : '<h1>Hello</h1>\n<form action="/login"><button>Sign in</button></form>'
}`,
    {
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": "default-src 'none'; img-src data:; base-uri 'none'; frame-ancestors 'none'",
        "cache-control": "private, no-store",
        vary: "Cookie",
      },
    },
  );
