// The adapters, with the types of the frameworks that they are for.

import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createSecureServer } from "node:http2";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import * as forExpress from "countersign/express";
import * as forFastify from "countersign/fastify";
import { createGuard, type Auth } from "countersign/guard";
import * as forHono from "countersign/hono";
import * as forNode from "countersign/node";

const guard = createGuard({ issuer: "https://tenant.example/", resource: "https://api.example" });
const anybody = guard.with({ optional: true });
const need = { scope: "notes:read" } as const;

// Hono: the application says that its requests have `auth`.
const hono = new Hono<{ Variables: { auth: Auth } }>();
hono.use(forHono.metadata(guard));
hono.use("/notes/*", forHono.guarded(guard));
hono.get("/notes", forHono.guarded(guard, need), (c) => c.text(c.get("auth").subject ?? c.var.auth.issuer));
// @ts-expect-error Where it is optional, `auth` may be undefined.
hono.get("/home", forHono.guarded(guard, { optional: true }), (c) => c.text("hello"));
// @ts-expect-error The same of a guard that is optional.
hono.use("/home", forHono.guarded(anybody));
hono.use("/home", forHono.guarded(anybody, need));
const open = new Hono<{ Variables: { auth: Auth | undefined } }>();
open.get("/home", forHono.guarded(anybody), (c) => c.text(c.var.auth?.subject ?? "nobody"));
open.get("/notes", forHono.guarded(guard, need), (c) => c.text(c.var.auth?.subject ?? "nobody"));
// @ts-expect-error No such need.
hono.use(forHono.guarded(guard, { scopes: "notes:read" }));
// @ts-expect-error Not a guard.
hono.use(forHono.guarded({ issuer: "https://tenant.example/" }));

// Express: `req.auth` may be missing, since no type says which guards are before.
const app = express();
const router = express.Router();
app.use(forExpress.metadata(guard));
app.use("/api", forExpress.guarded(guard), router);
router.get("/notes/:id", forExpress.guarded(guard, need), (req, res) => {
  res.json({ id: req.params.id, subject: req.auth?.subject });
  // @ts-expect-error
  res.json(req.auth.subject);
});
app.use(forExpress.guarded(anybody, { authorize: (auth) => auth.permissions.has("read") }));
// @ts-expect-error No such need.
app.use(forExpress.guarded(guard, { scopes: "notes:read" }));

// Fastify: the application declares what it decorates requests with.
declare module "fastify" {
  interface FastifyRequest {
    auth: Auth;
  }
}
const server = fastify();
server.decorateRequest("auth");
server.addHook("onRequest", forFastify.metadata(guard));
server.addHook("onRequest", forFastify.guarded(guard));
server.addHook("preHandler", forFastify.guarded(guard));
server.get("/notes", { onRequest: forFastify.guarded(guard, need) }, (request) => request.auth.subject);
server.get("/both", { preHandler: [forFastify.guarded(guard, need)] }, async (request) => request.auth.subject);
const secure = fastify({ http2: true });
secure.get("/notes", { preValidation: forFastify.guarded(guard, need) }, (request) => request.auth.subject);
// @ts-expect-error No such need.
server.addHook("onRequest", forFastify.guarded(guard, { scopes: "notes:read" }));

// node:http and node:http2.
createServer(
  forNode.metadata(
    guard,
    forNode.guardedListener(guard, need, (request: IncomingMessage, response: ServerResponse, auth) => {
      response.writeHead(200).end(`${request.socket.remoteAddress} ${auth.subject}`);
    }),
  ),
);
createServer(
  forNode.guardedListener(guard, (request, response, auth) => response.end(`${request.url} ${auth.issuer}`)),
);
createServer(
  // @ts-expect-error It is optional.
  forNode.guardedListener(guard, { optional: true }, (_, response, auth) => response.end(auth.issuer)),
);
createSecureServer(forNode.guardedListener(guard, need, (_, response, auth) => response.end(auth.issuer)));
// @ts-expect-error There is no handler.
forNode.guardedListener(guard, need);
