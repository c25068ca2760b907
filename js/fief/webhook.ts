import type { FetchBody } from "../fetch.js";
import { readBody } from "../jwks/download.js";
import { count, mandatory, optional, readOptions, text } from "../options/readers.js";

/** Options of {@link verifyWebhook}. */
export interface WebhookOptions {
  /** The secret of the webhook, as Fief has shown it once. */
  readonly secret: string;
  /** Seconds by which the time of the message may differ from now, before or after. Default: 300. */
  readonly tolerance?: number;
}

/** A message of Fief's. */
export interface WebhookEvent {
  /** Such as `user.created`. */
  readonly type: string;
  readonly data: unknown;
}

/** The part of `Request` that is used. */
export interface WebhookRequest {
  readonly headers: { get(name: string): string | null };
  text(): Promise<string>;
  /** Where there is a stream, no more of it is read than a message may have. */
  readonly body?: unknown;
}

/** The longest message that is read, in bytes. */
const MAX_BODY = 1_048_576;

/**
 * Reads a webhook's request, if it is Fief's: `X-Fief-Webhook-Signature` is the HMAC with SHA-256 of
 * `X-Fief-Webhook-Timestamp`, a dot and the body. It is compared in constant time.
 *
 * @returns `undefined` for a request that is not Fief's, or is too old or from the future: answer 401.
 *
 * @example
 * ```ts
 * const event = await verifyWebhook(request, { secret });
 * if (event === undefined) return new Response(null, { status: 401 });
 * ```
 */
export async function verifyWebhook(
  request: WebhookRequest,
  options: WebhookOptions,
): Promise<WebhookEvent | undefined> {
  const { secret, tolerance = 300 } = readOptions<{ secret: string; tolerance: number | undefined }>(
    "verifyWebhook",
    options,
    { secret: mandatory(text, "the secret of the webhook"), tolerance: optional(count("seconds", 0, 86_400)) },
  );
  const timestamp = request.headers.get("x-fief-webhook-timestamp") ?? "";
  const signature = request.headers.get("x-fief-webhook-signature") ?? "";
  if (!/^\d{1,12}$/.test(timestamp) || !/^[\da-f]{64}$/.test(signature)) return undefined;
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > tolerance) return undefined;
  const encoder = new TextEncoder();
  const body = await bodyOf(request);
  if (body === undefined) return undefined;
  const { subtle } = globalThis.crypto;
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await subtle.importKey("raw", encoder.encode(secret), hmac, false, ["verify"]);
  const tag = Uint8Array.from(signature.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
  const time = encoder.encode(`${timestamp}.`);
  const signed = new Uint8Array(time.length + body.length);
  signed.set(time);
  signed.set(body, time.length);
  if (!(await subtle.verify("HMAC", key, tag, signed))) return undefined;
  return readEvent(new TextDecoder().decode(body));
}

/** `undefined`: it is longer than any message, and nobody reads the rest. */
async function bodyOf(request: WebhookRequest): Promise<Uint8Array | undefined> {
  const stream = request.body as (FetchBody & { readonly locked?: boolean }) | null | undefined;
  // One that somebody has read already says so itself.
  if (stream?.locked !== false) {
    const bytes = new TextEncoder().encode(await request.text());
    return bytes.length > MAX_BODY ? undefined : bytes;
  }
  try {
    return await readBody(stream, MAX_BODY, new AbortController().signal);
  } catch {
    return undefined;
  }
}

function readEvent(body: string): WebhookEvent | undefined {
  try {
    const event = JSON.parse(body) as Partial<WebhookEvent> | null;
    return typeof event?.type === "string" ? { type: event.type, data: event.data } : undefined;
  } catch {
    return undefined;
  }
}
