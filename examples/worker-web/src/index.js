// A web application in a Worker: a page for everybody, and one for whoever has signed in.

import { durableObjectStore } from "countersign/stores";
import { CountersignError, createClient, createWebAuth } from "countersign/web";

import { homePage, notesPage, style } from "./pages.js";

export { CountersignStore } from "countersign/stores";

/** Made by the first request of an isolate, which is when Workers have their variables. */
let application;

export default {
  fetch: (request, env) => (application ??= createApplication(env))(request),
};

function createApplication({ ORIGIN, ISSUER, CLIENT_ID, CLIENT_SECRET, COOKIE_SECRET, STORE }) {
  const auth = createWebAuth({
    origin: ORIGIN,
    client: createClient({
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientAuthentication: { method: "client_secret_basic", secret: CLIENT_SECRET },
      scope: "openid profile",
    }),
    secrets: [COOKIE_SECRET],
    store: durableObjectStore(STORE),
    // Pages of errors say a code. Why, is here: a wrong secret, an issuer that does not answer.
    onError: (error) => {
      if (error.status >= 500) console.error(error);
    },
  });
  // After the form that signs out, the browser goes on to the issuer.
  const policy = `default-src 'none'; style-src 'self'; img-src data:; form-action 'self' ${new URL(ISSUER).origin}; base-uri 'none'; frame-ancestors 'none'`;
  const page = (html, status = 200) =>
    new Response(html, {
      status,
      headers: {
        "content-type": "text/html; charset=utf-8",
        "content-security-policy": policy,
        "cache-control": "private, no-store",
        vary: "Cookie",
      },
    });

  return auth.mount(async (request, session) => {
    const { pathname } = new URL(request.url);
    switch (`${request.method} ${pathname}`) {
      case "GET /":
        return page(homePage(session));
      case "GET /style.css":
        return new Response(style, {
          headers: { "content-type": "text/css", "cache-control": "public, max-age=3600" },
        });
      case "GET /notes":
        return session ? page(notesPage(session)) : auth.signIn(request);
      case "POST /notes": {
        if (!session) return auth.signIn(request);
        const text = String((await request.formData()).get("text") ?? "")
          .trim()
          .slice(0, 200);
        const notes = [...(session.data.notes ?? []), text].filter((note) => note !== "").slice(-20);
        await session.update({ notes });
        return new Response(null, { status: 303, headers: { location: "/notes" } });
      }
      case "GET /token":
        return session ? tokenOf(session) : auth.signIn(request);
      default:
        return page(homePage(session, "There is no such page."), 404);
    }
  });
}

/** What an API would be asked with: here, only how long the token is. */
async function tokenOf(session) {
  try {
    return Response.json({ length: (await session.accessToken()).length });
  } catch (error) {
    // The session is over (401), or the issuer cannot be asked now (503).
    if (!(error instanceof CountersignError)) throw error;
    return Response.json({ code: error.code }, { status: error.status });
  }
}
