import { CountersignError } from "../errors.js";
import { openBrowser } from "./browser.js";
import { CliAuthError } from "./error.js";
import { listen, type Answered, type LoopbackOptions } from "./loopback.js";
import type { CliClient, LoginParams, Tokens } from "./types.js";

/** Seconds that a user has, where nothing else is said. */
const TIMEOUT = 300;

/** Codes of what is no response to this sign-in, but some request of somebody's. */
const NOT_OURS: ReadonlySet<string> = new Set(["state_mismatch", "authorization_response_invalid"]);

/** Signs in by the user's browser, which comes back to this process (RFC 8252). */
export async function signInByLoopback(
  client: CliClient,
  params: LoginParams,
  resources: readonly string[],
): Promise<Tokens> {
  const { scope, maxAge, host = "127.0.0.1", port = 0, path = "/callback" } = params;
  const loopback = await listen({ host, port, path } satisfies LoopbackOptions);
  try {
    const { redirectUri } = loopback;
    const { url, transaction } = await client.authorize({
      redirectUri,
      ...(scope !== undefined && { scope }),
      ...(maxAge !== undefined && { maxAge }),
      ...paramsOf(params, resources),
    });
    // A token request names one, and has a token for it (RFC 8707 §2.2). The others come by the refresh token.
    const [first] = resources;
    const own = first === undefined ? transaction : { ...transaction, resource: [first] };
    let outcome: { readonly tokens: Tokens } | { readonly error: unknown } | undefined;
    const judge = async (query: string): Promise<Answered> => {
      try {
        outcome = { tokens: await client.callback(`?${query}`, own) };
        return { kind: "done" };
      } catch (error) {
        if (error instanceof CountersignError && NOT_OURS.has(error.code)) return { kind: "other" };
        outcome = { error };
        return { kind: "failed", message: error instanceof Error ? error.message : "The sign-in has failed." };
      }
    };
    const finished = loopback.wait(judge);
    const isOpened = await (params.openBrowser ?? openBrowser)(url);
    params.onAuthorize?.({ url, isOpened });
    await inTime(finished, params);
    if (outcome === undefined) throw new CliAuthError("timed_out", "the sign-in has no outcome");
    if ("error" in outcome) throw outcome.error;
    return outcome.tokens;
  } finally {
    await loopback.close();
  }
}

/** Signs in by a code that the user enters in a browser anywhere (RFC 8628). */
export async function signInByDevice(
  client: CliClient,
  params: LoginParams,
  resources: readonly string[],
): Promise<Tokens> {
  const { scope, onPrompt } = params;
  if (client.device === undefined)
    throw new CliAuthError("device_unsupported", "the client has no sign-in by device code");
  // Nothing is asked once the sign-in is over.
  const controller = new AbortController();
  const events = client.device({
    signal: controller.signal,
    ...(scope !== undefined && { scope }),
    ...paramsOf(params, resources),
  });
  const work = async (): Promise<Tokens> => {
    for await (const event of events) {
      if (event.type === "tokens") return event.tokens;
      onPrompt?.(event);
    }
    throw new CliAuthError("timed_out", "the device code is over");
  };
  try {
    return await inTime(work(), params);
  } finally {
    controller.abort();
  }
}

/** The parameters of a request, with the APIs that tokens are wanted for. */
function paramsOf({ params }: LoginParams, resources: readonly string[]): Pick<LoginParams, "params"> {
  if (resources.length === 0) return params === undefined ? {} : { params };
  return { params: { ...params, resource: resources } };
}

/** Waits for as long as the user has. */
async function inTime<T>(work: Promise<T>, { timeout = TIMEOUT, signal }: LoginParams): Promise<T> {
  work.catch(() => undefined);
  let timer: ReturnType<typeof setTimeout> | undefined;
  let abort: (() => void) | undefined;
  const over = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new CliAuthError("timed_out", `nobody has finished the sign-in in ${timeout} seconds`));
    }, timeout * 1000);
    abort = () => {
      reject(new CliAuthError("aborted", "the sign-in was ended before it was finished", signal?.reason));
    };
    if (signal?.aborted === true) abort();
    signal?.addEventListener("abort", abort, { once: true });
  });
  try {
    return await Promise.race([work, over]);
  } finally {
    clearTimeout(timer);
    if (abort !== undefined) signal?.removeEventListener("abort", abort);
  }
}
