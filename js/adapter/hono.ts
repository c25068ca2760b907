/**
 * A guard as middleware of Hono.
 *
 * @module
 */

import { internalsOf, joinedFields } from "../guard/internals.js";
import { addNonce } from "../guard/nonce.js";
import type { Auth, AuthFor, GlobalResponse, Guard, GuardRequest, Need } from "../guard/types.js";
import { judge, routeOf } from "./judge.js";

/** The part of Hono's `Context` that is used. */
export interface HonoContext {
  readonly req: { readonly raw: GuardRequest };
  readonly res: unknown;
  set(name: "auth", value: unknown): void;
}

/** Nothing, where the application's `Variables` have an `auth` that cannot be `A`. */
type With<A, C> = C extends { readonly var: { readonly auth: infer Own } } ? ([A] extends [Own] ? C : never) : C;

/** Middleware of Hono that sets `auth`. */
export type HonoMiddleware<A> = <C extends HonoContext>(
  c: With<A, C>,
  next: () => Promise<void>,
) => Promise<GlobalResponse | undefined>;

/**
 * Lets requests through whose token is enough, with `c.get("auth")`, and answers all others. Preflights of CORS are let
 * through without it.
 *
 * @throws TypeError for an impossible need.
 */
export function guarded<A>(guard: Guard<A>): HonoMiddleware<A>;
export function guarded<A, const N extends Need>(guard: Guard<A>, need: N): HonoMiddleware<AuthFor<A, N>>;
export function guarded(guard: unknown, ...need: [need?: Need]): HonoMiddleware<Auth | undefined> {
  const route = routeOf("guarded", guard, need);
  return async (c: HonoContext, next) => {
    const request = c.req.raw;
    // Middleware may put another `Request` in place of the first.
    const judged = await judge(route, request, joinedFields(request), c);
    if (judged?.ok === false) return route.answer(judged.refusal, request);
    c.set("auth", judged?.auth);
    await next();
    addNonce(c.res, judged?.auth?.dpopNonce);
    return undefined;
  };
}

/** Answers requests for the metadata of the resource (RFC 9728): `app.use(metadata(guard))`. */
export function metadata(guard: Guard<unknown>): HonoMiddleware<never> {
  const internals = internalsOf("metadata", guard);
  return async (c: HonoContext, next) => {
    const found = await internals.metadata(c.req.raw);
    if (found === undefined) await next();
    return found;
  };
}
