import type { Core } from "../core/core.js";
import type { Fetch as FetchRequest, Verifier as CoreVerifier } from "../core/countersign.js";
import { download } from "./download.js";
import { internalError } from "../errors.js";
import type { Fetch } from "../fetch.js";
import type { CoreInstance, LiveVerifier, SignatureAnswers } from "../core/instance.js";

/** Metadata, then keys; each once more if the core asks. Far from what any sound course of events needs. */
const MAX_STEPS = 8;

/** How often a request polls for the end of another request's download, in milliseconds. */
const POLL_INTERVAL = 20;

/** How long a request waits for fresh keys where there are stale ones, in milliseconds. */
const STALE_WAIT_MS = 1000;

/** A document that the core has accepted, to be given to the next instance after a restart. */
interface CachedDocument {
  readonly body: Uint8Array;
  readonly at: number;
}

/** A running download. */
interface InFlight {
  readonly finished: Promise<void>;
  /** By {@link clock}. */
  readonly startedAt: number;
  /** After how many milliseconds other requests stop waiting for it. */
  readonly timeoutMs: number;
  /** It looks for one missing key. Tokens of other keys need not wait for it. */
  readonly forMissing: boolean;
}

/** A time, in whole seconds, in which the keys of one verifier are fresh. */
interface FreshWindow {
  readonly live: LiveVerifier<SignatureAnswers>;
  readonly from: number;
  readonly until: number;
}

/** Fetches and waits for the core's key cache. The core decides when to fetch, and what the answer means. */
export class JwksDriver {
  readonly #core: Core;
  readonly #instance: CoreInstance<SignatureAnswers>;
  readonly #sharesPromises: boolean;
  readonly #fetch: Fetch | undefined;
  readonly #now: () => number;
  readonly #documents = new Map<string, CachedDocument>();
  #inFlight: InFlight | undefined;
  /** Saves asking the core for every token. */
  #freshWindow: FreshWindow | undefined;
  /** Why the latest download failed: the `cause` of `jwks_unavailable`. */
  #cause: unknown;

  constructor(
    core: Core,
    instance: CoreInstance<SignatureAnswers>,
    sharesPromises: boolean,
    fetch: Fetch | undefined,
    now: () => number,
  ) {
    this.#core = core;
    this.#instance = instance;
    this.#sharesPromises = sharesPromises;
    this.#fetch = fetch;
    this.#now = now;
    instance.restore = this.#restore.bind(this);
  }

  /** Whether keys were ever loaded. Says nothing about their age, which the core checks at each verification. */
  get hasKeys(): boolean {
    return this.#documents.size > 0;
  }

  /**
   * Waits for fresh keys before a verification, so that a withdrawn one verifies nothing any more; but not for long where
   * there are stale ones, so that a server that hangs delays no request. `undefined`: there is nothing to wait for.
   */
  ready(): Promise<void> | undefined {
    return this.hasKeys ? this.#waitBriefly() : this.fresh();
  }

  /** Waits until the core has fresh keys. `undefined`: it has. */
  fresh(): Promise<void> | undefined {
    const pending = this.#downloading();
    if (pending !== undefined) return this.#load(this.#wait(pending));
    const request = this.#ask("need");
    return request && this.#load(this.#fetchDocument(request));
  }

  /** Refetches after a token whose key is missing or unsuitable, if the core allows it. Returns whether there may be others now. */
  async missed(): Promise<boolean> {
    const pending = this.#downloading();
    const request = pending === undefined ? this.#ask("missed") : undefined;
    if (pending !== undefined) await this.#load(this.#wait(pending));
    else if (request !== undefined) await this.#load(this.#fetchDocument(request, true), true);
    else return false;
    return true;
  }

  /** Revalidates keys that may be stale, without waiting. */
  refresh(): void {
    if (this.hasKeys) this.#inBackground(() => this.fresh());
  }

  /** Looks for a missing key, without waiting: the next token that names it may find it. */
  refetchInBackground(): void {
    this.#inBackground(() => this.missed());
  }

  #waitBriefly(): Promise<void> | undefined {
    const pending = this.#downloading();
    // A search for a missing key says nothing against the others.
    if (pending?.forMissing) return undefined;
    if (pending !== undefined) return this.#wait(pending, STALE_WAIT_MS);
    const request = this.#ask("need");
    return request && waitAtMost(this.#load(this.#fetchDocument(request)), STALE_WAIT_MS);
  }

  /** Runs work in the background, where the host lets work outlive a request. Failures are told to those who wait. */
  #inBackground(work: () => Promise<unknown> | undefined): void {
    if (!this.#sharesPromises || this.#downloading() !== undefined) return;
    try {
      work()?.catch(() => undefined);
    } catch {
      // As above.
    }
  }

  /** Waits for a download, and performs those that the core asks for after it: metadata, then keys. */
  async #load(finished: Promise<void>, forMissing = false): Promise<void> {
    await finished;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const pending = this.#downloading();
      const request = pending === undefined ? this.#ask("need") : undefined;
      if (pending !== undefined) await this.#wait(pending);
      else if (request !== undefined) await this.#fetchDocument(request, forMissing);
      else return;
    }
    throw internalError("fetching keys does not come to an end");
  }

  #ask(question: "need" | "missed"): FetchRequest | undefined {
    const now = this.#now();
    const live = this.#instance.get();
    const window = this.#freshWindow;
    if (question === "need" && window?.live === live && now >= window.from && now < window.until) return undefined;
    this.#freshWindow = undefined;
    const { verifier } = live;
    try {
      const request = requestOf(verifier[question](now));
      this.#freshWindow = { live, from: now, until: verifier.calm(now) };
      return request;
    } catch (thrown) {
      throw this.#core.failure(thrown, this.#cause);
    }
  }

  /** The running download, unless its request was cancelled. */
  #downloading(): InFlight | undefined {
    const pending = this.#inFlight;
    // Where the clock was set back by more than a download may take, it says nothing about this one.
    return pending !== undefined && Math.abs(clock() - pending.startedAt) < pending.timeoutMs ? pending : undefined;
  }

  async #fetchDocument(request: FetchRequest, forMissing = false): Promise<void> {
    const finished = this.#download(request);
    const pending = { finished, startedAt: clock(), timeoutMs: (request.timeout + 1) * 1000, forMissing };
    this.#inFlight = pending;
    try {
      await finished;
    } finally {
      if (this.#inFlight === pending) this.#inFlight = undefined;
    }
  }

  /** Waits for another call's download. */
  async #wait(pending: InFlight, limit: number = pending.timeoutMs): Promise<void> {
    const left = Math.min(limit, pending.startedAt + limit - clock());
    if (this.#sharesPromises) return waitAtMost(pending.finished, left);
    // A promise of another request must not be awaited here, and its request may have been cancelled. Looks are counted
    // too, because on Workers the clock is the wall's.
    for (let looks = left / POLL_INTERVAL; looks > 0 && clock() - pending.startedAt < limit; looks -= 1) {
      if (this.#downloading() !== pending) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
    }
  }

  async #download(request: FetchRequest): Promise<void> {
    const live = this.#instance.get();
    const outcome = await download(request, this.#fetch);
    const now = this.#now();
    // The core was restarted meanwhile, and asks again.
    if (live !== this.#instance.get()) return;
    try {
      this.#freshWindow = undefined;
      this.#cause = outcome.ok ? undefined : outcome.cause;
      if (!outcome.ok) {
        live.verifier.failure(request.id, outcome.reason, now);
      } else if (live.verifier.response(request.id, outcome.status, outcome.body, now)) {
        this.#documents.set(request.url, { body: outcome.body, at: now });
      }
    } catch (thrown) {
      throw this.#core.failure(thrown);
    }
  }

  /** Gives a new core instance the documents that the one before it had accepted, with their age. */
  #restore(verifier: CoreVerifier): void {
    const documents = new Map(this.#documents);
    const now = this.#now();
    try {
      for (;;) {
        const request = requestOf(verifier.need(now));
        const document = request && documents.get(request.url);
        if (request === undefined || document === undefined) return;
        documents.delete(request.url);
        verifier.response(request.id, 200, document.body, document.at);
      }
    } catch (thrown) {
      throw this.#core.failure(thrown);
    }
  }
}

/** Milliseconds, by a monotonic clock where the host has one. */
const clock = (): number => performance.now();

const requestOf = (json: string | undefined): FetchRequest | undefined =>
  json === undefined ? undefined : (JSON.parse(json) as FetchRequest);

/** Waits for a promise, but not longer than this many milliseconds. What comes of it afterwards concerns others. */
async function waitAtMost(promise: Promise<void>, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, milliseconds));
  });
  try {
    await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}
