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

/** What concerns one connection, and what an API must not set in the name of the application. */
const OWN = ["set-cookie", "connection", "keep-alive", "transfer-encoding", "upgrade"];

/** A request of a page as one to an API, with the user's access token. */
export async function forward(
  request: WebRequest,
  session: Session,
  url: string | URL,
  { headers: more = [], fetch: given }: ForwardOptions = {},
): Promise<Response> {
  const send = (given ?? fetch) as typeof fetch;
  const target = new URL(url);
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
  headers.set("authorization", `Bearer ${await session.accessToken()}`);
  const { method, body } = request;
  const hasBody = method !== "GET" && method !== "HEAD" && body !== null && body !== undefined;
  const answer = await send(target.href, {
    method,
    headers,
    // The token is for this address alone.
    redirect: "manual",
    ...(hasBody && ({ body, duplex: "half" } as object)),
  });
  const fields = new Headers(answer.headers);
  for (const name of OWN) fields.delete(name);
  const { status, statusText } = answer;
  return new Response(answer.body, { status, statusText, headers: fields });
}
