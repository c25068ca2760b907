import type { Core } from "../core/core.js";
import type { Fetch as FetchRequest, Verifier as CoreVerifier } from "../core/glue-verifier.js";
import type { Download } from "./download.js";
import type { CoreInstance, LiveVerifier, SignatureAnswers, VerifierByOptions } from "../core/instance.js";
import { AWAITED, DONE, type Step } from "../core/outcome.js";
import type { Host } from "../host/host.js";
import { JwksDriver, type KeyNews } from "./driver.js";
import type { CachedDocument } from "./state.js";
import type { KeySetEvent, KeySourceOptions } from "./types.js";
import { ignoringFailure, waitAtMost } from "../wait.js";

/** The driver of a verifier of the application's: its own keys, its store, and what it wants to hear. */
export class KeySourceDriver extends JwksDriver {
  /** Whether keys ever came. */
  #isLoaded = false;
  #storeIsRead: boolean;
  #readingStore: Promise<void> | undefined;

  constructor(core: Core, instance: CoreInstance<SignatureAnswers>, host: Host, options: KeySourceOptions) {
    super(core, instance, host, options);
    this.#storeIsRead = options.store === undefined;
  }

  /** Whether there is a store, and nobody has looked into it yet. */
  get hasUnreadStore(): boolean {
    return !this.#storeIsRead;
  }

  /** Takes what the store has, before anything is fetched. Never rejects. */
  async readStore(): Promise<void> {
    if (this.#storeIsRead) return;
    if (!this.host.sharesPromises) return this.#readStore();
    this.#readingStore ??= this.#readStore();
    return this.#readingStore;
  }

  async #readStore(): Promise<void> {
    try {
      const documents = await this.options.store?.get();
      if (documents !== undefined) this.take(documents);
    } catch (error) {
      this.#tell({ type: "store_failed", error });
    }
    this.#storeIsRead = true;
  }

  /** What the keys are from. `undefined`: there are no keys. */
  given(): Iterable<CachedDocument> | undefined {
    return this.#isLoaded ? this.documents.values() : undefined;
  }

  /** Takes documents that another instance had. Whether their keys are in use now. */
  take(documents: readonly CachedDocument[]): boolean {
    const { verifier } = this.instance.get();
    const before = this.#kids(verifier);
    const isTaken = this.core.run(() => {
      const now = this.options.now();
      return documents.some(({ url, status, body, fields, at }) => verifier.stored(url, status, body, fields, at, now));
    });
    if (!isTaken) return false;
    this.#isLoaded = true;
    this.documents.clear();
    for (const document of documents) this.documents.set(document.url, document);
    this.#tell({ type: "imported", ...difference(before, this.#kids(verifier)) });
    return true;
  }

  /** Loads fresh keys, unless there are. */
  async load(): Promise<void> {
    for (let attempt = AWAITED; ;) {
      const live = this.instance.get();
      const step = this.#loadStep(live, attempt);
      if (step === undefined) return;
      await this.perform(live, step);
      attempt = step.attempt;
    }
  }

  /** `undefined`: there is nothing to wait for. */
  #loadStep(live: LiveVerifier<SignatureAnswers>, attempt: number): Step | undefined {
    try {
      const outcome = (live.verifier as VerifierByOptions).load(attempt, this.options.now());
      return outcome === DONE ? undefined : this.core.memory.step(outcome);
    } catch (thrown) {
      throw this.core.failure(thrown, this.cause);
    }
  }

  protected override answerTo(request: FetchRequest): Promise<Download> {
    const { keys } = this.options;
    return keys === undefined ? super.answerTo(request) : called(request, keys);
  }

  protected override observe(verifier: CoreVerifier): (news: KeyNews) => void {
    const before = this.#kids(verifier);
    return (news) => {
      if (news.type === "failed") {
        // One of the keys that are fetched one by one may be gone.
        this.#tell(news.code === "key_not_found" ? { ...news, ...difference(before, this.#kids(verifier)) } : news);
        return;
      }
      this.#isLoaded = true;
      this.#tell({ ...news, ...difference(before, this.#kids(verifier)) });
      this.#writeStore();
    };
  }

  #writeStore(): void {
    const { store } = this.options;
    if (store === undefined) return;
    const written = store.set(this.documents.values()).catch((error: unknown) => {
      this.#tell({ type: "store_failed", error });
    });
    this.inBackground(written);
  }

  protected override inBackground(work: Promise<unknown>): void {
    // Without the host's leave it may be cut short, which the core counts with.
    ignoringFailure(() => this.options.waitUntil?.(work));
  }

  #tell(event: Omit<KeySetEvent, "issuer">): void {
    const { onKeySetEvent, issuer } = this.options;
    ignoringFailure(() => onKeySetEvent?.(Object.freeze({ issuer, ...event })));
  }

  /** The key IDs, if somebody wants to know. */
  #kids(verifier: CoreVerifier): readonly string[] {
    if (this.options.onKeySetEvent === undefined) return [];
    const { keys } = JSON.parse((verifier as VerifierByOptions).keys()) as {
      readonly keys: readonly { readonly kid?: string }[];
    };
    return keys.map(({ kid }) => kid ?? "");
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

function difference(before: readonly string[], after: readonly string[]): Pick<KeySetEvent, "added" | "removed"> {
  const without = (list: readonly string[], other: readonly string[]): string[] =>
    list.filter((kid) => kid !== "" && !other.includes(kid));
  return { added: without(after, before), removed: without(before, after) };
}
