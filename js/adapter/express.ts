/**
 * A guard as middleware of Express.
 *
 * @module
 */

import { internalsOf } from "../guard/internals.js";
import type { Auth, Guard, Need } from "../guard/types.js";
import { routeOf } from "./judge.js";
import { admit, send, viewOf } from "./node-http.js";
import type { NodeRequest, NodeResponse } from "./types.js";

declare global {
  // eslint-disable-next-line @typescript-eslint/no-namespace -- Where Express has its users add to its types.
  namespace Express {
    interface Request {
      /** Who makes the request, behind a guard. */
      auth?: Auth | undefined;
    }
  }
}

/** Middleware of Express. */
export type ExpressMiddleware = (request: NodeRequest, response: NodeResponse, next: (error?: unknown) => void) => void;

/**
 * Lets requests through whose token is enough, with `req.auth`, and answers all others. Preflights of CORS are let through
 * without it.
 *
 * @throws TypeError for an impossible need.
 */
export function guarded(guard: Guard<unknown>, ...need: [need?: Need]): ExpressMiddleware {
  const route = routeOf("guarded", guard, need);
  return (request, response, next) => {
    admit(route, request, response)
      .then((judged) => {
        if (judged?.ok === false) return;
        (request as { auth?: unknown }).auth = judged?.auth;
        next();
      })
      .catch(next);
  };
}

/** Answers requests for the metadata of the resource (RFC 9728): `app.use(metadata(guard))`. */
export function metadata(guard: Guard<unknown>): ExpressMiddleware {
  const internals = internalsOf("metadata", guard);
  return (request, response, next) => {
    internals
      .metadata(viewOf(request))
      .then(async (found) => {
        if (found === undefined) next();
        else await send(request, response, found);
      })
      .catch(next);
  };
}
