import type { Fields, GuardImpl } from "../guard/guard.js";
import { internalsOf } from "../guard/internals.js";
import type { Auth, Authentication, GuardRequest } from "../guard/types.js";

/** The guard of a route. `need` is what was given as one: one that is undefined is a mistake, and not as good as none. */
export function routeOf(where: string, guard: unknown, need: readonly unknown[]): GuardImpl {
  const route = internalsOf(where, guard);
  return need.length === 0 ? route : route.within(where, need[0]);
}

/** Judges a request, which the host knows as `raw`. `undefined`: it is a preflight of CORS, for what answers these. Never rejects. */
export async function judge(
  route: GuardImpl,
  request: GuardRequest,
  fields: Fields,
  raw: object,
): Promise<Authentication<Auth | undefined> | undefined> {
  return (await route.isPreflight(request)) ? undefined : route.authenticate(request, fields, raw);
}
