import { CountersignError, internalError, tokenMissing } from "../errors.js";
import type { VerifiedToken } from "../token.js";
import { decodeUnverified } from "../verifier/decode.js";
import type { Verifier } from "../verifier/types.js";
import { Authenticated } from "./auth.js";
import { readNeed, type ReadGuardOptions, type ReadNeed } from "./options.js";
import type { Rules } from "./rules.js";
import { COOKIE, type TokenSource } from "./sources.js";
import type { Auth, Authentication, GlobalResponse, GuardRequest, Refusal } from "./types.js";

/** The values of a header field of a request, each by itself where the host can tell. */
export type Fields = (name: string) => readonly string[];

/** What a request came to. */
type Judgement =
  | { readonly auth: Auth | undefined; readonly error?: never }
  /** `more` is what a challenge asks for beside the need, in the core's JSON. */
  | { readonly error: CountersignError; readonly more?: string };

/** One guard, with the needs of its routes so far. */
export class GuardImpl {
  readonly #rules: Rules;
  readonly #options: ReadGuardOptions;
  readonly #verifier: Verifier | undefined;
  /** `undefined`: that of the guard itself, which is all that a valid token is. */
  readonly #need: ReadNeed | undefined;
  readonly #outer: GuardImpl | undefined;
  #live: { readonly generation: number; readonly requirement: number } | undefined;

  constructor(
    rules: Rules,
    options: ReadGuardOptions,
    verifier: Verifier | undefined,
    need?: ReadNeed,
    outer?: GuardImpl,
  ) {
    this.#rules = rules;
    this.#options = options;
    this.#verifier = verifier;
    this.#need = need;
    this.#outer = outer;
    // An impossible need is reported here, if the core is loaded.
    if (rules.isReady) this.#requirement();
  }

  /** The same guard inside another need. */
  within(where: string, need: unknown): GuardImpl {
    return new GuardImpl(this.#rules, this.#options, this.#verifier, readNeed(where, need), this);
  }

  async authenticate(request: GuardRequest, fields: Fields): Promise<Authentication<Auth | undefined>> {
    const begin = performance.now();
    const judgement = await this.#judge(request, fields);
    this.#tell(judgement, performance.now() - begin);
    if (judgement.error === undefined) return { ok: true, auth: judgement.auth };
    return { ok: false, refusal: this.#refuse(judgement) };
  }

  /** The answer to a preflight, which has no credentials: nothing that would grant one. */
  async preflight(request: GuardRequest): Promise<GlobalResponse | undefined> {
    return (await this.isPreflight(request)) ? new Response(null, { status: 204 }) : undefined;
  }

  /** Whether a request is a preflight, and so for what answers these. */
  async isPreflight({ method, headers }: GuardRequest): Promise<boolean> {
    if (method !== "OPTIONS") return false;
    await this.#rules.load();
    const has = (name: string): boolean => headers.get(name) !== null;
    return this.#rules.isPreflight(method, has("origin"), has("access-control-request-method"));
  }

  /** What is sent for a refusal. Whatever a hook does, it stays one. */
  answer(refusal: Refusal, request: GuardRequest): GlobalResponse {
    return this.ownAnswer(refusal, request) ?? refusal.response();
  }

  /** The application's answer to a refusal, where it has one. */
  ownAnswer(refusal: Refusal, request: GuardRequest): GlobalResponse | undefined {
    try {
      const own = this.#options.onRefusal?.(refusal, request);
      return typeof own === "object" && own !== null ? own : undefined;
    } catch {
      // The guard answers, as without the hook.
      return undefined;
    }
  }

  metadataResponse({ method, url }: GuardRequest): GlobalResponse | undefined {
    return this.#rules.metadataResponse(method, pathOf(url));
  }

  /** The same, once the core is loaded. Never rejects: without a core there is none. */
  async metadata(request: GuardRequest): Promise<GlobalResponse | undefined> {
    try {
      await this.#rules.load();
      return this.metadataResponse(request);
    } catch {
      return undefined;
    }
  }

  async ready(): Promise<boolean> {
    try {
      await this.#rules.load();
      await this.#verifier?.loadKeys();
      return true;
    } catch {
      return false;
    }
  }

  async #judge(request: GuardRequest, fields: Fields): Promise<Judgement> {
    try {
      await this.#rules.load();
      const requirement = this.#requirement();
      const found = this.#find(fields);
      if (found === undefined) {
        return this.#rules.isOptional(requirement) ? { auth: undefined } : { error: tokenMissing() };
      }
      if (found.source.kind === COOKIE) this.#checkContext(request, fields);
      const auth = await this.#verify(found.token);
      return await this.#askApplication(auth, request);
    } catch (thrown) {
      return {
        error: thrown instanceof CountersignError ? thrown : internalError("the guard failed: see `cause`", thrown),
      };
    }
  }

  #find(fields: Fields): { readonly source: TokenSource; readonly token: string } | undefined {
    for (const source of this.#options.tokens) {
      const token = this.#rules.credentials(source, fields(source.field));
      if (token !== undefined) return { source, token };
    }
    return undefined;
  }

  #checkContext({ method }: GuardRequest, fields: Fields): void {
    // No host has lone surrogates in a header field, and JSON of the core has none.
    const field = (name: string): string | undefined =>
      fields(name)
        .join(", ")
        .replace(/\p{Surrogate}/gu, "\ufffd") || undefined;
    this.#rules.checkContext({
      method,
      upgrade: field("upgrade") !== undefined,
      secFetchSite: field("sec-fetch-site"),
      origin: field("origin"),
      csrfHeader: field("x-csrf"),
    });
  }

  async #verify(token: string): Promise<Auth> {
    const verifier = this.#verifier ?? (await this.#verifierOf(token));
    const verified = await verifier.verify(token);
    const claims = this.#claimsOf(verified);
    const { now, resource } = this.#options;
    this.#rules.authorize(claims, this.#requirement(), Math.floor(now() / 1000));
    return new Authenticated(token, verified, resource, now, () => this.#rules.grants(claims));
  }

  /** The verifier for the token's issuer. One that the application does not know is another issuer. */
  async #verifierOf(token: string): Promise<Verifier> {
    const { iss } = decodeUnverified(token).claims;
    const choose = this.#options.verifier;
    const verifier = typeof iss === "string" && typeof choose === "function" ? await choose(iss) : undefined;
    if (verifier !== undefined) return verifier;
    throw new CountersignError("issuer_mismatch", 401, "the token comes from an issuer that is not trusted here");
  }

  /** The claims that the core asks for. */
  #claimsOf({ claims }: VerifiedToken): string {
    const asked = this.#options.claims.filter((name) => Object.hasOwn(claims, name));
    return JSON.stringify(Object.fromEntries(asked.map((name) => [name, claims[name]])));
  }

  /** Asks each `authorize`, the outer first. */
  async #askApplication(auth: Auth, request: GuardRequest): Promise<Judgement> {
    for (const authorize of this.#hooks()) {
      const answer: unknown = await authorize(auth as never, request);
      if (answer === true) continue;
      if (typeof answer === "object" && answer !== null) {
        const more = readNeed("the answer of authorize", answer).json;
        const code = Object.hasOwn(answer, "acr") ? "insufficient_authentication" : "insufficient_scope";
        const status = code === "insufficient_scope" ? 403 : 401;
        return { error: new CountersignError(code, status, "`authorize` asks for a token with more"), more };
      }
      return { error: new CountersignError("insufficient_permission", 403, "`authorize` did not return true") };
    }
    return { auth };
  }

  #hooks(): ReadNeed["authorize"] {
    const outer = this.#outer === undefined ? [] : this.#outer.#hooks();
    return [...outer, ...(this.#need?.authorize ?? [])];
  }

  /** All needs as one, by its number in the core. */
  #requirement(): number {
    const { generation } = this.#rules;
    if (this.#live?.generation !== generation) {
      const outer = this.#outer === undefined ? undefined : this.#outer.#required();
      this.#live = { generation, requirement: this.#rules.require(this.#need?.json ?? "{}", outer) };
    }
    return this.#live.requirement;
  }

  /** The same for what is inside: `undefined` where nothing is required yet. */
  #required(): number | undefined {
    return this.#need === undefined ? undefined : this.#requirement();
  }

  /** Gives the requirement back, of a guard that served one call. */
  free(): void {
    if (this.#live?.generation === this.#rules.generation) this.#rules.release(this.#live.requirement);
    this.#live = undefined;
  }

  #refuse({ error, more }: { readonly error: CountersignError; readonly more?: string }): Refusal {
    let extended: number | undefined;
    try {
      const requirement = this.#requirement();
      extended = more === undefined ? undefined : this.#rules.require(more, requirement);
      return this.#rules.refusal(error, extended ?? requirement);
    } catch {
      // An impossible need, or no core: there is nothing to ask for.
      return this.#rules.refusal(error, undefined);
    } finally {
      if (extended !== undefined) this.#rules.release(extended);
    }
  }

  #tell(judgement: Judgement, durationMs: number): void {
    const { error } = judgement;
    const auth = error === undefined ? judgement.auth : undefined;
    try {
      this.#options.onDecision?.({
        outcome:
          error !== undefined ? (error.status < 500 ? "refused" : "not-judged") : auth ? "accepted" : "anonymous",
        code: error?.code,
        issuer: auth?.issuer,
        durationMs,
      });
    } catch {
      // Metrics decide nothing.
    }
  }
}

/** The path of a request, whose URL is absolute or, with `node:http`, begins with it. */
function pathOf(url: string): string {
  return url.replace(/^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i, "").replace(/[?#].*$/s, "");
}
