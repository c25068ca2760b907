// The application on Node: what examples/worker-web is in a Worker, with its sessions where the first argument says. With
// several ports it is as many instances, which share a store; with the port of a Redis, with those of other processes.

import { createServer } from "node:http";
import { Readable } from "node:stream";

import { memoryStore, redisStore } from "countersign/stores";
import { createClient, createWebAuth } from "countersign/web";

const [kind, list, ISSUER, CLIENT_ID, CLIENT_SECRET, COOKIE_SECRET, ORIGIN, redis] = process.argv.slice(2);
const ports = list.split(",").map(Number);
// To a browser `localhost` is another site than 127.0.0.1, where the authorization server is.
const origin = ORIGIN ?? `http://${kind === "strict" ? "localhost" : "127.0.0.1"}:${ports[0]}`;
const hasStore = kind === "denylist" || kind === "store";
const store = hasStore ? await (redis === undefined ? memoryStore() : storeIn(redis)) : undefined;

async function storeIn(port) {
  const { createClient: createRedis } = await import("redis");
  return redisStore(await createRedis({ url: `redis://127.0.0.1:${port}` }).connect());
}

/** One instance, which shares nothing with others but its options. */
const instance = () =>
  createWebAuth({
    origin,
    client: createClient({
      issuer: ISSUER,
      clientId: CLIENT_ID,
      clientAuthentication: { method: "client_secret_basic", secret: CLIENT_SECRET },
      scope: "openid profile",
    }),
    secrets: [COOKIE_SECRET],
    ...(store && { store }),
    ...(kind === "denylist" && { session: { storage: "cookie" } }),
    ...(kind === "strict" && { session: { sameSite: "Strict" } }),
    ...(kind === "unlocked" && { refresh: "unlocked" }),
  });

const handler = (auth) => async (request, session) => {
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
};

const listener = (fetch) => async (incoming, outgoing) => {
  const { method, url, headers } = incoming;
  const hasBody = method !== "GET" && method !== "HEAD";
  const body = hasBody ? { body: Readable.toWeb(incoming), duplex: "half" } : {};
  const response = await fetch(new Request(new URL(url, origin), { method, headers, ...body }));
  const fields = Object.fromEntries(response.headers);
  outgoing.writeHead(response.status, { ...fields, "set-cookie": response.headers.getSetCookie() });
  outgoing.end(Buffer.from(await response.arrayBuffer()));
};

for (const port of ports) {
  const auth = instance();
  const server = createServer(listener(auth.mount(handler(auth))));
  server.keepAliveTimeout = 120_000;
  await new Promise((resolve) => server.listen(port, "127.0.0.1", resolve));
}
console.log("ready");
