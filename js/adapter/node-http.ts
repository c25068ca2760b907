import { pipeline } from "node:stream/promises";
import type { Fields, GuardImpl } from "../guard/guard.js";
import { EXPOSE_FIELD, NONCE_FIELD } from "../guard/nonce.js";
import type { GuardRequest } from "../guard/types.js";
import { judge, type Judged } from "./judge.js";
import type { NodeRequest, NodeResponse } from "./types.js";

/** A body of `fetch`. */
interface Stream {
  cancel(): Promise<void>;
}

/** What is sent: a refusal, or a `Response`. */
export interface Answer {
  readonly status: number;
  readonly headers: Iterable<readonly [name: string, value: string]>;
  readonly body: string | Stream | null;
  readonly bodyUsed?: boolean;
}

/** Fields that are lists, to which an answer adds. Others it replaces. */
const LISTS = ["access-control-expose-headers", "set-cookie", "vary"];

/** A request as the guard reads it. Of a field that came several times Node's own view has the first, or all joined. */
export function viewOf(raw: NodeRequest): GuardRequest & {
  readonly fields: Fields;
} {
  const { method, url, originalUrl, headers, rawHeaders } = raw;
  const valuesOf: Fields = (name) => listOf(Object.hasOwn(headers, name) ? headers[name] : undefined);
  return {
    method: method ?? "",
    url: originalUrl ?? url ?? "",
    raw,
    headers: { get: (name) => valuesOf(name.toLowerCase()).join(", ") || null },
    fields(name) {
      const lines = linesOf(rawHeaders, name);
      // A single one is looked up in `headers`, where other middleware, and what stands in for Node's server, write.
      return lines.length > 1 ? lines : valuesOf(name);
    },
  };
}

const listOf = (value: string | string[] | undefined): readonly string[] =>
  typeof value === "string" ? [value] : (value ?? []);

/** The values of a field, by its name in lower case. */
function linesOf(rawHeaders: readonly string[], name: string): readonly string[] {
  const lines: string[] = [];
  for (let at = 1; at < rawHeaders.length; at += 2) {
    const other = rawHeaders[at - 1];
    if (other?.length === name.length && other.toLowerCase() === name) lines.push(rawHeaders[at] ?? "");
  }
  return lines;
}

/** The header fields of an answer, with those that were set `earlier` and stay. */
export function headersOf(
  { headers }: Answer,
  earlier: (name: string) => unknown,
): Iterable<readonly [name: string, value: string | readonly string[]]> {
  const fields = new Map<string, string[]>();
  for (const [name, value] of headers) {
    const present = LISTS.includes(name.toLowerCase()) ? [earlier(name) ?? []].flat().map(String) : [];
    fields.set(name, [...(fields.get(name) ?? present), value]);
  }
  return [...fields].map(([name, values]) => [name, values.length === 1 ? (values[0] ?? "") : values]);
}

/** The body of an answer. One that is streamed is not begun for a HEAD. */
export async function bodyOf(
  { body, bodyUsed }: Answer,
  method: string | undefined,
): Promise<string | Stream | undefined> {
  if (bodyUsed === true) throw new TypeError("onRefusal has to return a new Response each time");
  if (method !== "HEAD" || typeof body === "string") return body ?? undefined;
  await body?.cancel();
  return undefined;
}

/** Writes an answer, to a HEAD without its body. Rejects where it cannot be written to its end. */
export async function send(request: NodeRequest, response: NodeResponse, answer: unknown): Promise<void> {
  const given = answer as Answer;
  response.statusCode = given.status;
  write(response, given);
  const body = await bodyOf(given, request.method);
  if (typeof body === "object") await pipeline(body, response);
  else if (body === undefined || request.method === "HEAD") response.end();
  else response.end(body);
}

function write(response: NodeResponse, answer: Answer): void {
  for (const [name, value] of headersOf(answer, (name) => response.getHeader(name))) response.setHeader(name, value);
}

/** Judges a request, and answers it if it is refused. `undefined`: it is a preflight. */
export async function admit(route: GuardImpl, request: NodeRequest, response: NodeResponse): Promise<Judged> {
  const view = viewOf(request);
  const judged = await judge(route, view, view.fields, request);
  if (judged?.ok === false) {
    await send(request, response, (await route.ownAnswer(judged.refusal, view)) ?? judged.refusal);
  } else {
    const nonce = nonceOf(judged);
    if (nonce !== undefined) write(response, nonce);
  }
  return judged;
}

/** What an answer gets besides, where the client is to have a next nonce. */
export function nonceOf(judged: Judged): Answer | undefined {
  const nonce = judged?.ok === true ? judged.auth?.dpopNonce : undefined;
  if (nonce === undefined) return undefined;
  const headers: Answer["headers"] = [
    [NONCE_FIELD, nonce],
    [EXPOSE_FIELD, NONCE_FIELD],
  ];
  return { status: 200, headers, body: null };
}

/** The end of an answer of the application's own that cannot be sent. */
export function fail(response: NodeResponse): { readonly ok: false } {
  if (response.headersSent) {
    response.destroy();
  } else {
    response.statusCode = 500;
    response.setHeader("content-length", "0");
    response.end();
  }
  return { ok: false };
}
