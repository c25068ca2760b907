import type { Fetch as FetchRequest } from "./core/countersign.js";
import { isBytes } from "./bytes.js";
import type { Fetch, FetchInit, FetchResponse } from "./globals.js";

/** Why there is no answer, in the core's words. */
export type FailureReason = "timeout" | "network" | "redirect" | "too_large";

/** What came of a download. It never rejects. */
export type Download =
  { readonly status: number; readonly body: Uint8Array } | { readonly reason: FailureReason; readonly cause: unknown };

class Failure extends Error {
  readonly reason: FailureReason;

  constructor(reason: FailureReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

const EMPTY = new Uint8Array(0);

/**
 * Fetches one document within the limits that the core set: no redirects, no credentials, so many bytes, so many seconds
 * for everything. The limits hold for a custom `fetch` as well, whatever it makes of its arguments.
 */
export async function download(request: FetchRequest, fetch: Fetch | undefined, extra: object = {}): Promise<Download> {
  const abort = new AbortController();
  const init = {
    method: "GET",
    redirect: "manual",
    headers: { accept: "application/json" },
    signal: abort.signal,
    ...extra,
  } satisfies FetchInit;

  let timer: ReturnType<typeof setTimeout> | undefined;
  const timeout = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new Failure("timeout", `no complete answer within ${request.timeout} seconds`));
    }, request.timeout * 1000);
  });
  try {
    const answer = (async () => read(await (fetch ?? globalThis.fetch)(request.url, init), request.maxBytes))();
    return await Promise.race([answer, timeout]);
  } catch (cause) {
    return { reason: cause instanceof Failure ? cause.reason : "network", cause };
  } finally {
    clearTimeout(timer);
    // Ends whatever is still running. After a complete answer nothing is.
    abort.abort();
  }
}

async function read(response: FetchResponse, maxBytes: number): Promise<Download> {
  const { status, body } = response;
  if (!Number.isInteger(status)) throw new Failure("network", "the answer has no HTTP status");
  if (isRedirect(response)) {
    discard(body);
    throw new Failure("redirect", "redirects are not followed");
  }
  if (status !== 200 || body === null) {
    discard(body);
    return { status, body: EMPTY };
  }
  return { status, body: await readBody(body, maxBytes) };
}

/** Also where `redirect: "manual"` was ignored, or made opaque as browsers do. */
function isRedirect(response: FetchResponse & { readonly type?: string; readonly redirected?: boolean }): boolean {
  const { status, type, redirected } = response;
  return (status >= 300 && status < 400) || type === "opaqueredirect" || redirected === true;
}

async function readBody(body: NonNullable<FetchResponse["body"]>, maxBytes: number): Promise<Uint8Array> {
  const reader = body.getReader();
  const chunks: Uint8Array[] = [];
  let length = 0;
  for (;;) {
    const { done, value } = await reader.read();
    if (done) break;
    if (!isBytes(value)) throw new Failure("network", "the body is not a stream of bytes");
    length += value.length;
    if (length > maxBytes) {
      release(() => reader.cancel());
      throw new Failure("too_large", `the answer is longer than ${maxBytes} bytes`);
    }
    chunks.push(value);
  }
  const bytes = new Uint8Array(length);
  let offset = 0;
  for (const chunk of chunks) {
    bytes.set(chunk, offset);
    offset += chunk.length;
  }
  return bytes;
}

/** Lets the host close the connection. */
function discard(body: FetchResponse["body"]): void {
  release(() => body?.cancel());
}

/** What is given up on may fail as it likes. */
function release(cancel: () => Promise<void> | undefined): void {
  (async () => cancel())().catch(() => undefined);
}
