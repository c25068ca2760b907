// What other guards answer to the same requests, beside ours:  node tests/adapters/peers.mjs [--write]
//
// Only our column is asserted, here and in docs/reference/status-contract.md, whose table --write makes. Theirs is printed
// as `status error`, with the user that a handler ran for.

import fastifyJwt from "@fastify/jwt";
import { serve as serveFetch } from "@hono/node-server";
import { requireBearerAuth } from "@modelcontextprotocol/express";
import { OAuthError, OAuthErrorCode } from "@modelcontextprotocol/server";
import { createPublicKey } from "node:crypto";
import path from "node:path";
import express from "express";
import { auth as expressOauth2, requiredScopes } from "express-oauth2-jwt-bearer";
import fastify from "fastify";
import { Hono } from "hono";
import { jwk } from "hono/jwk";
import { createRemoteJWKSet, errors as joseErrors, jwtVerify } from "jose";
import { importPackage, installPackage, target } from "../support/package.mjs";
import { summarize } from "../support/summary.mjs";
import { audience, issuer, makeKey, tamper } from "../js/support/tokens.mjs";
import { json, serve, status } from "../js/support/server.mjs";
import { hosts, listening } from "./hosts.mjs";
import { send } from "./http.mjs";
import { staleRows, tableOf, writeTable } from "./page.mjs";
import { requests } from "./requests.mjs";

const folder = path.join(target, "adapters-tests");
await installPackage(folder);
const [{ createGuard }, ...loaded] = await Promise.all(
  ["guard", "hono", "express", "fastify", "node"].map((name) => importPackage(folder, `countersign/${name}`)),
);
const adapters = Object.fromEntries(["hono", "express", "fastify", "node"].map((name, at) => [name, loaded[at]]));

// They look at the clock themselves.
const time = Math.floor(Date.now() / 1000);
const key = makeKey("ES256");
const sign = (claims) => key.sign({ iat: time - 10, exp: time + 600, scope: "notes:read", ...claims });
const good = sign({});
const tokens = { good, weak: sign({ scope: "other" }), expired: sign({ exp: time - 120 }), altered: tamper(good) };

const serving = await serve(json({ keys: [key.jwk] }));
const failing = await serve(status(503));
const nobody = await serve(status(200));
await nobody.close();
const jwksUris = { usual: serving, optional: serving, down: nobody, failing };
const jwksUriOf = (kind) => `${jwksUris[kind].origin}/jwks`;

/** Each is `start(kind, note)`: `note(user)` is told of a handler that runs. `undefined`: it has no such thing. */
const peers = {
  async "hono/jwk"(kind, note) {
    const app = new Hono();
    const verification = { iss: issuer, aud: audience };
    app.use(jwk({ jwks_uri: jwksUriOf(kind), alg: ["ES256"], allow_anon: kind === "optional", verification }));
    app.get("/api/notes", (c) => (note(c.get("jwtPayload")?.sub), c.text("ran")));
    return listening(serveFetch({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }));
  },

  async "express-oauth2-jwt-bearer"(kind, note) {
    const app = express();
    const required = kind !== "optional";
    app.use(
      expressOauth2({ issuer, audience, jwksUri: jwksUriOf(kind), authRequired: required, timeoutDuration: 2000 }),
    );
    if (required) app.use(requiredScopes("notes:read"));
    app.get("/api/notes", (request, response) => (note(request.auth?.payload.sub), response.send("ran")));
    app.use((error, request, response, next) => {
      if (response.headersSent) next(error);
      else
        response
          .status(error.status ?? 500)
          .set(error.headers ?? {})
          .send("no");
    });
    return listening(app.listen(0, "127.0.0.1"));
  },

  async "@fastify/jwt"(kind, note) {
    if (kind !== "usual") return undefined;
    const app = fastify();
    const pem = createPublicKey({ key: key.jwk, format: "jwk" }).export({ type: "spki", format: "pem" });
    const verify = { algorithms: ["ES256"], allowedIss: issuer, allowedAud: audience };
    await app.register(fastifyJwt, { secret: { public: pem }, verify });
    app.addHook("onRequest", (request) => request.jwtVerify());
    app.get("/api/notes", async (request) => (note(request.user?.sub), "ran"));
    return { origin: await app.listen({ port: 0, host: "127.0.0.1" }), close: () => app.close() };
  },

  // It verifies nothing itself: as its documentation has it, with jose, whose refusals are `invalid_token`.
  async "MCP requireBearerAuth"(kind, note) {
    if (kind === "optional") return undefined;
    const keys = createRemoteJWKSet(new URL(jwksUriOf(kind)));
    const verifier = {
      async verifyAccessToken(token) {
        try {
          const { payload } = await jwtVerify(token, keys, { issuer, audience });
          const { sub, scope, exp } = payload;
          return { token, clientId: "client", scopes: scope.split(" "), expiresAt: exp, extra: { sub } };
        } catch (error) {
          // The key set could not be had: nothing is known of the token.
          if (!(error instanceof joseErrors.JOSEError) || error.code === "ERR_JOSE_GENERIC") throw error;
          throw new OAuthError(OAuthErrorCode.InvalidToken, error.message);
        }
      },
    };
    const app = express();
    app.use(requireBearerAuth({ verifier, requiredScopes: ["notes:read"] }));
    app.get("/api/notes", (request, response) => (note(request.auth?.extra?.sub), response.send("ran")));
    return listening(app.listen(0, "127.0.0.1"));
  },
};

const failures = [];
let passed = 0;
console.error = () => undefined; // What fetch servers log.

const names = Object.keys(peers);
const table = [["request", ...names, "ours"]];
for (const { name, guard, expected, ...request } of requests(tokens)) {
  const theirs = [];
  for (const start of Object.values(peers)) theirs.push(await askPeer(start, guard, request));
  const ours = new Set();
  for (const [host, start] of Object.entries(hosts))
    ours.add(await askOurs(name, host, start, guard, request, expected));
  table.push([name, ...theirs, [...ours].join(" or ")]);
}
await Promise.all([serving.close(), failing.close()]);
for (const line of tableOf(table)) console.log(line);
if (process.argv.includes("--write")) writeTable(table);
failures.push(...staleRows(table));
passed += 1;
summarize({ passed, failures });

async function askPeer(start, kind, request) {
  let user;
  const api = await start(kind, (sub = "nobody") => (user = sub));
  if (api === undefined) return "–";
  const answer = await send(api.origin, request).catch(() => undefined);
  await api.close();
  return describe(answer, user);
}

async function askOurs(name, host, start, kind, request, expected) {
  const source = kind === "down" || kind === "failing" ? { jwksUri: jwksUriOf(kind) } : { jwks: { keys: [key.jwk] } };
  const need = { scope: "notes:read", ...(kind === "optional" && { optional: true }) };
  let runs = 0;
  const api = await start(adapters, createGuard({ issuer, resource: audience, ...source }), {
    need,
    note: () => runs++,
  });
  const answer = await send(api.origin, request);
  await api.close();
  const isExpected = answer.status === (expected.preflight ? 204 : expected.status) && runs > 0 === expected.ran;
  if (isExpected) passed += 1;
  else failures.push(`${host}: ${name}: status ${answer.status}, the handler ran ${runs} times`);
  return describe(answer, runs > 0 ? (expected.subject ?? "user") : undefined);
}

function describe(answer, user) {
  if (answer === undefined) return "no answer";
  const challenge = answer.headers["www-authenticate"]?.[0];
  const [, error] = /error="([^"]*)"/.exec(challenge ?? "") ?? [];
  const remark = answer.status < 400 ? user && `for ${user}` : (error ?? (challenge ? "bare" : ""));
  return [answer.status, remark, answer.headers["retry-after"] && "Retry-After"].filter(Boolean).join(" ");
}
