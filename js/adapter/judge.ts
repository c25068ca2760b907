import type { Fields, GuardImpl } from "../guard/guard.js";
import { internalsOf } from "../guard/internals.js";
import type { Auth, Authentication, GuardRequest } from "../guard/types.js";

/** The guard of a route. */
export function routeOf(where: string, guard: unknown, need: unknown): GuardImpl {
  const route = internalsOf(where, guard);
  return need === undefined ? route : route.within(where, need);
}

/** Judges a request. `undefined`: it is a preflight of CORS, for what answers these. Never rejects. */
export async function judge(
  route: GuardImpl,
  request: GuardRequest,
  fields: Fields,
): Promise<Authentication<Auth | undefined> | undefined> {
  // Where the core cannot be loaded, the guard says so in its refusal.
  const isPreflight = await route.isPreflight(request).catch(() => false);
  return isPreflight ? undefined : route.authenticate(request, fields);
}
