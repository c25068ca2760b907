import type { Core } from "../core/core.js";
import type { Fetch as FetchRequest, Verifier as CoreVerifier } from "../core/glue-verifier.js";
import { download, type Download } from "./download.js";
import type { CoreInstance, LiveVerifier, SignatureAnswers } from "../core/instance.js";
import { FETCH, REFUSED, type Step } from "../core/outcome.js";
import type { ErrorCode } from "../errors.js";
import type { Host } from "../host/host.js";
import type { CachedDocument } from "./state.js";
import type { KeySetEvent, KeySourceOptions } from "./types.js";
import { pollAtMost, waitAtMost } from "../wait.js";

/** A request that is under way, and those that follow from it. */
interface InFlight {
  /** The id of the last of them. */
  id: number;
  /** What came of those before it. */
  readonly documents: Map<string, CachedDocument>;
  finished: Promise<void>;
}

/** What became of keys, before it is said whose they are. */
export type KeyNews = Omit<KeySetEvent, "issuer" | "added" | "removed">;

/** Makes the requests of the core's JWKS cache, and waits for them. What is fetched when, and who waits for how long, the core says. */
export class JwksDriver {
  protected readonly core: Core;
  protected readonly instance: CoreInstance<SignatureAnswers>;
  protected readonly host: Host;
  protected readonly options: KeySourceOptions;
  /** What the keys are from. */
  protected readonly documents: Map<string, CachedDocument> = new Map<string, CachedDocument>();
  /** By the address of the first request: several where each key has its own. One that is made again is in place of a lost one. */
  readonly #inFlight = new Map<string, InFlight>();
  #cause: unknown;

  constructor(core: Core, instance: CoreInstance<SignatureAnswers>, host: Host, options: KeySourceOptions) {
    this.core = core;
    this.instance = instance;
    this.host = host;
    this.options = options;
    instance.restore = this.#restore.bind(this);
  }

  /** Why the latest download failed: the `cause` of `jwks_unavailable`. */
  get cause(): unknown {
    return this.#cause;
  }

  /** Does what a step asks for, and waits for as long as it says. */
  async perform(live: LiveVerifier<SignatureAnswers>, step: Step): Promise<void> {
    this.start(live, step);
    const { request, wait, awaited } = step;
    const pending = [...this.#inFlight].find(([, { id }]) => id === awaited);
    if (pending === undefined) return;
    const [url, { finished }] = pending;
    const isPending = (): boolean => this.#inFlight.get(url) === pending[1];
    // A promise of another request must not be awaited on some hosts.
    if (this.host.sharesPromises || request !== undefined) await waitAtMost(finished, wait);
    else await pollAtMost(() => !isPending(), wait);
    if (isPending() && this.core.generation === live.generation) {
      this.core.run(() => {
        live.verifier.pending(awaited, wait);
      });
    }
  }

  /** Makes the request that a step asks for, if it does. What comes of it is told to those who wait. */
  start(live: LiveVerifier<SignatureAnswers>, { request }: Step): void {
    if (request === undefined) return;
    const pending: InFlight = { id: request.id, documents: new Map(), finished: Promise.resolve() };
    this.#inFlight.set(request.url, pending);
    pending.finished = this.#download(live, request, pending);
    const ended = pending.finished.catch(() => undefined);
    this.inBackground?.(ended);
  }

  async #download(live: LiveVerifier<SignatureAnswers>, first: FetchRequest, pending: InFlight): Promise<void> {
    try {
      for (let request: FetchRequest | undefined = first; request !== undefined;) {
        pending.id = request.id;
        const outcome = await this.answerTo(request);
        // Where the core was restarted meanwhile, it asks again.
        request =
          this.core.generation === live.generation
            ? this.#report(live, request, outcome, pending.documents)
            : undefined;
      }
    } finally {
      if (this.#inFlight.get(first.url) === pending) this.#inFlight.delete(first.url);
    }
  }

  protected answerTo(request: FetchRequest): Promise<Download> {
    const { fetch } = this.options;
    // To another origin, a page would have to be allowed to send the tag.
    const { ifNoneMatch } = request;
    if (ifNoneMatch === undefined || this.host.name === "browser") return download(request, fetch);
    return download(request, fetch, { headers: { accept: "application/json", "if-none-match": ifNoneMatch } });
  }

  /** Tells the core what came of a request. The answer is the one that follows from it. */
  #report(
    { verifier }: LiveVerifier<SignatureAnswers>,
    request: FetchRequest,
    given: Download,
    earlier: Map<string, CachedDocument>,
  ): FetchRequest | undefined {
    const now = this.options.now();
    const { url } = request;
    this.#cause = given.ok ? undefined : given.cause;
    try {
      const tell = this.observe?.(verifier);
      if (!given.ok) {
        verifier.failure(request.id, given.reason, now);
        const code = given.reason === "too_large" ? "response_too_large" : "jwks_unavailable";
        tell?.({ type: "failed", url, code, error: given.cause });
        return undefined;
      }
      const { status, body, fields } = given;
      const outcome = verifier.response(request.id, status, body, fields, now);
      if (outcome === FETCH) {
        earlier.set(url, { url, status, body, fields, at: now });
        return this.core.memory.step(outcome).request;
      }
      if (outcome === REFUSED) {
        tell?.({ type: "failed", url, status, code: this.core.memory.text() as ErrorCode });
        return undefined;
      }
      const isConfirmed = status === 304;
      if (status !== 200 && !isConfirmed) {
        // Keys are fetched one by one, and there is none under this ID, or none any more.
        tell?.({ type: "failed", url, status, code: "key_not_found" });
        return undefined;
      }
      const known = this.documents.get(url);
      // Metadata that was asked for anew is in place of whatever led to other keys before.
      if (earlier.size > 0) this.documents.clear();
      for (const [before, document] of earlier) this.documents.set(before, document);
      if (!isConfirmed) this.documents.set(url, { url, status, body, fields, at: now });
      else if (known !== undefined) this.documents.set(url, { ...known, fields: confirmed(known, fields), at: now });
      tell?.({ type: isConfirmed ? "confirmed" : "replaced", url });
      return undefined;
    } catch (thrown) {
      throw this.core.failure(thrown);
    }
  }

  /** Lets the host finish what no request waits for. */
  protected inBackground?(work: Promise<unknown>): void;

  /** Is asked before the core hears an answer, and answers who hears what came of it. */
  protected observe?(verifier: CoreVerifier): (news: KeyNews) => void;

  /** Gives a new core instance the documents that the one before it had accepted, with their age. */
  #restore(verifier: CoreVerifier): void {
    try {
      const now = this.options.now();
      for (const { url, status, body, fields, at } of this.documents.values()) {
        verifier.stored(url, status, body, fields, at, now);
      }
    } catch (thrown) {
      throw this.core.failure(thrown);
    }
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
