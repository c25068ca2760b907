import { createGuard } from "countersign/guard";

let handle; // One guard per isolate: it keeps the issuer's keys from one request to the next.

export default {
  fetch(request, env) {
    handle ??= protectedRoute(env);
    return handle(request);
  },
};

function protectedRoute(env) {
  const guard = createGuard({
    issuer: env.ISSUER,
    audience: env.AUDIENCE,
    profile: "at+jwt", // RFC 9068. Leave it out if your server's access tokens have no such type.
    clockTolerance: Number(env.CLOCK_TOLERANCE ?? 30),
  });
  return guard.protect((request, { claims }) =>
    Response.json({ sub: claims.sub, scope: claims.scope, client_id: claims.client_id }),
  );
}
