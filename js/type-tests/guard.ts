import { createVerifier } from "countersign";
import { createGuard, fromCookie, fromHeader, type Auth, type Guard, type Need, type Refusal } from "countersign/guard";
import { memoryStore, type Store } from "countersign/stores";
import { currentUser, type CurrentUser, type UserInfo } from "countersign/user";
import { same } from "./verifier.js";

const issuer = "https://tenant.example/";
const resource = "https://api.example";

// What is mandatory: an issuer and whom tokens are for, or a verifier.
const guard: Guard = createGuard({ issuer, resource });
createGuard({ issuer, audience: resource });
createGuard({ issuer, binding: { claim: "client_id", values: ["app"] } });
createGuard({ verifier: createVerifier({ issuer, audience: resource }) });
createGuard({
  verifier: [
    createVerifier({ issuer, audience: resource }),
    createVerifier({ issuer: "https://other.example", audience: "a" }),
  ],
});
// @ts-expect-error: options are no verifier
createGuard({ verifier: [{ issuer, audience: resource }] });
createGuard({
  resource,
  verifier: async (iss: string) => (iss === issuer ? createVerifier({ issuer, audience: iss }) : undefined),
});
// @ts-expect-error: no issuer
createGuard({ resource });
// @ts-expect-error: options of a verifier that is there
createGuard({ verifier: createVerifier({ issuer, audience: resource }), issuer });
// @ts-expect-error: a guard knows users by their issuer
createGuard({ issuer, resource, jwks: "{}", acceptMissingIssuer: true });
// @ts-expect-error: no such option
createGuard({ issuer, resource, ressource: resource });
// @ts-expect-error: a source is made by a function
createGuard({ issuer, resource, tokens: ["cookie"] });
createGuard({
  issuer,
  resource,
  tokens: [fromHeader("x"), fromCookie("y")],
  implies: { a: ["b"] },
  scopes: [["a", "b"], "c"],
});

// Proofs of possession need a store that can also put a value where there is none.
createGuard({ issuer, resource, dpop: { mode: "allowed", replay: memoryStore() } });
createGuard({ issuer, resource, dpop: { mode: "required", replay: memoryStore(), nonceSecret: new Uint8Array(32) } });
// @ts-expect-error: a store without `add`
createGuard({ issuer, resource, dpop: { mode: "allowed", replay: {} as Store } });
// @ts-expect-error: no such mode
createGuard({ issuer, resource, dpop: { mode: "off", replay: memoryStore() } });
// @ts-expect-error: bytes
createGuard({ issuer, resource, dpop: { mode: "allowed", replay: memoryStore(), nonceSecret: "secret" } });
guard.protect(
  (_, auth) => (
    same<typeof auth.scheme, "Bearer" | "DPoP">(true),
    same<typeof auth.dpopNonce, string | undefined>(true),
    new Response()
  ),
);

createGuard({ issuer, resource, clientCertificate: "cloudflare" });
createGuard({
  issuer,
  resource,
  clientCertificate: async ({ raw }) => (raw === undefined ? undefined : new Uint8Array(1)),
});
// @ts-expect-error: neither bytes nor text
createGuard({ issuer, resource, clientCertificate: () => 7 });
const clientAuthentication = { method: "client_secret_basic", secret: "s" } as const;
createGuard({ issuer, resource, introspection: { clientId: "api", clientAuthentication, cache: {} } });
// @ts-expect-error: no client
createGuard({ issuer, resource, introspection: { clientAuthentication } });
// @ts-expect-error: an opaque token has no header
guard.protect((_, auth) => new Response(auth.header.alg));

// `auth` is undefined only where a request may come without a token.
guard.protect((_, auth) => (same<typeof auth, Auth>(true), new Response(auth.subject)));
guard.protect({ scope: "a" }, (_, auth) => (same<typeof auth, Auth>(true), new Response(auth.subject)));
guard.protect(
  { optional: true },
  (_, auth) => (same<typeof auth, Auth | undefined>(true), new Response(auth?.subject)),
);
declare const isPublic: boolean;
guard.protect({ optional: isPublic }, (_, auth) => (same<typeof auth, Auth | undefined>(true), new Response()));
declare const anyNeed: Need;
guard.protect(anyNeed, (_, auth) => (same<typeof auth, Auth | undefined>(true), new Response()));
const optional = guard.with({ optional: true });
optional.protect((_, auth) => (same<typeof auth, Auth | undefined>(true), new Response()));
optional.protect({ scope: "a" }, (_, auth) => (same<typeof auth, Auth>(true), new Response(auth.subject)));
// @ts-expect-error: no such need
guard.protect({ scopes: "a" }, () => new Response());
// @ts-expect-error: at least one
guard.protect({ anyScope: [] }, () => new Response());

// Handlers keep what their host passes.
export const worker = {
  fetch: guard.protect(
    (request: Request, auth, env: { readonly NAME: string }) => new Response(env.NAME + auth.issuer + request.url),
  ),
};
export const answer: Promise<Response> = worker.fetch(new Request(resource), { NAME: "x" });

export async function judge(request: Request): Promise<Response> {
  const judged = await guard.authenticate(request, { permissions: ["a"] });
  if (!judged.ok) {
    same<typeof judged.refusal, Refusal>(true);
    return judged.refusal.response();
  }
  judged.auth.signal.addEventListener("abort", () => undefined);
  const { tenant } = judged.auth.claims;
  return guard.metadataResponse(request) ?? new Response(String(tenant));
}

// An answer of `authorize` is one of these.
guard.with({ authorize: ({ scopes }) => scopes.has("a") || { scope: ["b"] } });
guard.with({ authorize: async () => Promise.resolve({ acr: "gold" }) });
// @ts-expect-error: nothing is no answer
guard.with({ authorize: () => undefined });

// Users.
const user: CurrentUser = currentUser({ issuer, cache: { ttl: 30 }, clients: ["app"], fetch });
createGuard({ issuer, resource, user }).protect(async (_request: Request, auth) => {
  same<typeof auth.user, UserInfo | undefined>(true);
  const name: string | undefined = (await user(auth, { refresh: true })).name;
  return name;
});
// @ts-expect-error: an issuer is mandatory
currentUser({});
// @ts-expect-error: no such option
currentUser({ issuer, ttl: 30 });
