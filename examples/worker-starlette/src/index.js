// A Worker before an application of FastAPI or Starlette: it knows who has signed in there, and passes everything else on.

import { starletteSessions } from "./starlette-session.js";

/** Made by the first request of an isolate, which is when Workers have their variables. */
let sessions;

export default {
  async fetch(request, { APPLICATION, SECRET_KEY }) {
    sessions ??= starletteSessions({ secretKey: SECRET_KEY });
    const url = new URL(request.url);
    if (url.pathname !== "/edge" || request.method !== "GET") {
      const target = new URL(APPLICATION);
      // Not as an address beside it: `//other.example` would be one.
      target.pathname = url.pathname;
      target.search = url.search;
      // The application sets its cookies and answers its redirects itself.
      return fetch(new Request(target, request), { redirect: "manual" });
    }
    // A session that is there is no user yet: a sign-in that has begun leaves its state in it.
    const user = (await sessions.read(request))?.user;
    const headers = { "cache-control": "private, no-store", vary: "Cookie" };
    if (typeof user !== "object" || user === null) {
      return new Response(null, { status: 303, headers: { ...headers, location: "/login" } });
    }
    return new Response(`Hello, ${user.name}`, {
      headers: { ...headers, "content-type": "text/plain; charset=utf-8" },
    });
  },
};
