import { createGuard } from "countersign/guard";

let routes; // Made once per isolate: the guard keeps the issuer's keys from one request to the next.

export default {
  fetch(request, env) {
    routes ??= routesOf(env);
    const { pathname } = new URL(request.url);
    const route = Object.hasOwn(routes, pathname) ? routes[pathname] : notFound;
    return typeof route === "function" ? route(request) : (route[request.method] ?? notAllowed)(request);
  },
};

function routesOf(env) {
  const guard = createGuard({
    issuer: env.ISSUER,
    audience: env.AUDIENCE,
    profile: "at+jwt", // RFC 9068. Leave it out if your server's access tokens have no such type.
    clockTolerance: Number(env.CLOCK_TOLERANCE ?? 30),
  });
  return {
    // For everybody.
    "/public": () => Response.json({ message: "hello, everybody" }),

    // For everybody, and it says who. A bad token is refused all the same.
    "/greeting": guard.protect({ optional: true }, (_, auth) =>
      Response.json({ message: `hello, ${auth?.subject ?? "stranger"}` }),
    ),

    // For whoever has a token.
    "/": guard.protect((_, { subject, scopes, clientId }) =>
      Response.json({ sub: subject, scope: [...scopes].join(" "), client_id: clientId }),
    ),

    // By scope: one to read, another to write.
    "/notes": {
      GET: guard.protect({ scope: "read" }, () => Response.json({ notes: ["milk"] })),
      POST: guard.protect({ scope: "write" }, () => Response.json({ notes: ["milk", "bread"] }, { status: 201 })),
    },

    // By permission (a claim `permissions`, as Auth0 has it; the option `permissions` of the guard says where else).
    "/admin": guard.protect({ permissions: "admin" }, () => Response.json({ message: "hello, administrator" })),
  };
}

const notFound = () => Response.json({ error: "not_found" }, { status: 404 });
const notAllowed = () => Response.json({ error: "method_not_allowed" }, { status: 405 });
