import type { RouteResponse } from "./outcome.js";

/** What caches of networks believe rather than `Cache-Control`. */
const CACHE_FIELDS = ["cdn-cache-control", "cloudflare-cdn-cache-control", "surrogate-control", "expires"];

export function toResponse({ status, headers, body }: RouteResponse, method: string): Response {
  const fields = new Headers();
  for (const [name, value] of headers) fields.append(name, value);
  return new Response(body === "" || method === "HEAD" ? null : body, { status, headers: fields });
}

/**
 * The application's response with cookies. It is made anew, since those of `fetch` and of caches cannot be changed; an
 * upgrade stays as it is.
 */
export function withCookies<T>(answer: T, setCookies: readonly string[]): T | Response {
  if (setCookies.length === 0 || !isResponse(answer) || answer.status === 101) return answer;
  const headers = new Headers(answer.headers);
  for (const name of CACHE_FIELDS) headers.delete(name);
  headers.set("cache-control", "no-store");
  for (const cookie of setCookies) headers.append("set-cookie", cookie);
  const { status, statusText, body } = answer;
  return new Response(body, { status, statusText, headers });
}

/** A class is not asked for: it may be of another realm. */
function isResponse(value: unknown): value is Response {
  if (typeof value !== "object" || value === null) return false;
  const { status, headers } = value as Partial<Response>;
  return typeof status === "number" && typeof headers?.get === "function";
}
