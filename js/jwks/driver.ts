import type { Core } from "../core/core.js";
import type { Fetch as FetchRequest, Verifier as CoreVerifier } from "../core/countersign.js";
import { download } from "./download.js";
import { internalError } from "../errors.js";
import type { Fetch } from "../fetch.js";
import type { Handle, Held } from "../core/instance.js";
import type { Host } from "../host/host.js";

/** Metadata, then keys; each once more if the core asks. Far from what any sound course of events needs. */
const MAX_STEPS = 8;

/** How often a request looks whether another request's download has arrived, in milliseconds. */
const POLL_INTERVAL = 20;

/** How long a request waits for fresher keys than those at hand where it cannot leave the download to itself, likewise. */
const PATIENCE = 1000;

/** A body that verification stands on, kept for a restart of the core. */
interface Kept {
  readonly body: Uint8Array;
  readonly at: number;
}

/** A download that is under way. */
interface Flight {
  readonly landed: Promise<void>;
  /** By {@link clock}. */
  readonly began: number;
  /** After how many milliseconds a request that does not see it land gives up on it. */
  readonly lasts: number;
  /** It looks for one more key. Whoever does not need that one goes on with the keys at hand. */
  readonly forMissing: boolean;
}

/** A time, in whole seconds, in which one verifier of the core wants nothing. */
interface Calm {
  readonly held: Held;
  readonly from: number;
  readonly until: number;
}

/** Does for the core's key cache what the core cannot do: fetch, and wait. When to fetch, and what to make of it, the core says. */
export class RemoteKeys {
  readonly #core: Core;
  readonly #handle: Handle;
  readonly #host: Host;
  readonly #fetch: Fetch | undefined;
  readonly #now: () => number;
  readonly #kept = new Map<string, Kept>();
  #flight: Flight | undefined;
  /** What the core has said of its needs, so that it is not asked for every token. */
  #calm: Calm | undefined;
  /** Why the latest download failed: the `cause` of `jwks_unavailable`. */
  #cause: unknown;

  constructor(core: Core, handle: Handle, host: Host, fetch: Fetch | undefined, now: () => number) {
    this.#core = core;
    this.#handle = handle;
    this.#host = host;
    this.#fetch = fetch;
    this.#now = now;
    handle.restore = this.#restore.bind(this);
  }

  /** Keys were loaded once. Whether they are too old to verify with, the core says whenever it is to do it. */
  get atHand(): boolean {
    return this.#kept.size > 0;
  }

  /**
   * Before a verification. Fresh keys are waited for, so that a withdrawn one verifies nothing any more; but with keys at
   * hand not for long, so that a server that hangs holds nobody up. `undefined`: there is nothing to wait for.
   */
  ready(): Promise<void> | undefined {
    return this.atHand ? this.#briefly() : this.fresh();
  }

  /** Waits until the core has keys that are fresh enough. `undefined`: it has. */
  fresh(): Promise<void> | undefined {
    const flight = this.#flying();
    if (flight !== undefined) return this.#load(this.#wait(flight));
    const request = this.#ask("need");
    return request && this.#load(this.#fly(request));
  }

  /** After a token whose key is missing or no good: fetches anew if the core allows it. Says whether there may be others now. */
  async missed(): Promise<boolean> {
    const flight = this.#flying();
    const request = flight === undefined ? this.#ask("missed") : undefined;
    if (flight !== undefined) await this.#load(this.#wait(flight));
    else if (request !== undefined) await this.#load(this.#fly(request, true), true);
    else return false;
    return true;
  }

  /** {@link fresh}, without waiting, for keys that are at hand but may no longer be fresh. */
  refresh(): void {
    if (this.atHand) this.#behind(() => this.fresh());
  }

  /** {@link missed}, without waiting: the next token that names the key may find it. */
  seek(): void {
    this.#behind(() => this.missed());
  }

  #briefly(): Promise<void> | undefined {
    const flight = this.#flying();
    // A search for a missing key says nothing against the keys at hand.
    if (flight?.forMissing) return undefined;
    if (flight !== undefined) return this.#wait(flight, PATIENCE);
    const request = this.#ask("need");
    return request && atMost(this.#load(this.#fly(request)), PATIENCE);
  }

  /** Works on behind the caller's back, where the host lets work outlive a request. Whoever can wait is told of failures. */
  #behind(work: () => Promise<unknown> | undefined): void {
    if (!this.#host.sharesPromises || this.#flying() !== undefined) return;
    try {
      work()?.catch(() => undefined);
    } catch {
      // As above.
    }
  }

  /** The first download, and those that the core wants after it: metadata, then keys. */
  async #load(landed: Promise<void>, forMissing = false): Promise<void> {
    await landed;
    for (let step = 0; step < MAX_STEPS; step += 1) {
      const flight = this.#flying();
      const request = flight === undefined ? this.#ask("need") : undefined;
      if (flight !== undefined) await this.#wait(flight);
      else if (request !== undefined) await this.#fly(request, forMissing);
      else return;
    }
    throw internalError("fetching keys does not come to an end");
  }

  #ask(question: "need" | "missed"): FetchRequest | undefined {
    const now = this.#now();
    const held = this.#handle.get();
    const calm = this.#calm;
    if (question === "need" && calm?.held === held && now >= calm.from && now < calm.until) return undefined;
    this.#calm = undefined;
    const { verifier } = held;
    try {
      const request = requestOf(verifier[question](now));
      this.#calm = { held, from: now, until: verifier.calm(now) };
      return request;
    } catch (thrown) {
      throw this.#core.failure(thrown, this.#cause);
    }
  }

  /** The download that is under way, unless its request was cancelled. */
  #flying(): Flight | undefined {
    const flight = this.#flight;
    // Where the clock was set back by more than a flight lasts, it says nothing of this one any more.
    return flight !== undefined && Math.abs(clock() - flight.began) < flight.lasts ? flight : undefined;
  }

  async #fly(request: FetchRequest, forMissing = false): Promise<void> {
    const landed = this.#perform(request);
    const flight = { landed, began: clock(), lasts: (request.timeout + 1) * 1000, forMissing };
    this.#flight = flight;
    try {
      await landed;
    } finally {
      if (this.#flight === flight) this.#flight = undefined;
    }
  }

  /** Waits for what another call has sent for. */
  async #wait(flight: Flight, patience: number = flight.lasts): Promise<void> {
    const left = Math.min(patience, flight.began + patience - clock());
    if (this.#host.sharesPromises) return atMost(flight.landed, left);
    // A promise of another request must not be awaited here, and its request may have been cancelled. Looks are counted
    // too, because on Workers the clock is the wall's.
    for (let looks = left / POLL_INTERVAL; looks > 0 && clock() - flight.began < patience; looks -= 1) {
      if (this.#flying() !== flight) return;
      await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
    }
  }

  async #perform(request: FetchRequest): Promise<void> {
    const held = this.#handle.get();
    const outcome = await download(request, this.#fetch);
    const now = this.#now();
    // The core was restarted meanwhile, and asks again.
    if (held !== this.#handle.get()) return;
    try {
      this.#calm = undefined;
      this.#cause = outcome.ok ? undefined : outcome.cause;
      if (!outcome.ok) {
        held.verifier.failure(request.id, outcome.reason, now);
      } else if (held.verifier.response(request.id, outcome.status, outcome.body, now)) {
        this.#kept.set(request.url, { body: outcome.body, at: now });
      }
    } catch (thrown) {
      throw this.#core.failure(thrown);
    }
  }

  /** Gives a fresh core the documents that the one before it had taken, as old as they are. */
  #restore(verifier: CoreVerifier): void {
    const kept = new Map(this.#kept);
    const now = this.#now();
    try {
      for (;;) {
        const request = requestOf(verifier.need(now));
        const document = request && kept.get(request.url);
        if (request === undefined || document === undefined) return;
        kept.delete(request.url);
        verifier.response(request.id, 200, document.body, document.at);
      }
    } catch (thrown) {
      throw this.#core.failure(thrown);
    }
  }
}

/** Milliseconds, by a clock that nobody sets where the host has one. */
const clock = (): number => performance.now();

const requestOf = (json: string | undefined): FetchRequest | undefined =>
  json === undefined ? undefined : (JSON.parse(json) as FetchRequest);

/** Waits for a promise, but not longer than this many milliseconds. What comes of it afterwards concerns others. */
async function atMost(promise: Promise<void>, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const patience = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, Math.max(0, milliseconds));
  });
  try {
    await Promise.race([promise, patience]);
  } finally {
    clearTimeout(timer);
  }
}
