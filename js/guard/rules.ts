import type { Core } from "../core/core.js";
import type { GuardGlue } from "../core/glue.js";
import type { Guard as CoreGuard } from "../core/countersign-guard.js";
import type { CountersignError } from "../errors.js";
import type { Grants } from "./auth.js";
import { parseWithoutPrototypes } from "../options/own.js";
import type { Proof } from "./proofs.js";
import { AUTHORIZATION, type TokenSource } from "./sources.js";
import type { GlobalResponse, Refusal, Scheme } from "./types.js";

/** A response as the core describes it. */
interface Answer {
  readonly status: number;
  readonly headers: [name: string, value: string][];
  readonly body: string;
}

/** What an engine is to be asked about a proof, bytes in base64url. */
interface ProofQuestion {
  readonly algorithm: number;
  readonly jwk: string;
  readonly engineKey: string;
  readonly signature: string;
  readonly signedLength: number;
}

/** `Authorization` where proofs are accepted, in the core's numbers. */
const ANY_SCHEME = 5;

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
  readonly #core: Core<GuardGlue>;
  readonly #options: string;
  readonly #nonceSecret: Uint8Array | undefined;
  readonly #kept = new Map<string, { readonly number: number; readonly uses: number }>();
  #live: { readonly generation: number; readonly guard: CoreGuard } | undefined;

  constructor(core: Core<GuardGlue>, options: object, nonceSecret?: Uint8Array) {
    this.#core = core;
    this.#nonceSecret = nonceSecret;
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
      const [first = ""] = values;
      const length = memory.write(values.length > 1 ? values.join("\n") : first);
      return glue.credentials(kind, name === "" ? undefined : name, length) ? memory.text() : undefined;
    });
  }

  /** The same where proofs are accepted, with the scheme. */
  credentialsOfAnyScheme(
    source: TokenSource,
    values: readonly string[],
  ): { readonly scheme: Scheme; readonly token: string } | undefined {
    const kind = source.kind === AUTHORIZATION ? ANY_SCHEME : source.kind;
    const found = this.credentials({ ...source, kind }, values);
    if (found === undefined || kind !== ANY_SCHEME)
      return found === undefined ? found : { scheme: "Bearer", token: found };
    const [scheme = "", token = ""] = found.split(" ");
    return { scheme: scheme as Scheme, token };
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

  /**
   * @param now Seconds.
   * @param key The thumbprint of the key of a proof that holds.
   * @param certificate The thumbprint of the client certificate.
   */
  authorize(claims: string, requirement: number, now: number, key?: string, certificate?: string): void {
    this.#run((guard) => {
      guard.authorize(this.#core.memory.write(claims), requirement, now, key, certificate);
    });
  }

  beginProof(lines: string): ProofQuestion {
    return JSON.parse(this.#run((guard) => guard.beginProof(lines))) as ProofQuestion;
  }

  /** @param now Seconds. */
  finishProof(lines: string, valid: boolean, method: string, url: string, token: string, now: number): Proof {
    const json = this.#run((guard) => guard.finishProof(lines, valid, method, url, token, now));
    return parseWithoutPrototypes(json) as Proof;
  }

  /** Seconds. */
  replayLifetime(): number {
    return this.#run((guard) => guard.replayLifetime());
  }

  grants(claims: string): Grants {
    return JSON.parse(this.#run((guard) => guard.grants(claims))) as Grants;
  }

  metadataResponse(method: string, url: string): GlobalResponse | undefined {
    const json = this.#run((guard) => guard.metadataResponse(method, pathOf(url)));
    if (json === undefined) return undefined;
    return toResponse(JSON.parse(json) as Answer);
  }

  /** @param now Seconds. */
  refusal(error: CountersignError, requirement: number | undefined, now: number): Refusal {
    const answer = this.#describe(error, requirement, now);
    return Object.freeze({ ...answer, error, response: () => toResponse(answer) });
  }

  #describe({ code, status }: CountersignError, requirement: number | undefined, now: number): Answer {
    if (requirement === undefined || !this.#core.isReady) return NO_CORE;
    try {
      return JSON.parse(this.#run((guard) => guard.refusal(code, status, requirement, now))) as Answer;
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
      this.#live = { generation, guard: this.#core.run((glue) => new glue.Guard(this.#options, this.#nonceSecret)) };
    }
    return this.#live.guard;
  }
}

function toResponse({ status, headers, body }: Answer): GlobalResponse {
  return new Response(body === "" ? null : body, { status, headers });
}

/** The path of a request, whose URL is absolute or, with `node:http`, begins with it. */
function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
}
