// One API behind each adapter: /api/notes tells who asks, /api/boom throws, and the guard stands before both.
//
// Each host is `start(package, guard, { need, note })` and answers { origin, close }. `note()` is told whenever a handler runs. Before the guard
// somebody has set `Access-Control-Expose-Headers: X-Own` and a cookie.

import { serve } from "@hono/node-server";
import express5 from "express";
import express4 from "express-4";
import fastify from "fastify";
import { Hono } from "hono";
import { createServer } from "node:http";

const boom = () => {
  throw new Error("application");
};
const subjectOf = (auth) => auth?.subject ?? "nobody";

export const hosts = {
  async "guard.protect"(_, guard, { need, note }) {
    const answer = (subject) => (note(), Response.json({ subject }));
    const handle = (request, auth) => (request.url.endsWith("/boom") ? boom() : answer(subjectOf(auth)));
    return listening(serve({ fetch: guard.protect(need, handle), port: 0, hostname: "127.0.0.1" }));
  },

  async hono({ hono: { guarded, metadata } }, guard, { need, note }) {
    const app = new Hono();
    app.use(metadata(guard));
    app.use("/api/*", guarded(guard, need));
    app.get("/api/notes", (c) => (note(), c.json({ subject: subjectOf(c.get("auth")) })));
    app.options("/api/notes", (c) => c.body(null, 204, { "x-passed-on": typeof c.var.auth }));
    app.get("/api/boom", boom);
    app.onError((error, c) => c.text(`framework: ${error.message}`, 500));
    return listening(serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }));
  },

  "express 5": (adapters, guard, options) => onExpress(express5, adapters, guard, options),
  "express 4": (adapters, guard, options) => onExpress(express4, adapters, guard, options),
  "fastify, onRequest": (adapters, guard, options) => onFastify("onRequest", adapters, guard, options),
  "fastify, preHandler": (adapters, guard, options) => onFastify("preHandler", adapters, guard, options),

  async node({ node: { guardedListener, metadata } }, guard, { need, note }) {
    const api = guardedListener(guard, need, async (request, response, auth) => {
      if (request.url === "/api/boom") boom();
      note();
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ subject: subjectOf(auth) }));
    });
    const listener = metadata(guard, (request, response) => {
      before((name, value) => response.setHeader(name, value));
      return api(request, response);
    });
    const server = createServer((request, response) => {
      listener(request, response).catch((error) => response.writeHead(500).end(`framework: ${error.message}`));
    });
    return listening(server.listen(0, "127.0.0.1"));
  },
};

async function onExpress(express, { express: { guarded, metadata } }, guard, { need, note }) {
  const app = express();
  app.use((request, response, next) => (before((name, value) => response.setHeader(name, value)), next()));
  app.use(metadata(guard));
  const router = express.Router();
  router.use(guarded(guard, need));
  router.get("/notes", (request, response) => (note(), response.json({ subject: subjectOf(request.auth) })));
  router.options("/notes", (request, response) => response.set("x-passed-on", typeof request.auth).sendStatus(204));
  router.get("/boom", boom);
  app.use("/api", router);
  // Four parameters are what makes it a handler of errors.
  app.use((error, request, response, next) => {
    if (response.headersSent) next(error);
    else response.status(500).send(`framework: ${error.message}`);
  });
  return listening(app.listen(0, "127.0.0.1"));
}

async function onFastify(hook, { fastify: { guarded, metadata } }, guard, { need, note }) {
  const app = fastify();
  app.setErrorHandler((error, request, reply) => reply.code(500).send(`framework: ${error.message}`));
  app.decorateRequest("auth");
  app.addHook("onRequest", async (request, reply) => before((name, value) => reply.header(name, value)));
  app.addHook("onRequest", metadata(guard));
  await app.register(
    async (api) => {
      api.addHook(hook, guarded(guard, need));
      api.get("/notes", async (request) => (note(), { subject: subjectOf(request.auth) }));
      api.options("/notes", (request, reply) =>
        reply
          .code(204)
          .header("x-passed-on", typeof request.auth)
          .send(),
      );
      api.get("/boom", boom);
    },
    { prefix: "/api" },
  );
  const origin = await app.listen({ port: 0, host: "127.0.0.1" });
  return { origin, close: () => app.close() };
}

function before(set) {
  set("Access-Control-Expose-Headers", "X-Own");
  set("Set-Cookie", "earlier=1");
}

/** A server of `node:http`, when it listens. */
export async function listening(server) {
  if (!server.listening)
    await new Promise((resolve, reject) => server.once("listening", resolve).once("error", reject));
  const close = () => (server.closeAllConnections(), new Promise((resolve) => server.close(resolve)));
  return { origin: `http://127.0.0.1:${server.address().port}`, close };
}
