import { verifierUnavailable } from "../errors.js";
import type { Verifier } from "../verifier/types.js";
import { pollAtMost, waitAtMost } from "../wait.js";
import { isVerifier } from "./options.js";
import { isIn, type Period } from "./period.js";

/** Verifiers that are kept, those of the issuers that were asked for last. */
const MAX_KNOWN = 100;
/** Refusals and failures that are kept, apart: made-up issuers take no verifier's room. */
const MAX_REFUSED = 1000;
/** Calls of the application's function at a time. */
const MAX_PENDING = 16;
/** The longest issuer that is asked about, in characters. */
const MAX_ISSUER = 2048;

// Milliseconds.
const KNOWN_FOR = 600_000;
const UNKNOWN_FOR = 60_000;
const RETRY_AFTER = 5000;
/** How long a verifier serves that the function has failed to confirm. */
const STALE_FOR = 3_600_000;
/** How long a call of the function takes at most. */
const LIMIT = 5000;

const CROWDED = (): Error => new Error("too many calls are under way");

/** What came of a call of the application's function, and counts until that is asked again. */
interface Answer extends Period {
  readonly verifier?: Verifier;
  /** Why there is neither a verifier nor a "no". */
  readonly failure?: { readonly cause: unknown };
  /** When the function was last heard. */
  readonly heardAt: number;
}

/** A call that is under way. */
interface Pending {
  readonly began: number;
  answer: Answer | undefined;
  finished: Promise<void>;
}

/** Asks the application's function for the verifier of an issuer, and keeps its answers. */
export class Resolver {
  readonly #choose: (issuer: string) => unknown;
  readonly #now: () => number;
  readonly #sharesPromises: boolean;
  readonly #known = new Map<string, Answer>();
  readonly #refused = new Map<string, Answer>();
  readonly #pending = new Map<string, Pending>();

  constructor(choose: (issuer: string) => unknown, now: () => number, sharesPromises: boolean) {
    this.#choose = choose;
    this.#now = now;
    this.#sharesPromises = sharesPromises;
  }

  /** `undefined` for an issuer that is not trusted. Rejects while that cannot be said. */
  async verifierOf(issuer: string): Promise<Verifier | undefined> {
    if (issuer.length > MAX_ISSUER) return undefined;
    const answer = this.#answerOf(issuer) ?? (await this.#ask(issuer));
    if (answer.failure !== undefined) throw verifierUnavailable(answer.failure.cause);
    return answer.verifier;
  }

  #answerOf(issuer: string): Answer | undefined {
    const now = this.#now();
    const known = this.#known.get(issuer);
    if (known !== undefined && isIn(now, known)) {
      // To the end of the row: the first to go is the one that was asked for longest ago.
      this.#known.delete(issuer);
      this.#known.set(issuer, known);
      return known;
    }
    const refused = this.#refused.get(issuer);
    return refused !== undefined && isIn(now, refused) ? refused : undefined;
  }

  /** Waits for the call that is under way for this issuer, or makes one. */
  async #ask(issuer: string): Promise<Answer> {
    for (let rounds = 0; rounds < 2; rounds += 1) {
      const other = this.#pending.get(issuer);
      if (other === undefined) break;
      // A promise of another request must not be awaited on some hosts.
      if (this.#sharesPromises) await waitAtMost(other.finished, LIMIT);
      else await pollAtMost(() => other.answer !== undefined, LIMIT);
      if (other.answer !== undefined) return other.answer;
      // Its request was cancelled, and nobody will hear of it. The first who finds out asks, and the rest wait for that.
      if (this.#pending.get(issuer) === other) this.#pending.delete(issuer);
    }
    if (this.#pending.has(issuer) || !this.#hasRoom()) return this.#stillGood(issuer) ?? this.#failed(CROWDED());
    const own: Pending = { began: performance.now(), answer: undefined, finished: Promise.resolve() };
    this.#pending.set(issuer, own);
    own.finished = this.#call(issuer, own);
    await waitAtMost(own.finished, LIMIT);
    if (own.answer === undefined) this.#settle(issuer, own, this.#failed(new Error("it took more than 5 seconds")));
    return own.answer ?? this.#failed(undefined);
  }

  #hasRoom(): boolean {
    if (this.#pending.size < MAX_PENDING) return true;
    const now = performance.now();
    for (const [issuer, { began }] of this.#pending) if (now - began >= LIMIT) this.#pending.delete(issuer);
    return this.#pending.size < MAX_PENDING;
  }

  /** Never rejects. */
  async #call(issuer: string, pending: Pending): Promise<void> {
    let answer: Answer;
    try {
      const verifier: unknown = await this.#choose(issuer);
      if (isVerifier(verifier)) await handOver(this.#known.get(issuer)?.verifier, verifier);
      const now = this.#now();
      answer = isVerifier(verifier)
        ? { verifier, heardAt: now, at: now, until: now + KNOWN_FOR }
        : { heardAt: now, at: now, until: now + UNKNOWN_FOR };
    } catch (cause) {
      answer = this.#failed(cause);
    }
    this.#settle(issuer, pending, answer);
  }

  #failed(cause: unknown): Answer {
    const now = this.#now();
    return { failure: { cause }, heardAt: now, at: now, until: now + RETRY_AFTER };
  }

  /** Keeps an answer, and gives it to those who wait. */
  #settle(issuer: string, pending: Pending, given: Answer): void {
    pending.answer = this.#keep(issuer, given);
    if (this.#pending.get(issuer) === pending) this.#pending.delete(issuer);
  }

  /** The verifier that the function has not confirmed for a while, and not for too long. */
  #stillGood(issuer: string): Answer | undefined {
    const known = this.#known.get(issuer);
    // By the distance: a clock that is set back a little takes no verifier away.
    return known !== undefined && Math.abs(this.#now() - known.heardAt) < STALE_FOR ? known : undefined;
  }

  #keep(issuer: string, given: Answer): Answer {
    const known = given.failure === undefined ? undefined : this.#stillGood(issuer);
    const answer = known === undefined ? given : { ...known, at: given.at, until: given.until };
    this.#known.delete(issuer);
    this.#refused.delete(issuer);
    if (answer.verifier === undefined) put(this.#refused, MAX_REFUSED, issuer, answer);
    else put(this.#known, MAX_KNOWN, issuer, answer);
    return answer;
  }
}

/**
 * Gives a verifier the keys of the one before it, which the function may make anew each time: so it has some while they cannot
 * be fetched. It takes them if they are what it would ask for itself.
 */
async function handOver(before: Partial<Verifier> | undefined, verifier: Partial<Verifier>): Promise<void> {
  if (before === undefined || before === verifier) return;
  try {
    const state = before.exportKeys?.();
    if (state !== undefined) await verifier.importKeys?.(state);
  } catch {
    // One of the application's own, say.
  }
}

/** Puts an entry at the end, and forgets the first where there is no room. */
function put(answers: Map<string, Answer>, limit: number, issuer: string, answer: Answer): void {
  answers.set(issuer, answer);
  const [first] = answers.keys();
  if (answers.size > limit && first !== undefined) answers.delete(first);
}
