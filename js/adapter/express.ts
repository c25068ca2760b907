/**
 * A guard as middleware of Express.
 *
 * @module
 */

import { internalsOf } from "../guard/internals.js";
import type { Auth, AuthFor, Guard, Need } from "../guard/types.js";
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

type Next = (error?: unknown) => void;
type Handler<Req, Res> = (request: Req, response: Res, next: Next) => unknown;

/**
 * Lets requests through whose token is enough, with `req.auth`, and answers all others. Preflights of CORS are let through
 * without it. With a handler: runs it, where `req.auth` is there by its type, too; preflights go past it.
 *
 * @throws TypeError for an impossible need.
 */
export function guarded(guard: Guard<unknown>, need?: Need): Handler<NodeRequest, NodeResponse>;
export function guarded<A, const N extends Need, Req extends NodeRequest, Res extends NodeResponse>(
  guard: Guard<A>,
  need: N,
  handler: Handler<Req & { readonly auth: AuthFor<A, N> }, Res>,
): Handler<Req, Res>;
export function guarded(
  guard: unknown,
  need?: Need,
  handler?: Handler<never, never>,
): Handler<NodeRequest, NodeResponse> {
  const route = routeOf("guarded", guard, need);
  return (request, response, next) => {
    admit(route, request, response)
      .then((judged) => {
        if (judged?.ok === false) return undefined;
        Object.assign(request, { auth: judged?.auth });
        return judged && handler ? handler(request as never, response as never, next) : next();
      })
      .catch(next);
  };
}

/** Answers requests for the metadata of the resource (RFC 9728): `app.use(metadata(guard))`. */
export function metadata(guard: unknown): Handler<NodeRequest, NodeResponse> {
  const internals = internalsOf("metadata", guard);
  return (request, response, next) => {
    const found = internals.metadataResponse(viewOf(request));
    if (found === undefined) next();
    else send(request, response, found).catch(next);
  };
}
