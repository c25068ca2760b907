// An API with access tokens of Auth0: for everybody, for whoever has a token, and for tokens with a scope.

import { createGuard } from "countersign/guard";
import { auth0 } from "countersign/presets";

import { page } from "./page.js";

let routes; // Made once per isolate: the guard keeps the tenant's keys from one request to the next.

export default {
  fetch(request, env) {
    routes ??= routesOf(env);
    if (request.method !== "GET") return Response.json({ error: "method_not_allowed" }, { status: 405 });
    const { pathname } = new URL(request.url);
    return Object.hasOwn(routes, pathname)
      ? routes[pathname](request)
      : Response.json({ error: "not_found" }, { status: 404 });
  },
};

function routesOf({ AUTH0_DOMAIN, AUTH0_AUDIENCE }) {
  const guard = createGuard(auth0({ domain: AUTH0_DOMAIN, audience: AUTH0_AUDIENCE }));
  return {
    ...page,

    "/api/public": () => Response.json({ message: "This is for everybody." }),

    "/api/private": guard.protect((_, { subject }) => Response.json({ message: "You have a token.", subject })),

    "/api/private-scoped": guard.protect({ scope: "read:messages" }, (_, { subject }) =>
      Response.json({ message: "Your token may read messages.", subject }),
    ),

    // With role-based access control, and permissions added to access tokens, in the settings of the API.
    "/api/private-permission": guard.protect({ permissions: "read:messages" }, (_, { subject }) =>
      Response.json({ message: "You may read messages, by one of your roles.", subject }),
    ),
  };
}
