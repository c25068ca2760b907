import type { Fetch as FetchRequest } from "../core/glue-verifier.js";
import { withoutPrototype } from "../options/own.js";
import { isBytes, lengthOf } from "../options/bytes.js";
import type { Fetch, FetchInit, FetchResponse } from "../fetch.js";
import { ignoringFailure } from "../wait.js";

/** Failure reasons; the strings are the core's. */
export type FailureReason = "timeout" | "network" | "redirect" | "too_large";

/** The result of a download, which never rejects. */
export type Download =
  | {
      readonly ok: true;
      readonly status: number;
      readonly body: Uint8Array;
      /** The header fields that were asked for, a line each: `Cache-Control`, `Age` and `ETag`, if nothing else was said. */
      readonly fields: string;
    }
  | { readonly ok: false; readonly reason: FailureReason; readonly cause: unknown };

class Failure extends Error {
  readonly #reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.#reason = reason;
  }

  /** Looks for the private field, because `instanceof` runs the traps of a proxy that somebody threw. */
  static reasonOf(thrown: unknown): FailureReason {
    return typeof thrown === "object" && thrown !== null && #reason in thrown ? thrown.#reason : "network";
  }
}

/** What is read of a response. */
interface Wanted {
  /** Header fields */
  readonly fields: readonly string[];
  /** The body is read only with status 200. */
  readonly onlyOfSuccess: boolean;
}

const DOCUMENT: Wanted = { fields: ["cache-control", "age", "etag"], onlyOfSuccess: true };

/** How many chunks are read in a row. A body that is always ready would keep the host's timers from firing. */
const MAX_CHUNKS_IN_A_ROW = 256;

const EMPTY = new Uint8Array(0);
const NOT_MODIFIED = 304;

/**
 * Fetches one document within the limits that the core set: no redirects, no credentials, no HTTP cache, so many bytes,
 * so many seconds for everything. The limits hold for a custom `fetch` as well, whatever it makes of its arguments.
 */
export async function download(
  request: Pick<FetchRequest, "url" | "maxBytes" | "timeout">,
  fetch: Fetch | undefined,
  more?: Partial<Pick<FetchInit, "method" | "headers" | "body">>,
  wanted: Wanted = DOCUMENT,
): Promise<Download> {
  const abort = new AbortController();
  const init = withoutPrototype({
    method: "GET",
    redirect: "manual",
    headers: { accept: "application/json" },
    signal: abort.signal,
    ...privately(),
    ...more,
  } satisfies FetchInit);

  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Failure("timeout", `no complete answer within ${request.timeout} seconds`));
    }, request.timeout * 1000);
  });
  try {
    const answer = (async () =>
      read(await (fetch ?? globalThis.fetch)(request.url, init), request.maxBytes, abort.signal, wanted))();
    return await Promise.race([answer, timeout]);
  } catch (cause) {
    return { ok: false, reason: Failure.reasonOf(cause), cause };
  } finally {
    clearTimeout(timer);
    // Ends whatever is still running. After a complete answer nothing is.
    abort.abort();
  }
}

/**
 * With `no-store` a withdrawn key does not live on in the host's HTTP cache. workerd before the compatibility date
 * 2024-11-11 refuses the option: there it is left out.
 */
function privately(): Pick<FetchInit, "cache" | "credentials" | "referrerPolicy"> {
  const rest = { credentials: "omit", referrerPolicy: "no-referrer" } as const;
  const wanted = withoutPrototype({ ...rest, cache: "no-store" } as const);
  try {
    new Request("https://host.example/", wanted);
    return wanted;
  } catch {
    return rest;
  }
}

async function read(response: FetchResponse, maxBytes: number, signal: AbortSignal, wanted: Wanted): Promise<Download> {
  const { status, body } = response;
  if (!Number.isInteger(status)) throw new Failure("network", "the answer has no HTTP status");
  if (isRedirect(response)) {
    discard(body);
    throw new Failure("redirect", "redirects are not followed");
  }
  const fields = fieldsOf(response, wanted.fields);
  if ((status !== 200 && wanted.onlyOfSuccess) || body === null) {
    discard(body);
    return { ok: true, status, body: EMPTY, fields };
  }
  return { ok: true, status, body: await readBody(body, maxBytes, signal), fields };
}

/** Also where `redirect: "manual"` was ignored, or made opaque as browsers do. */
function isRedirect(response: FetchResponse & { readonly type?: string; readonly redirected?: boolean }): boolean {
  const { status, type, redirected } = response;
  return (status >= 300 && status < 400 && status !== NOT_MODIFIED) || type === "opaqueredirect" || redirected === true;
}

/** Empty where a stand-in for `fetch` has none. */
function fieldsOf(response: FetchResponse, names: readonly string[]): string {
  const headers: unknown = response.headers;
  const has = typeof headers === "object" && headers !== null && typeof Reflect.get(headers, "get") === "function";
  return names
    .map((name) => {
      const value: unknown = has ? response.headers?.get(name) : undefined;
      return typeof value === "string" ? value.replace(/[\r\n]/g, " ") : "";
    })
    .join("\n");
}

/** The bytes of a body, or a rejection where it has more than so many. */
export async function readBody(
  body: NonNullable<FetchResponse["body"]>,
  maxBytes: number,
  signal: AbortSignal,
): Promise<Uint8Array> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (let count = 1; ; count += 1) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!isBytes(value)) throw new Failure("network", "the body is not a stream of bytes");
    length += lengthOf(value);
    if (length > maxBytes) {
      ignoringFailure(() => reader.cancel());
      throw new Failure("too_large", `the answer is longer than ${maxBytes} bytes`);
    }
    chunks.push(value);
    if (count % MAX_CHUNKS_IN_A_ROW === 0) await new Promise((resolve) => setTimeout(resolve));
    if (signal.aborted) {
      ignoringFailure(() => reader.cancel());
      throw new Failure("timeout", "nobody waits for the answer any longer");
    }
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += lengthOf(chunk);
  }
  return bytes;
}

/** Lets the host close the connection. */
function discard(body: FetchResponse["body"]): void {
  ignoringFailure(() => body?.cancel());
}
