import type { Core } from "../core/core.js";
import type { Guard as CoreGuard } from "../core/countersign.js";
import type { CountersignError } from "../errors.js";
import type { Grants } from "./auth.js";
import type { TokenSource } from "./sources.js";
import type { GlobalResponse, Refusal } from "./types.js";

/** A response as the core describes it. */
interface Answer {
  readonly status: number;
  readonly headers: [name: string, value: string][];
  readonly body: string;
}

/** Where there is no core that could say it. */
const NO_CORE: Answer = {
  status: 500,
  headers: [
    ["Content-Type", "application/json"],
    ["Cache-Control", "no-store"],
  ],
  body: '{"error":"server_error","error_description":"the token could not be checked"}',
};

/** The rules of a guard, which are in the core: made at first use, and made again after a restart of it. */
export class Rules {
  readonly #core: Core;
  readonly #options: string;
  readonly #kept = new Map<string, { readonly number: number; readonly uses: number }>();
  #live: { readonly generation: number; readonly guard: CoreGuard } | undefined;

  constructor(core: Core, options: object) {
    this.#core = core;
    this.#options = JSON.stringify(options);
    if (core.isReady) this.#guard();
  }

  get isReady(): boolean {
    return this.#core.isReady;
  }

  async load(): Promise<void> {
    if (!this.#core.isReady) await this.#core.load();
  }

  credentials({ kind, name }: TokenSource, values: readonly string[]): string | undefined {
    return this.#core.run((glue) => {
      const { memory } = this.#core;
      return glue.credentials(kind, name, memory.write(values.join("\n"))) ? memory.text() : undefined;
    });
  }

  isPreflight(method: string, hasOrigin: boolean, hasRequestMethod: boolean): boolean {
    return this.#core.run((glue) => glue.isPreflight(method, hasOrigin, hasRequestMethod));
  }

  /**
   * Keeps a requirement, inside of another one if there is one. The number is good until the core is restarted. Equal ones
   * share it, so that routes that are made anew for each request do not pile up.
   */
  require(json: string, outer: number | undefined): number {
    const guard = this.#guard();
    const key = `${outer ?? ""} ${json}`;
    const known = this.#kept.get(key);
    const number = known?.number ?? this.#core.run(() => guard.require(json, outer));
    this.#kept.set(key, { number, uses: (known?.uses ?? 0) + 1 });
    return number;
  }

  release(requirement: number): void {
    try {
      const guard = this.#guard();
      for (const [key, { number, uses }] of this.#kept) {
        if (number !== requirement) continue;
        if (uses > 1) this.#kept.set(key, { number, uses: uses - 1 });
        else this.#kept.delete(key);
        if (uses === 1) {
          this.#core.run(() => {
            guard.release(requirement);
          });
        }
        return;
      }
    } catch {
      // Whatever has failed has forgotten it.
    }
  }

  isOptional(requirement: number): boolean {
    return this.#run((guard) => guard.isOptional(requirement));
  }

  /** Counts the restarts of the core, after which everything from it is made again. */
  get generation(): number {
    return this.#core.generation;
  }

  checkContext(context: object): void {
    this.#run((guard) => {
      guard.checkContext(JSON.stringify(context));
    });
  }

  /** @param now Seconds. */
  authorize(claims: string, requirement: number, now: number): void {
    this.#run((guard) => {
      guard.authorize(this.#core.memory.write(claims), requirement, now);
    });
  }

  grants(claims: string): Grants {
    return JSON.parse(this.#run((guard) => guard.grants(claims))) as Grants;
  }

  metadataResponse(method: string, path: string): GlobalResponse | undefined {
    const json = this.#run((guard) => guard.metadataResponse(method, path));
    if (json === undefined) return undefined;
    return toResponse(JSON.parse(json) as Answer);
  }

  refusal(error: CountersignError, requirement: number | undefined): Refusal {
    const answer = this.#describe(error, requirement);
    return Object.freeze({ ...answer, error, response: () => toResponse(answer) });
  }

  #describe({ code, status }: CountersignError, requirement: number | undefined): Answer {
    if (requirement === undefined || !this.#core.isReady) return NO_CORE;
    try {
      return JSON.parse(this.#run((guard) => guard.refusal(code, status, requirement))) as Answer;
    } catch {
      return NO_CORE;
    }
  }

  #run<T>(call: (guard: CoreGuard) => T): T {
    const guard = this.#guard();
    return this.#core.run(() => call(guard));
  }

  #guard(): CoreGuard {
    const { generation } = this.#core;
    if (this.#live?.generation !== generation) {
      this.#kept.clear();
      this.#live = { generation, guard: this.#core.run((glue) => new glue.Guard(this.#options)) };
    }
    return this.#live.guard;
  }
}

function toResponse({ status, headers, body }: Answer): GlobalResponse {
  return new Response(body === "" ? null : body, { status, headers });
}
