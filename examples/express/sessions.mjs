// Sessions of countersign/web, which speaks Request and Response, as middleware of Express.

import { Readable } from "node:stream";

/** A response that lets the request go on. */
const PASSED = "x-passed";

/** Those of an application; the others of HTTP, `fetch` refuses. */
const METHODS = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

/**
 * Answers the routes of sign-in and refuses what pages of other sites send. All else goes on with `req.signedIn`, the session
 * of its user, if there is one. It comes before whatever reads bodies.
 */
export function sessions(auth, origin) {
  const admit = auth.mount((_, session, req) => {
    req.signedIn = session;
    return new Response(null, { headers: { [PASSED]: "1" } });
  });
  return async (req, res, next) => {
    const isRoute = req.path.startsWith("/auth/");
    const response = await admit(toRequest(req, origin, isRoute), req);
    if (!response.headers.has(PASSED)) return send(response, res);
    for (const [name, value] of response.headers) if (name !== PASSED) res.append(name, value);
    next();
  };
}

/** Sends the user of a page to the authorization server, and back. */
export async function signIn(auth, origin, req, res) {
  await send(await auth.signIn(toRequest(req, origin)), res);
}

/** The request as `fetch` has them. Its body is taken where it is for no one else. */
function toRequest(req, origin, takesBody = false) {
  const { method, originalUrl, headers } = req;
  const hasBody = takesBody && method !== "GET" && method !== "HEAD";
  const url = origin + originalUrl;
  if (!originalUrl.startsWith("/") || !METHODS.includes(method))
    throw Object.assign(new Error("no request"), { status: 400 });
  return new Request(url, { method, headers, ...(hasBody && { body: Readable.toWeb(req), duplex: "half" }) });
}

async function send(response, res) {
  res.status(response.status);
  for (const [name, value] of response.headers) res.append(name, value);
  res.end(Buffer.from(await response.arrayBuffer()));
}
