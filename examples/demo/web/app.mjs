// A web application whose users sign in, and which asks an API with their access tokens. It is the same on every host.

import { createClient, createWebAuth } from "countersign/web";

import { answerPage, homePage, style } from "./pages.mjs";

export function createApplication({ HOST, ORIGIN, ISSUER, CLIENT_ID, CLIENT_SECRET, COOKIE_SECRET, RESOURCE, APIS }) {
  const apis = JSON.parse(APIS);
  const auth = createWebAuth({
    origin: ORIGIN,
    client: createClient({
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientAuthentication: { method: "client_secret_basic", secret: CLIENT_SECRET },
      scope: "openid profile read",
    }),
    secrets: [COOKIE_SECRET],
  });
  const signIn = (request, returnTo) => auth.signIn(request, { returnTo, params: { resource: RESOURCE } });
  const policy = `default-src 'none'; style-src 'self'; img-src data:; form-action 'self' ${new URL(ISSUER).origin}; base-uri 'none'; frame-ancestors 'none'`;
  const page = (html, status = 200) =>
    new Response(html, {
      status,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "cache-control": "private, no-cache",
        vary: "Cookie",
      },
    });

  return auth.mount(async (request, session) => {
    const { pathname, searchParams } = new URL(request.url);
    switch (`${request.method} ${pathname}`) {
      case "GET /":
        return page(homePage(HOST, session, Object.keys(apis)));
      case "GET /style.css":
        return new Response(style, { headers: { "content-type": "text/css" } });
      case "GET /login":
        return signIn(request, "/");
      case "GET /ask": {
        const name = searchParams.get("api") ?? "";
        if (!Object.hasOwn(apis, name)) return page(homePage(HOST, session, Object.keys(apis)), 404);
        if (!session) return signIn(request, `/ask?api=${name}`);
        const response = await fetch(apis[name], {
          headers: { authorization: `Bearer ${await session.accessToken()}` },
        });
        return page(answerPage(HOST, session, { name, status: response.status, body: await response.text() }));
      }
      default:
        return page(homePage(HOST, session, Object.keys(apis)), 404);
    }
  });
}
