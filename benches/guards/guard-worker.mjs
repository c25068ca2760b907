// One route of a Worker, behind one guard or none, as the bindings FRAMEWORK, GUARD and GIVEN say.

import { createGuard } from "countersign/guard";
import { guarded } from "countersign/hono";
import { Hono } from "hono";
import { jwk } from "hono/jwk";

const answer = () => new Response("ok");
const makeGuard = ({ issuer, audience, jwk: key }, more = {}) =>
  createGuard({ issuer, resource: audience, jwks: { keys: [key] }, ...more });

/** By framework and guard: makes what answers requests. */
const servers = {
  workerd: {
    none: () => answer,
    countersign: (given) => makeGuard(given).protect({ scope: "read" }, answer),
    "countersign, cache": (given) => makeGuard(given, { cache: {} }).protect({ scope: "read" }, answer),
  },
  "Hono on workerd": {
    none: () => onHono(),
    countersign: (given) => onHono(guarded(makeGuard(given), { scope: "read" })),
    "hono/jwk": ({ issuer, audience, jwk: key }) =>
      onHono(jwk({ keys: [key], alg: [key.alg], verification: { iss: issuer, aud: audience } })),
  },
};

function onHono(...middleware) {
  const app = new Hono();
  for (const one of middleware) app.use(one);
  app.get("/", (c) => c.text("ok"));
  return (request) => app.fetch(request);
}

let handle;

export default {
  fetch(request, { FRAMEWORK, GUARD, GIVEN }) {
    handle ??= servers[FRAMEWORK][GUARD](JSON.parse(GIVEN));
    return handle(request);
  },
};
