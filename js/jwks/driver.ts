import type { Core } from "../core/core.js";
import type { Fetch as FetchRequest, Verifier as CoreVerifier } from "../core/countersign.js";
import { download, type Download } from "./download.js";
import type { Fetch } from "../fetch.js";
import type { CoreInstance, LiveVerifier, SignatureAnswers } from "../core/instance.js";
import { AWAITED, DONE, FETCH, REFUSED, type Step } from "../core/outcome.js";
import { pollAtMost, waitAtMost } from "../wait.js";

/** A response that the core has accepted, to be given to the next instance after a restart. */
interface CachedDocument {
  readonly status: number;
  readonly body: Uint8Array;
  readonly at: number;
}

/** A request that is under way, and those that follow from it. */
interface InFlight {
  /** The id of the last of them. */
  id: number;
  finished: Promise<void>;
}

/** Makes the requests of the core's JWKS cache, and waits for them. What is fetched when, and who waits for how long, the core says. */
export class JwksDriver {
  readonly #core: Core;
  readonly #instance: CoreInstance<SignatureAnswers>;
  readonly #sharesPromises: boolean;
  readonly #fetch: Fetch | undefined;
  readonly #now: () => number;
  readonly #documents = new Map<string, CachedDocument>();
  #inFlight: InFlight | undefined;
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

  /** Why the latest download failed: the `cause` of `jwks_unavailable`. */
  get cause(): unknown {
    return this.#cause;
  }

  /** Loads fresh keys, unless there are. */
  async load(): Promise<void> {
    for (let attempt = AWAITED; ;) {
      const live = this.#instance.get();
      const step = this.#loadStep(live, attempt);
      if (step === undefined) return;
      await this.perform(live, step);
      attempt = step.attempt;
    }
  }

  /** Does what a step asks for, and waits for as long as it says. */
  async perform(live: LiveVerifier<SignatureAnswers>, step: Step): Promise<void> {
    this.start(live, step);
    const pending = this.#inFlight;
    if (pending === undefined) return;
    const { id } = pending;
    // A promise of another request must not be awaited on some hosts.
    if (this.#sharesPromises || step.request !== undefined) await waitAtMost(pending.finished, step.wait);
    else await pollAtMost(() => this.#inFlight !== pending, step.wait);
    if (this.#inFlight === pending && this.#core.generation === live.generation) {
      this.#core.run(() => {
        live.verifier.pending(id, step.wait);
      });
    }
  }

  /** Makes the request that a step asks for, if it does. What comes of it is told to those who wait. */
  start(live: LiveVerifier<SignatureAnswers>, { request }: Step): void {
    if (request === undefined) return;
    const pending: InFlight = { id: request.id, finished: Promise.resolve() };
    this.#inFlight = pending;
    pending.finished = this.#download(live, request, pending);
    pending.finished.catch(() => undefined);
  }

  /** `undefined`: there is nothing to wait for. */
  #loadStep(live: LiveVerifier<SignatureAnswers>, attempt: number): Step | undefined {
    try {
      const outcome = live.verifier.load(attempt, this.#now());
      return outcome === DONE ? undefined : this.#core.memory.step(outcome);
    } catch (thrown) {
      throw this.#core.failure(thrown, this.#cause);
    }
  }

  async #download(live: LiveVerifier<SignatureAnswers>, first: FetchRequest, pending: InFlight): Promise<void> {
    try {
      for (let request: FetchRequest | undefined = first; request !== undefined;) {
        pending.id = request.id;
        const outcome: Download = await download(request, this.#fetch);
        // Where the core was restarted meanwhile, it asks again.
        request = this.#core.generation === live.generation ? this.#report(live, request, outcome) : undefined;
      }
    } finally {
      if (this.#inFlight === pending) this.#inFlight = undefined;
    }
  }

  /** Tells the core what came of a request. The answer is the one that follows from it. */
  #report(
    { verifier }: LiveVerifier<SignatureAnswers>,
    request: FetchRequest,
    given: Download,
  ): FetchRequest | undefined {
    const now = this.#now();
    this.#cause = given.ok ? undefined : given.cause;
    try {
      if (!given.ok) {
        verifier.failure(request.id, given.reason, now);
        return undefined;
      }
      const outcome = verifier.response(request.id, given.status, given.body, now);
      if (outcome !== REFUSED) this.#documents.set(request.url, { status: given.status, body: given.body, at: now });
      return outcome === FETCH ? this.#core.memory.step(outcome).request : undefined;
    } catch (thrown) {
      throw this.#core.failure(thrown);
    }
  }

  /** Gives a new core instance the documents that the one before it had accepted, with their age. */
  #restore(verifier: CoreVerifier): void {
    try {
      for (const [url, { status, body, at }] of this.#documents) verifier.restore(url, status, body, at);
    } catch (thrown) {
      throw this.#core.failure(thrown);
    }
  }
}
