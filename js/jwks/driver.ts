import type { Core } from "../core/core.js";
import type { Fetch as FetchRequest, Verifier as CoreVerifier } from "../core/glue-verifier.js";
import { download, type Download } from "./download.js";
import type { CoreInstance, LiveVerifier, SignatureAnswers } from "../core/instance.js";
import { AWAITED, DONE, FETCH, REFUSED, type Step } from "../core/outcome.js";
import type { ErrorCode } from "../errors.js";
import type { Host } from "../host/host.js";
import { read, StoredState, write, type CachedDocument } from "./state.js";
import type { KeySetEvent, KeySourceOptions } from "./types.js";
import { ignoringFailure, pollAtMost, waitAtMost } from "../wait.js";

/** A request that is under way, and those that follow from it. */
interface InFlight {
  /** The id of the last of them. */
  id: number;
  /** What came of those before it. */
  readonly documents: Map<string, CachedDocument>;
  finished: Promise<void>;
}

/** Makes the requests of the core's JWKS cache, and waits for them. What is fetched when, and who waits for how long, the core says. */
export class JwksDriver {
  readonly #core: Core;
  readonly #instance: CoreInstance<SignatureAnswers>;
  readonly #host: Host;
  readonly #options: KeySourceOptions;
  readonly #documents = new Map<string, CachedDocument>();
  readonly #store: StoredState | undefined;
  /** Whether keys ever came. */
  #isLoaded = false;
  #storeIsRead: boolean;
  #readingStore: Promise<void> | undefined;
  #inFlight: InFlight | undefined;
  #cause: unknown;

  constructor(core: Core, instance: CoreInstance<SignatureAnswers>, host: Host, options: KeySourceOptions) {
    this.#core = core;
    this.#instance = instance;
    this.#host = host;
    this.#options = options;
    const { store, source, staleIfError } = options;
    this.#store = store && new StoredState(store, source, staleIfError);
    this.#storeIsRead = store === undefined;
    instance.restore = this.#restore.bind(this);
  }

  /** Why the latest download failed: the `cause` of `jwks_unavailable`. */
  get cause(): unknown {
    return this.#cause;
  }

  /** Whether there is a store, and nobody has looked into it yet. */
  get hasUnreadStore(): boolean {
    return !this.#storeIsRead;
  }

  /** Takes what the store has, before anything is fetched. Never rejects. */
  async readStore(): Promise<void> {
    if (this.#storeIsRead) return;
    if (!this.#host.sharesPromises) return this.#readStore();
    this.#readingStore ??= this.#readStore();
    return this.#readingStore;
  }

  async #readStore(): Promise<void> {
    try {
      const state = await this.#store?.get();
      if (state !== undefined) this.import(state);
    } catch (error) {
      this.#tell({ type: "store_failed", error });
    }
    this.#storeIsRead = true;
  }

  /** The documents that the keys are from. `undefined`: there are no keys. */
  export(): string | undefined {
    return this.#isLoaded ? write(this.#options.issuer, this.#documents.values()) : undefined;
  }

  /** Takes the documents of {@link export}. Whether their keys are in use now. */
  import(state: unknown): boolean {
    const documents = read(this.#options.issuer, state);
    if (documents === undefined) return false;
    const { verifier } = this.#instance.get();
    const before = this.#kids(verifier);
    const isTaken = this.#core.run(() => {
      const now = this.#options.now();
      return documents.some(({ url, status, body, fields, at }) => verifier.stored(url, status, body, fields, at, now));
    });
    if (!isTaken) return false;
    this.#isLoaded = true;
    this.#documents.clear();
    for (const document of documents) this.#documents.set(document.url, document);
    this.#tell({ type: "imported", ...difference(before, this.#kids(verifier)) });
    return true;
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
    if (this.#host.sharesPromises || step.request !== undefined) await waitAtMost(pending.finished, step.wait);
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
    const pending: InFlight = { id: request.id, documents: new Map(), finished: Promise.resolve() };
    this.#inFlight = pending;
    pending.finished = this.#download(live, request, pending);
    const ended = pending.finished.catch(() => undefined);
    this.#inBackground(ended);
  }

  /** `undefined`: there is nothing to wait for. */
  #loadStep(live: LiveVerifier<SignatureAnswers>, attempt: number): Step | undefined {
    try {
      const outcome = live.verifier.load(attempt, this.#options.now());
      return outcome === DONE ? undefined : this.#core.memory.step(outcome);
    } catch (thrown) {
      throw this.#core.failure(thrown, this.#cause);
    }
  }

  async #download(live: LiveVerifier<SignatureAnswers>, first: FetchRequest, pending: InFlight): Promise<void> {
    try {
      for (let request: FetchRequest | undefined = first; request !== undefined;) {
        pending.id = request.id;
        const outcome = await this.#answerTo(request);
        // Where the core was restarted meanwhile, it asks again.
        request =
          this.#core.generation === live.generation
            ? this.#report(live, request, outcome, pending.documents)
            : undefined;
      }
    } finally {
      if (this.#inFlight === pending) this.#inFlight = undefined;
    }
  }

  #answerTo(request: FetchRequest): Promise<Download> {
    const { keys, fetch } = this.#options;
    if (keys !== undefined) return called(request, keys);
    // To another origin, a page would have to be allowed to send the tag.
    const { ifNoneMatch } = request;
    if (ifNoneMatch === undefined || this.#host.name === "browser") return download(request, fetch);
    return download(request, fetch, { headers: { accept: "application/json", "if-none-match": ifNoneMatch } });
  }

  /** Tells the core what came of a request. The answer is the one that follows from it. */
  #report(
    { verifier }: LiveVerifier<SignatureAnswers>,
    request: FetchRequest,
    given: Download,
    earlier: Map<string, CachedDocument>,
  ): FetchRequest | undefined {
    const now = this.#options.now();
    const { url } = request;
    this.#cause = given.ok ? undefined : given.cause;
    try {
      if (!given.ok) {
        verifier.failure(request.id, given.reason, now);
        const code = given.reason === "too_large" ? "response_too_large" : "jwks_unavailable";
        this.#tell({ type: "failed", url, code, error: given.cause });
        return undefined;
      }
      const { status, body, fields } = given;
      const before = this.#kids(verifier);
      const outcome = verifier.response(request.id, status, body, fields, now);
      if (outcome === FETCH) {
        earlier.set(url, { url, status, body, fields, at: now });
        return this.#core.memory.step(outcome).request;
      }
      if (outcome === REFUSED) {
        this.#tell({ type: "failed", url, status, code: this.#core.memory.text() as ErrorCode });
        return undefined;
      }
      const isConfirmed = status === 304;
      if (status !== 200 && !isConfirmed) {
        // Keys are fetched one by one, and there is none under this ID, or none any more.
        const code = "key_not_found";
        this.#tell({ type: "failed", url, status, code, ...difference(before, this.#kids(verifier)) });
        return undefined;
      }
      this.#isLoaded = true;
      const known = this.#documents.get(url);
      // Metadata that was asked for anew is in place of whatever led to other keys before.
      if (earlier.size > 0) this.#documents.clear();
      for (const [before, document] of earlier) this.#documents.set(before, document);
      if (!isConfirmed) this.#documents.set(url, { url, status, body, fields, at: now });
      else if (known !== undefined) this.#documents.set(url, { ...known, fields: confirmed(known, fields), at: now });
      this.#tell({ type: isConfirmed ? "confirmed" : "replaced", url, ...difference(before, this.#kids(verifier)) });
      this.#writeStore();
      return undefined;
    } catch (thrown) {
      throw this.#core.failure(thrown);
    }
  }

  #writeStore(): void {
    const state = this.export();
    if (this.#store === undefined || state === undefined) return;
    const written = this.#store.set(state).catch((error: unknown) => {
      this.#tell({ type: "store_failed", error });
    });
    this.#inBackground(written);
  }

  /** Lets the host finish what no request waits for. */
  #inBackground(work: Promise<unknown>): void {
    // Without the host's leave it may be cut short, which the core counts with.
    ignoringFailure(() => this.#options.waitUntil?.(work));
  }

  #tell(event: Omit<KeySetEvent, "issuer">): void {
    const { onKeySetEvent, issuer } = this.#options;
    ignoringFailure(() => onKeySetEvent?.(Object.freeze({ issuer, ...event })));
  }

  /** The key IDs, if somebody wants to know. */
  #kids(verifier: CoreVerifier): readonly string[] {
    if (this.#options.onKeySetEvent === undefined) return [];
    const { keys } = JSON.parse(verifier.keys()) as { readonly keys: readonly { readonly kid?: string }[] };
    return keys.map(({ kid }) => kid ?? "");
  }

  /** Gives a new core instance the documents that the one before it had accepted, with their age. */
  #restore(verifier: CoreVerifier): void {
    try {
      const now = this.#options.now();
      for (const { url, status, body, fields, at } of this.#documents.values()) {
        verifier.stored(url, status, body, fields, at, now);
      }
    } catch (thrown) {
      throw this.#core.failure(thrown);
    }
  }
}

/** Asks the application's function for the keys of an issuer that it is itself. */
async function called({ timeout, maxBytes }: FetchRequest, keys: () => unknown): Promise<Download> {
  let answer: unknown;
  try {
    const given = (async () => {
      answer = await keys();
    })();
    await waitAtMost(given, timeout * 1000);
    if (answer === undefined) return { ok: false, reason: "timeout", cause: new Error("`jwks` gave no keys in time") };
    const body = new TextEncoder().encode(typeof answer === "string" ? answer : JSON.stringify(answer));
    if (body.length > maxBytes)
      return { ok: false, reason: "too_large", cause: new Error("`jwks` gave too many keys") };
    return { ok: true, status: 200, body, fields: "" };
  } catch (cause) {
    return { ok: false, reason: "network", cause };
  }
}

/** The header fields of a document that was confirmed: what the confirmation does not have stays (RFC 9111 §3.2). */
function confirmed({ fields }: CachedDocument, given: string): string {
  const before = fields.split("\n");
  const after = given.split("\n");
  // The age is that of this answer alone.
  const newer = (at: number): string | undefined => (after[at] === "" ? before[at] : after[at]);
  return [newer(0), after[1], newer(2)].join("\n");
}

function difference(before: readonly string[], after: readonly string[]): Pick<KeySetEvent, "added" | "removed"> {
  const without = (list: readonly string[], other: readonly string[]): string[] =>
    list.filter((kid) => kid !== "" && !other.includes(kid));
  return { added: without(after, before), removed: without(before, after) };
}
