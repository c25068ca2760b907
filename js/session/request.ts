import type { WebRequest } from "./types.js";

/** What the core sees of a request. */
interface Facts {
  readonly method: string;
  readonly target: string;
  readonly fields: readonly (readonly [name: string, value: string])[];
}

/** Header fields by which proxies tell applications who a user is. From outside they say nothing. */
const IDENTITY = new Set([
  "cf-access-authenticated-user-email",
  "remote-user",
  "x-authenticated-user",
  "x-forwarded-access-token",
  "x-forwarded-email",
  "x-forwarded-groups",
  "x-forwarded-preferred-username",
  "x-forwarded-user",
  "x-remote-user",
  "x-user",
  "x-user-email",
  "x-user-id",
]);

export const isIdentity = (name: string): boolean => IDENTITY.has(name) || name.startsWith("x-auth-request-");

export function facts({ method, url, headers }: WebRequest, names: readonly string[]): Facts {
  // Behind the adapters for Node the address is the path, as it was sent.
  const { host, pathname, search } = new URL(url.startsWith("/") ? `http://localhost${url}` : url);
  const fields: [string, string][] = [];
  for (const name of names) {
    const value = headers.get(name);
    // No host has lone surrogates in a header field, and JSON of the core has none.
    if (value !== null) fields.push([name, value.replace(/\p{Surrogate}/gu, "\ufffd")]);
  }
  if (!fields.some(([name]) => name === "host")) fields.push(["host", host]);
  return { method, target: pathname + search, fields };
}

/** The body as text, up to so many bytes. `undefined`: it is longer, or no text. */
export async function bodyOf({ body }: WebRequest, limit: number): Promise<string | undefined> {
  if (body === null || body === undefined) return "";
  const reader = (body as ReadableStream<Uint8Array>).getReader();
  const decoder = new TextDecoder("utf-8", { fatal: true });
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return decoded(decoder, undefined, text);
    bytes += value.length;
    if (bytes > limit) {
      await reader.cancel();
      return undefined;
    }
    const more = decoded(decoder, value, text);
    if (more === undefined) return undefined;
    text = more;
  }
}

/** The text before, and what these bytes are after it; `undefined` for bytes that are no UTF-8. */
function decoded(decoder: TextDecoder, bytes: Uint8Array | undefined, before: string): string | undefined {
  try {
    return before + decoder.decode(bytes, { stream: bytes !== undefined });
  } catch {
    return undefined;
  }
}

/** The same request without header fields that name a user. */
export function withoutIdentity<R extends WebRequest>(request: R): R {
  const names: string[] = [];
  const { headers } = request as unknown as Request;
  for (const name of headers.keys()) if (isIdentity(name)) names.push(name);
  if (names.length === 0) return request;
  const left = new Headers(headers);
  for (const name of names) left.delete(name);
  return new Request(request as unknown as Request, { headers: left }) as unknown as R;
}
