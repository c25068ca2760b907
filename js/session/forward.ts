import type { ClientImpl } from "../client/client.js";
import type { Fetch } from "../fetch.js";
import { origins } from "../options/origins.js";
import { callback, mandatory, optional, readOptions, text, texts } from "../options/readers.js";
import { isIdentity } from "./request.js";
import type { ForwardOptions, Session, WebRequest } from "./types.js";

/** What describes the body, and what is accepted. */
const FORWARDED = [
  "accept",
  "accept-language",
  "content-encoding",
  "content-language",
  "content-type",
  "if-match",
  "if-modified-since",
  "if-none-match",
  "if-unmodified-since",
  "range",
];

/**
 * What concerns one connection or a body that `fetch` may have unpacked, what an API must not say in the name of the
 * application, and for how long it may be cached: between the API and this server, `Authorization` shut shared caches out.
 */
const OWN = [
  "access-control-allow-credentials",
  "access-control-allow-origin",
  "age",
  "alt-svc",
  "cache-control",
  "cdn-cache-control",
  "clear-site-data",
  "connection",
  "content-length",
  "dpop-nonce",
  "expires",
  "keep-alive",
  "pragma",
  "service-worker-allowed",
  "set-cookie",
  "strict-transport-security",
  "surrogate-control",
  "transfer-encoding",
  "upgrade",
];

const OPTIONS = {
  allowedOrigins: mandatory(origins, '["https://api.example"]'),
  headers: optional(texts),
  resource: optional(text),
  fetch: optional(callback<Fetch>("globalThis.fetch")),
};

/** Bytes of a body that is read so that it can be sent again. */
const MAX_REPEATABLE = 1_048_576;

/** A request of a page as one to an API, with the user's access token. The client is that of the session. */
export async function forward(
  request: WebRequest,
  session: Session,
  client: ClientImpl | undefined,
  url: string | URL,
  options: ForwardOptions,
): Promise<Response> {
  const { allowedOrigins, headers: more = [], fetch: given, resource } = readOptions("forward", options, OPTIONS);
  const send = (given ?? fetch) as typeof fetch;
  const target = new URL(url);
  const isAllowed = allowedOrigins.includes(`${target.origin}/`);
  if (!isAllowed || target.username !== "" || target.password !== "") {
    throw new TypeError(
      `forward sends the user's token to the origins of its option "allowedOrigins" alone, e.g. ["https://api.example"]`,
    );
  }
  const isLocal = ["localhost", "127.0.0.1", "[::1]"].includes(target.hostname);
  if (target.protocol !== "https:" && !(target.protocol === "http:" && isLocal)) {
    throw new TypeError("forward takes the address of an API with https, e.g. https://api.example/notes");
  }
  const headers = new Headers();
  for (const name of [...FORWARDED, ...more.map((name) => name.toLowerCase())]) {
    const value = request.headers.get(name);
    const isOurs = name === "cookie" || name === "authorization" || name === "host" || isIdentity(name);
    if (value !== null && !isOurs) headers.set(name, value);
  }
  // `fetch` unpacks some codings and leaves others, which differs between hosts.
  headers.set("accept-encoding", "identity");
  const accessToken = await session.accessToken(resource === undefined ? {} : { resource });
  const { tokenType } = session;
  const { method } = request;
  const hasBody = method !== "GET" && method !== "HEAD" && request.body !== null && request.body !== undefined;
  const isBound = tokenType === "DPoP";
  const body = hasBody ? await bodyOf(request.body as ReadableStream<Uint8Array>, isBound) : undefined;
  // The token is for this address alone.
  const init = { method, headers, redirect: "manual", ...(hasBody && { body, duplex: "half" }) } as RequestInit;
  let answer: Response;
  if (isBound) {
    if (client === undefined) throw new TypeError(NO_KEY);
    const tokens = { issuer: session.issuer, accessToken, tokenType };
    answer = await client.send(target, init, tokens, { allowedOrigins, fetch: given });
  } else {
    headers.set("authorization", `Bearer ${accessToken}`);
    answer = await send(target.href, init);
  }
  const fields = new Headers(answer.headers);
  for (const name of OWN) fields.delete(name);
  fields.set("cache-control", "private, no-store");
  fields.append("vary", "Cookie");
  const { status, statusText } = answer;
  return new Response(answer.body, { status, statusText, headers: fields });
}

const NO_KEY =
  "forward: the user's token is bound to a key, and proofs for it are made by a client of createClient, of this copy of the package";

/** The body as it came; or, so that it can be sent twice, its bytes. */
async function bodyOf(body: ReadableStream<Uint8Array>, isRepeatable: boolean): Promise<BodyInit> {
  if (!isRepeatable) return body;
  const reader = body.getReader();
  const parts: Uint8Array[] = [];
  for (let bytes = 0; bytes <= MAX_REPEATABLE;) {
    const { done, value } = await reader.read();
    if (done) return new Blob(parts as BlobPart[]).arrayBuffer();
    bytes += value.length;
    parts.push(value);
  }
  return new ReadableStream<Uint8Array>({
    async pull(controller) {
      const part = parts.shift();
      const { done, value } = part === undefined ? await reader.read() : { done: false, value: part };
      if (done) controller.close();
      else controller.enqueue(value);
    },
    cancel: async (reason) => reader.cancel(reason),
  });
}
