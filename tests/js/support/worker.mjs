// What workerd.test.mjs runs in workerd: verifiers and guards that live as long as the isolate.

import { waitUntil } from "cloudflare:workers";
import { CountersignError, createVerifier } from "countersign";
import { createGuard, fromWebSocket } from "countersign/guard";
import { memoryStore } from "countersign/stores";

const verifiers = new Map();
const routes = new Map();
let withProofs;
let sockets;

export default {
  async fetch(request, { JWKS, ISSUER, AUDIENCE }, context) {
    const { searchParams } = new URL(request.url);
    const name = searchParams.get("verifier");
    if (searchParams.has("directory")) return byDirectory(request, searchParams, { JWKS, ISSUER, AUDIENCE });
    if (searchParams.has("dpop")) {
      // Without `resource`: the URL is the one that the host says.
      withProofs ??= createGuard({
        issuer: ISSUER,
        audience: AUDIENCE,
        jwksUri: `${JWKS}/dpop`,
        dpop: { mode: "required", replay: memoryStore() },
      }).protect((_, auth) => Response.json([auth.scheme, auth.subject]));
      return withProofs(request);
    }
    if (request.headers.has("upgrade")) {
      sockets ??= createGuard({
        issuer: ISSUER,
        resource: AUDIENCE,
        jwksUri: `${JWKS}/sockets`,
        tokens: [fromWebSocket("access-token")],
      }).protect(openSocket);
      return sockets(request);
    }
    if (searchParams.has("guard")) {
      const jwksUri = `${JWKS}/${searchParams.get("guard")}`;
      const guard = createGuard({ issuer: ISSUER, resource: AUDIENCE, jwksUri });
      if (!routes.has(jwksUri)) {
        routes.set(
          jwksUri,
          guard.protect({ scope: "read" }, (_, auth, context) =>
            Response.json([auth.subject, [...auth.scopes], auth.signal.aborted, typeof context.waitUntil]),
          ),
        );
      }
      return guard.metadataResponse(request) ?? routes.get(jwksUri)(request, context);
    }
    if (!verifiers.has(name)) {
      const options = { issuer: ISSUER, audience: AUDIENCE, jwksUri: `${JWKS}/${name}` };
      const surviving = name.startsWith("surviving") && { waitUntil };
      const own = name.startsWith("own") && {
        jwksUri: undefined,
        jwks: async () => (await fetch(`${JWKS}/own`)).json(),
      };
      verifiers.set(name, createVerifier({ ...options, ...surviving, ...own }));
    }
    if (searchParams.has("abandon")) {
      // Nothing of a request outlives its response.
      void verifiers.get(name).verify(searchParams.get("jwt"));
      await new Promise((resolve) => setTimeout(resolve, 50));
      return new Response("gone", { status: 410 });
    }
    try {
      const { claims } = await verifiers.get(name).verify(searchParams.get("jwt"));
      return Response.json(claims);
    } catch (error) {
      if (!(error instanceof CountersignError)) return new Response(String(error), { status: 418 });
      return new Response(error.code, { status: error.status });
    }
  },
};

/** A guard that asks a server which issuers it trusts. */
async function byDirectory(request, searchParams, { JWKS, ISSUER, AUDIENCE }) {
  const name = searchParams.get("directory");
  if (!routes.has(name)) {
    const guard = createGuard({
      resource: AUDIENCE,
      verifier: async () => {
        const { jwks } = await (await fetch(`${JWKS}/${name}`)).json();
        return createVerifier({ issuer: ISSUER, audience: AUDIENCE, jwks });
      },
    });
    routes.set(name, guard);
  }
  const judgement = routes.get(name).authenticate(request);
  if (searchParams.has("abandon")) {
    await new Promise((resolve) => setTimeout(resolve, 50));
    return new Response("gone", { status: 410 });
  }
  const judged = await judgement;
  return judged.ok ? new Response(judged.auth.subject) : judged.refusal.response();
}

/** Says whose the socket is, and closes it when the token has expired. */
function openSocket(_, auth) {
  const [client, server] = Object.values(new globalThis.WebSocketPair());
  server.accept();
  server.send(`of ${auth.subject}`);
  auth.signal.addEventListener("abort", () => server.close(4401, "expired"));
  return new Response(null, { status: 101, webSocket: client, headers: { "sec-websocket-protocol": "access-token" } });
}
