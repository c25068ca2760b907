import type { Core } from "../core/core.js";
import type { OAuthClient } from "../core/glue-client.js";
import type { SignInGlue } from "../core/glue.js";
import type { ResourceInit, ResourceTarget } from "./client-types.js";
import { now, type SigningStep } from "./drive.js";
import type { Bearer } from "./sign-in-params.js";

/** A request with an access token, as it is sent. */
interface Ready {
  readonly url: string;
  readonly method: string;
  readonly headers: Headers;
  readonly init: RequestInit;
  /** The body can be sent again. */
  readonly repeatable: boolean;
}

/** What sends tokens to resources. */
export interface Resources {
  readonly core: Core<SignInGlue>;
  /** Addresses, as `URL` writes them. */
  readonly allowedOrigins: readonly string[];
  readonly fetch: typeof globalThis.fetch | undefined;
  readonly sign: (step: SigningStep) => Promise<Uint8Array>;
}

/** Makes a request with the access token. A redirect is what it answers with: the token goes nowhere else. */
export async function fetchResource(
  { core, allowedOrigins, fetch, sign }: Resources,
  handle: OAuthClient,
  target: ResourceTarget,
  init: ResourceInit | undefined,
  { accessToken, tokenType }: Bearer,
): Promise<Response> {
  const request = await ready(target, init);
  const { origin, username, password } = new URL(request.url);
  if (
    username !== "" ||
    password !== "" ||
    !core.run(() => handle.mayReceive(`${origin}/`, allowedOrigins.join("\n")))
  ) {
    throw new TypeError(
      `fetch: tokens are not sent to ${origin}: if they may be, add it to the option "allowedOrigins"`,
    );
  }
  const { generation } = core;
  request.headers.set("authorization", `${tokenType} ${accessToken}`);
  for (let again = false; ; again = true) {
    if (tokenType === "DPoP") request.headers.set("dpop", await proofFor({ core, sign }, handle, request, accessToken));
    const response = await (fetch ?? globalThis.fetch)(request.url, { ...request.init, headers: request.headers });
    const nonce = response.headers.get("dpop-nonce");
    if (tokenType !== "DPoP" || nonce === null || core.generation !== generation) return response;
    const challenge = response.headers.get("www-authenticate") ?? undefined;
    const wanted = core.run(() => handle.wantsNonce(request.url, response.status, nonce, challenge));
    if (!wanted || again || !request.repeatable) return response;
    await response.body?.cancel();
  }
}

/** The field `DPoP` of a request: with this nonce, or the newest that its server has sent. */
export async function proofFor(
  { core, sign }: Pick<Resources, "core" | "sign">,
  handle: OAuthClient,
  { method, url, nonce }: { readonly method: string; readonly url: string; readonly nonce?: string | undefined },
  accessToken: string,
): Promise<string> {
  const made = core.run(() => handle.proof(method, url, accessToken, nonce, now()));
  const signature = await sign(JSON.parse(core.run(() => made.step())) as SigningStep);
  const header = core.run(() => made.header(signature));
  made.free();
  return header;
}

async function ready(target: ResourceTarget, given: ResourceInit | undefined): Promise<Ready> {
  const isRequest = typeof target === "object" && "url" in target;
  const request = isRequest ? (target as Request) : undefined;
  const of: RequestInit = request === undefined ? {} : await initOf(request);
  const own = given ?? {};
  const address = new URL(request?.url ?? (target as string | URL));
  address.hash = "";
  const url = address.href;
  const init: RequestInit = { ...of, ...own, redirect: "manual" };
  const { body } = init;
  return {
    url,
    method: methodOf(init.method ?? "GET"),
    headers: new Headers(own.headers ?? of.headers),
    init,
    // Streams, and what hosts take for one, are read once.
    repeatable: typeof body !== "object" || body === null || !("getReader" in body || Symbol.asyncIterator in body),
  };
}

/** A method as `fetch` writes it. */
export const methodOf = (method: string): string =>
  /^(?:delete|get|head|options|post|put)$/i.test(method) ? method.toUpperCase() : method;

async function initOf(request: Request): Promise<RequestInit> {
  const { method, headers, signal } = request;
  return { method, headers, signal, ...(request.body !== null && { body: await request.arrayBuffer() }) };
}
