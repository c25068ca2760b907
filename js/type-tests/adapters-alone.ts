// The adapters where none of the frameworks is installed, and no types of a host.

import { guarded as express, type ExpressMiddleware } from "countersign/express";
import { guarded as fastify, type FastifyHook } from "countersign/fastify";
import type { Auth, Guard } from "countersign/guard";
import { guarded as hono, type HonoContext, type HonoMiddleware } from "countersign/hono";
import { guardedListener } from "countersign/node";

declare const guard: Guard;

export const middleware: ExpressMiddleware = express(guard, { scope: "notes:read" });
export const hook: FastifyHook = fastify(guard);
export const always: HonoMiddleware<Auth> = hono(guard);
export const perhaps: HonoMiddleware<Auth | undefined> = hono(guard, { optional: true });
declare const c: HonoContext & { readonly var: { readonly auth: Auth } };
declare const next: () => Promise<void>;
void always(c, next);
// @ts-expect-error `auth` may be undefined, and there it may not.
void perhaps(c, next);
export const listener = guardedListener(guard, (request, response, auth) => {
  response.end(`${request.method} ${auth.issuer}`);
});
