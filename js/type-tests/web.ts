import { memoryStore } from "countersign/stores";
import { createGuard, fromAuthorization } from "countersign/guard";
import { createClient, createWebAuth, type Session, type WebAuth } from "countersign/web";
import { same } from "./verifier.js";

const client = createClient({ issuer: "https://tenant.example/", clientId: "app" });
const secrets = ["thirty-two bytes or more of a secret"];
const auth: WebAuth = createWebAuth({ origin: "https://app.example", client, secrets });
createWebAuth({
  origin: ["https://app.example"],
  clients: { home: client, work: client },
  secrets,
  store: memoryStore(),
});
createWebAuth({
  origin: "https://app.example",
  client,
  secrets,
  session: { idle: 60, storage: "cookie" },
  refresh: "unlocked",
});
createWebAuth({ origin: "https://app.example", client, secrets, session: { sameSite: "Strict" } });
// @ts-expect-error: other sites' pages are given no session
createWebAuth({ origin: "https://app.example", client, secrets, session: { sameSite: "None" } });
createWebAuth({ origin: "https://app.example", client, secrets, resources: ["https://api.example"] });
createWebAuth({
  origin: "https://app.example",
  clients: { work: client },
  secrets,
  resources: { work: ["https://api.example"] },
});
// @ts-expect-error: a list
createWebAuth({ origin: "https://app.example", client, secrets, resources: "https://api.example" });
// @ts-expect-error: no secret
createWebAuth({ origin: "https://app.example", client });
const options = { issuer: "https://tenant.example/", clientId: "app" };
// @ts-expect-error: options are no client
createWebAuth({ origin: "https://app.example", client: options, secrets });
// @ts-expect-error: no such place
createWebAuth({ origin: "https://app.example", client, secrets, session: { storage: "memory" } });

// What a host calls, with whatever else it gives.
interface Env {
  readonly NAME: string;
}
const fetch = auth.mount((request: Request, session, env: Env) => {
  same<typeof session, Session | undefined>(true);
  return session === undefined
    ? auth.signIn(request)
    : new Response(`${env.NAME} ${session.user.name ?? session.subject}`);
});
export const answer: Promise<unknown> = fetch(new Request("https://app.example/"), { NAME: "x" });
// @ts-expect-error: no environment
void fetch(new Request("https://app.example/"));

export async function read(request: Request): Promise<string | undefined> {
  const session = await auth.session(request);
  // @ts-expect-error: nobody may be signed in
  void session.user;
  if (session === undefined) return undefined;
  same<typeof session.user.email, string | undefined>(true);
  same<typeof session.tokenType, "Bearer" | "DPoP" | undefined>(true);
  same<typeof session.client, string>(true);
  await session.update({ notes: [] });
  // @ts-expect-error: read alone
  session.data["notes"] = [];
  same<ReturnType<typeof session.accessToken>, Promise<string>>(true);
  // @ts-expect-error: it is called `resource`
  await session.accessToken({ audience: "https://api.example" });
  const resource = "https://api.example";
  await auth.forward(request, session, resource, { allowedOrigins: [resource], resource });
  return session.accessToken({ resource });
}
createGuard({
  issuer: "https://tenant.example/",
  resource: "https://app.example",
  tokens: [fromAuthorization(), auth.tokenSource, auth.tokenSourceFor("https://app.example")],
});
