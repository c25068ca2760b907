/**
 * A guard as a hook of Fastify.
 *
 * @module
 */

import { internalsOf } from "../guard/internals.js";
import type { Guard, Need } from "../guard/types.js";
import { judge, routeOf } from "./judge.js";
import { bodyOf, headersOf, nonceOf, viewOf, type Answer } from "./node-http.js";
import type { FastifyReply, FastifyRequest } from "./types.js";

/** A hook of Fastify: `onRequest`, `preValidation` or `preHandler`. */
export type FastifyHook = (request: FastifyRequest, reply: FastifyReply) => Promise<unknown>;

/**
 * Lets requests through whose token is enough, with `request.auth`, and answers all others. Preflights of CORS are let
 * through without it. As `onRequest` it answers before a body is read.
 *
 * @throws TypeError for an impossible need.
 */
export function guarded(guard: Guard<unknown>, ...need: [need?: Need]): FastifyHook {
  const route = routeOf("guarded", guard, need);
  return async (request, reply) => {
    const view = viewOf(request.raw);
    const judged = await judge(route, view, view.fields, request.raw);
    if (judged?.ok === false)
      return send(view.method, reply, (await route.ownAnswer(judged.refusal, view)) ?? judged.refusal);
    const nonce = nonceOf(judged);
    if (nonce !== undefined) write(reply, nonce);
    (request as { auth?: unknown }).auth = judged?.auth;
    return undefined;
  };
}

/** Answers requests for the metadata of the resource (RFC 9728): `app.addHook("onRequest", metadata(guard))`. */
export function metadata(guard: Guard<unknown>): FastifyHook {
  const internals = internalsOf("metadata", guard);
  return async ({ raw }, reply) => {
    const found = await internals.metadata(viewOf(raw));
    return found === undefined ? undefined : send(raw.method, reply, found);
  };
}

async function send(method: string | undefined, reply: FastifyReply, answer: unknown): Promise<unknown> {
  const given = answer as Answer;
  reply.code(given.status);
  write(reply, given);
  return reply.send(await bodyOf(given, method));
}

function write(reply: FastifyReply, answer: Answer): void {
  for (const [name, value] of headersOf(answer, (name) => reply.getHeader(name))) {
    // It would add to cookies what has them already.
    reply.removeHeader(name);
    reply.header(name, value);
  }
}
