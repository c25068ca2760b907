/**
 * A guard for `node:http`.
 *
 * @module
 */

import { internalsOf } from "../guard/internals.js";
import type { AuthFor, Guard, Need } from "../guard/types.js";
import { routeOf } from "./judge.js";
import { admit, fail, send, viewOf } from "./node-http.js";
import type { NodeRequest, NodeResponse } from "./types.js";

type Handler<Req, Res, A> = (request: Req, response: Res, auth: A) => unknown;
type Listener<Req, Res> = (request: Req, response: Res) => Promise<void>;

/**
 * A listener that runs the handler for requests whose token is enough, and answers all others. A preflight of CORS is
 * answered with 204, which grants nothing. What the handler throws is what the listener's promise is rejected with.
 *
 * @throws TypeError for an impossible need.
 */
export function guardedListener<A, Req extends NodeRequest, Res extends NodeResponse>(
  guard: Guard<A>,
  handler: Handler<Req, Res, A>,
): Listener<Req, Res>;
export function guardedListener<A, const N extends Need, Req extends NodeRequest, Res extends NodeResponse>(
  guard: Guard<A>,
  need: N,
  handler: Handler<Req, Res, AuthFor<A, N>>,
): Listener<Req, Res>;
export function guardedListener(guard: unknown, ...rest: unknown[]): Listener<NodeRequest, NodeResponse> {
  const handler = rest.pop() as Handler<NodeRequest, NodeResponse, unknown>;
  if (typeof handler !== "function") throw new TypeError("guardedListener takes a guard, a need and a handler");
  const route = routeOf("guardedListener", guard, rest);
  return async (request, response) => {
    const judged = await admit(route, request, response).catch(() => fail(response));
    if (judged === undefined) await send(request, response, { status: 204, headers: [], body: null });
    else if (judged.ok) await handler(request, response, judged.auth);
  };
}

/** Answers requests for the metadata of the resource (RFC 9728), and leaves all others to a listener. */
export function metadata<Req extends NodeRequest, Res extends NodeResponse>(
  guard: Guard<unknown>,
  listener: (request: Req, response: Res) => unknown,
): Listener<Req, Res> {
  const internals = internalsOf("metadata", guard);
  return async (request, response) => {
    const found = await internals.metadata(viewOf(request));
    if (found === undefined) await listener(request, response);
    else await send(request, response, found).catch(() => fail(response));
  };
}
