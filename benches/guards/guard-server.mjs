// One server with one route, behind one guard or none:  a child process that is told `{ framework, guard, jwk, pem, … }`.
//
// Answers `{ port }`, and to each `"cpu"` the microseconds of processor time that it has used.

import { createServer } from "node:http";

const bodies = { "content-type": "text/plain", "content-length": "2" };

/** By framework and guard: starts it, and answers the port. */
const servers = {
  "node:http": {
    none: () => listen(createServer((_, response) => response.writeHead(200, bodies).end("ok"))),
    countersign: (given) => guardedHttp(given),
    "countersign, cache": (given) => guardedHttp(given, { cache: {} }),
  },
  Hono: {
    none: (given) => onHono(given, () => undefined),
    countersign: (given) =>
      onHono(given, async (app) => {
        const { guarded } = await import("countersign/hono");
        app.use(guarded(await makeGuard(given), { scope: "read" }));
      }),
    "hono/jwk": (given) =>
      onHono(given, async (app, { issuer, audience, jwk: key }) => {
        const { jwk } = await import("hono/jwk");
        app.use(jwk({ keys: [key], alg: [key.alg], verification: { iss: issuer, aud: audience } }));
      }),
  },
  Express: {
    none: (given) => onExpress(given, () => undefined),
    countersign: (given) =>
      onExpress(given, async (app) => {
        const { guarded } = await import("countersign/express");
        app.use(guarded(await makeGuard(given), { scope: "read" }));
      }),
    "express-oauth2-jwt-bearer": (given) =>
      onExpress(given, async (app, { issuer, audience, jwksUri }) => {
        const { auth, requiredScopes } = await import("express-oauth2-jwt-bearer");
        app.use(auth({ issuer, audience, jwksUri }), requiredScopes("read"));
      }),
  },
  Fastify: {
    none: (given) => onFastify(given, () => undefined),
    countersign: (given) =>
      onFastify(given, async (app) => {
        const { guarded } = await import("countersign/fastify");
        app.addHook("onRequest", guarded(await makeGuard(given), { scope: "read" }));
      }),
    "@fastify/jwt": (given) =>
      onFastify(given, async (app, { issuer, audience, pem, jwk }) => {
        const { default: plugin } = await import("@fastify/jwt");
        const verify = { algorithms: [jwk.alg], allowedIss: issuer, allowedAud: audience };
        await app.register(plugin, { secret: { public: pem }, verify });
        app.addHook("onRequest", (request) => request.jwtVerify());
      }),
  },
};

process.once("message", async (given) => {
  const port = await servers[given.framework][given.guard](given);
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    process.send({ cpu: user + system });
  });
  process.send({ port });
});

async function makeGuard({ issuer, audience, jwk }, more = {}) {
  const { createGuard } = await import("countersign/guard");
  return createGuard({ issuer, resource: audience, jwks: { keys: [jwk] }, ...more });
}

async function guardedHttp(given, more) {
  const { guardedListener } = await import("countersign/node");
  const guard = await makeGuard(given, more);
  const handler = (_, response) => response.writeHead(200, bodies).end("ok");
  return listen(createServer(guardedListener(guard, { scope: "read" }, handler)));
}

async function onHono(given, protect) {
  const { Hono } = await import("hono");
  const { serve } = await import("@hono/node-server");
  const app = new Hono();
  await protect(app, given);
  app.get("/", (c) => c.text("ok"));
  return new Promise((resolve) => {
    serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => resolve(port));
  });
}

async function onExpress(given, protect) {
  const { default: express } = await import("express");
  const app = express();
  await protect(app, given);
  app.get("/", (_, response) => response.send("ok"));
  // Express writes refusals to the log otherwise.
  app.set("env", "test");
  return listen(createServer(app));
}

async function onFastify(given, protect) {
  const { default: fastify } = await import("fastify");
  const app = fastify();
  await protect(app, given);
  app.get("/", async () => "ok");
  return Number(new URL(await app.listen({ port: 0, host: "127.0.0.1" })).port);
}

const listen = (server) =>
  new Promise((resolve) => server.listen(0, "127.0.0.1", () => resolve(server.address().port)));
