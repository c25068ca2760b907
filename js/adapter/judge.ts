import type { Fields, GuardImpl } from "../guard/guard.js";
import { internalsOf } from "../guard/internals.js";
import type { Auth, Authentication, GuardRequest } from "../guard/types.js";

/** What a guard says of a request. `undefined`: it is a preflight of CORS. */
export type Judged = Authentication<Auth | undefined> | undefined;

/** The guard of a route. `need` is what was given as one: one that is undefined is a mistake, and not as good as none. */
export function routeOf(where: string, guard: unknown, need: readonly unknown[]): GuardImpl {
  const route = internalsOf(where, guard);
  return need.length === 0 ? route : route.within(where, need[0]);
}

/** Judges a request, which the host knows as `raw`. `undefined`: it is a preflight of CORS, for what answers these. Never rejects. */
export function judge(route: GuardImpl, request: GuardRequest, fields: Fields, raw: object): Judged | Promise<Judged> {
  const isPreflight = route.isPreflight(request);
  if (isPreflight === false) return route.authenticate(request, fields, raw);
  return isPreflight.then((is) => (is ? undefined : route.authenticate(request, fields, raw)));
}
