// ISSUER=https://tenant.example/ AUDIENCE=https://api.example node server.mjs
import { createServer } from "node:http";
import { createGuard } from "countersign/guard";
import { guardedListener } from "countersign/node";

const { ISSUER, AUDIENCE, CLOCK_TOLERANCE = "30", PORT = "8080" } = process.env;
const guard = createGuard({
  issuer: ISSUER,
  audience: AUDIENCE,
  profile: "at+jwt", // RFC 9068. Leave it out if your server's access tokens have no such type.
  clockTolerance: Number(CLOCK_TOLERANCE),
});

const answer = (response, status, body) =>
  response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));

const routes = {
  // For everybody.
  "/public": (_, response) => answer(response, 200, { message: "hello, everybody" }),

  // For everybody, and it says who. A bad token is refused all the same.
  "/greeting": guardedListener(guard, { optional: true }, (_, response, auth) =>
    answer(response, 200, { message: `hello, ${auth?.subject ?? "stranger"}` }),
  ),

  // For whoever has a token.
  "/": guardedListener(guard, (_, response, { subject, scopes, clientId }) =>
    answer(response, 200, { sub: subject, scope: [...scopes].join(" "), client_id: clientId }),
  ),

  // By scope: one to read, another to write.
  "/notes": {
    GET: guardedListener(guard, { scope: "read" }, (_, response) => answer(response, 200, { notes: ["milk"] })),
    POST: guardedListener(guard, { scope: "write" }, (_, response) =>
      answer(response, 201, { notes: ["milk", "bread"] }),
    ),
  },

  // By permission: a claim `permissions`, unless the option `permissions` of the guard says where else.
  "/admin": guardedListener(guard, { permissions: "admin" }, (_, response) =>
    answer(response, 200, { message: "hello, administrator" }),
  ),
};
const notFound = (_, response) => answer(response, 404, { error: "not_found" });
const notAllowed = (_, response) => answer(response, 405, { error: "method_not_allowed" });

const server = createServer((request, response) => {
  const path = request.url.split("?")[0];
  const route = Object.hasOwn(routes, path) ? routes[path] : notFound;
  return typeof route === "function"
    ? route(request, response)
    : (route[request.method] ?? notAllowed)(request, response);
});

server.listen(Number(PORT), "127.0.0.1", () => console.log(`http://127.0.0.1:${server.address().port}/`));
