// The application on Node: what examples/worker-web is in a Worker, with its sessions where the first argument says.

import { createServer } from "node:http";
import { Readable } from "node:stream";

import { memoryStore } from "countersign/stores";
import { createClient, createWebAuth } from "countersign/web";

const [kind, port, ISSUER, CLIENT_ID, CLIENT_SECRET, COOKIE_SECRET] = process.argv.slice(2);
// To a browser `localhost` is another site than 127.0.0.1, where the authorization server is.
const origin = `http://${kind === "strict" ? "localhost" : "127.0.0.1"}:${port}`;
const auth = createWebAuth({
  origin,
  client: createClient({
    issuer: ISSUER,
    clientId: CLIENT_ID,
    clientAuthentication: { method: "client_secret_basic", secret: CLIENT_SECRET },
    scope: "openid profile",
  }),
  secrets: [COOKIE_SECRET],
  ...(kind !== "cookie" && kind !== "strict" && { store: memoryStore() }),
  ...(kind === "denylist" && { session: { storage: "cookie" } }),
  ...(kind === "strict" && { session: { sameSite: "Strict" } }),
});

const fetch = auth.mount(async (request, session) => {
  const { pathname } = new URL(request.url);
  if (pathname === "/") return new Response(session ? `Hello, ${session.user.name}` : "Hello");
  if (session === undefined) return auth.signIn(request);
  if (pathname === "/token") {
    const answer = await session.accessToken().then(
      (token) => ({ token }),
      ({ code, status, cause }) => (cause && console.error(cause), { code, status }),
    );
    return Response.json(answer);
  }
  return new Response(`Notes of ${session.subject}`);
});

createServer(async (incoming, outgoing) => {
  const { method, url, headers } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  const body = hasBody ? { body: Readable.toWeb(incoming), duplex: "half" } : {};
  const response = await fetch(new Request(new URL(url, origin), { method, headers, ...body }));
  const fields = Object.fromEntries(response.headers);
  outgoing.writeHead(response.status, { ...fields, "set-cookie": response.headers.getSetCookie() });
  outgoing.end(Buffer.from(await response.arrayBuffer()));
}).listen(Number(port), "127.0.0.1", () => console.log("ready"));
