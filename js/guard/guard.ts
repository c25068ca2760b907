import { internalError, tokenMissing, type CountersignError } from "../errors.js";
import { Authenticated, type Judged, type Presented } from "./auth.js";
import { certificateFor } from "./certificate.js";
import { asError } from "./failures.js";
import { askHooks, type Judgement } from "./hooks.js";
import { isJwt, type Introspection } from "./introspection.js";
import { issuerOf } from "./issuer.js";
import type { Verifiers } from "./issuers.js";
import { readNeed, type ReadGuardOptions, type ReadNeed } from "./options.js";
import type { Proofs } from "./proofs.js";
import type { Rules } from "./rules.js";
import { isAmbient, type SessionToken, type TokenSource } from "./sources.js";
import { ignoringFailure, isPromise } from "../wait.js";
import type { Auth, Authentication, Decision, GlobalResponse, GuardRequest, Refusal, Scheme } from "./types.js";

/** The values of a header field of a request, each by itself where the host can tell. */
export type Fields = (name: string) => readonly string[];

/** The token of a request, and how it is presented. */
interface Credentials {
  readonly source: TokenSource;
  readonly scheme: Scheme;
  readonly token: string;
  /** Of a session's token that is bound to a key: the thumbprint of this server's own. */
  readonly keyThumbprint?: string | undefined;
}

/** What a guard is made of. */
export interface Description {
  readonly options: ReadGuardOptions;
  /** The outer first. */
  readonly needs: readonly ReadNeed[];
}

/** One guard, with the needs of its routes so far. */
export class GuardImpl {
  readonly #rules: Rules;
  readonly #options: ReadGuardOptions;
  readonly #verifiers: Verifiers;
  readonly #proofs: Proofs | undefined;
  readonly #introspection: Introspection | undefined;
  /** `undefined`: that of the guard itself, which is all that a valid token is. */
  readonly #need: ReadNeed | undefined;
  readonly #outer: GuardImpl | undefined;
  /** Every `authorize`, the outer first. */
  readonly #hooks: ReadNeed["authorize"];
  /** Whether nothing but the verifier and the hooks may have to be waited for. */
  readonly #isPrompt: boolean;
  #live: { readonly generation: number; readonly requirement: number } | undefined;

  constructor(
    rules: Rules,
    options: ReadGuardOptions,
    verifiers: Verifiers,
    proofs: Proofs | undefined,
    introspection: Introspection | undefined,
    need?: ReadNeed,
    outer?: GuardImpl,
  ) {
    this.#rules = rules;
    this.#options = options;
    this.#verifiers = verifiers;
    this.#proofs = proofs;
    this.#introspection = introspection;
    this.#need = need;
    this.#outer = outer;
    this.#hooks = [...(outer === undefined ? [] : outer.#hooks), ...(need === undefined ? [] : need.authorize)];
    const { tokens, clientCertificate, user } = options;
    const others = [proofs, introspection, clientCertificate, user, ...tokens.map(({ read }) => read)];
    this.#isPrompt = others.every((other) => other === undefined);
    // An impossible need is reported here, if the core is loaded.
    if (rules.isReady) this.#requirement();
  }

  get description(): Description {
    const outer = this.#outer === undefined ? [] : this.#outer.description.needs;
    return { options: this.#options, needs: this.#need === undefined ? outer : [...outer, this.#need] };
  }

  /** The same guard inside another need. */
  within(where: string, need: unknown): GuardImpl {
    return new GuardImpl(
      this.#rules,
      this.#options,
      this.#verifiers,
      this.#proofs,
      this.#introspection,
      readNeed(where, need),
      this,
    );
  }

  /**
   * At once, where nothing has to be waited for. Neither throws nor rejects.
   *
   * @param identity What the request is known by to other guards: where `request` is only a view, the host's own object.
   */
  authenticate(
    request: GuardRequest,
    fields: Fields,
    identity: object = request,
  ): Authentication<Auth | undefined> | Promise<Authentication<Auth | undefined>> {
    const begin = this.#options.onDecision === undefined ? 0 : performance.now();
    const judgement = this.#judge(request, fields, identity);
    if (!isPromise(judgement)) return this.#conclude(judgement, begin);
    return judgement.then((judged) => this.#conclude(judged, begin));
  }

  #conclude(judgement: Judgement, begin: number): Authentication<Auth | undefined> {
    if (judgement.error === undefined) {
      this.#tell(judgement.auth, undefined, begin);
      return { ok: true, auth: judgement.auth };
    }
    const refusal = this.#refuse(judgement);
    this.#tell(undefined, refusal, begin);
    return { ok: false, refusal };
  }

  /** Whether a request is a preflight, and so for what answers these. Where that cannot be told, it is judged. */
  isPreflight(request: GuardRequest): false | Promise<boolean> {
    return request.method === "OPTIONS" && this.#isPreflight(request);
  }

  async #isPreflight({ method, headers }: GuardRequest): Promise<boolean> {
    try {
      await this.#rules.load();
      const has = (name: string): boolean => headers.get(name) !== null;
      return this.#rules.isPreflight(method, has("origin"), has("access-control-request-method"));
    } catch {
      return false;
    }
  }

  /** What is sent for a refusal, to a HEAD without its body. Whatever a hook does, it stays a refusal. */
  async answer(refusal: Refusal, request: GuardRequest): Promise<GlobalResponse> {
    const own = await this.ownAnswer(refusal, request);
    if (own !== undefined) return own;
    const whole = refusal.response();
    return request.method === "HEAD" ? new Response(null, whole) : whole;
  }

  /** The application's answer to a refusal, where it has one. Never rejects. */
  async ownAnswer(refusal: Refusal, request: GuardRequest): Promise<GlobalResponse | undefined> {
    try {
      const own: unknown = await this.#options.onRefusal?.(refusal, request);
      return isResponse(own) ? own : undefined;
    } catch {
      // The guard answers, as without the hook.
      return undefined;
    }
  }

  metadataResponse({ method, url }: GuardRequest): GlobalResponse | undefined {
    return this.#rules.metadataResponse(method, url);
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
      this.#requirement();
      await this.#verifiers.loadKeys();
      return true;
    } catch {
      return false;
    }
  }

  #judge(request: GuardRequest, fields: Fields, identity: object): Judgement | Promise<Judgement> {
    if (!this.#isPrompt || !this.#rules.isReady) return this.#judgeInTime(request, fields, identity);
    try {
      const found = this.#findInFields(fields);
      if (found === undefined) return this.#withoutToken();
      if (isAmbient(found.source)) this.#checkContext(request, fields);
      const verified = this.#verifiers.judge(found.token);
      return isPromise(verified)
        ? this.#admitInTime(found, verified, request)
        : askHooks(this.#hooks, this.#admit(found, verified), request);
    } catch (thrown) {
      return { error: asError(thrown) };
    }
  }

  /** The same, whatever has to be waited for. */
  async #judgeInTime(request: GuardRequest, fields: Fields, identity: object): Promise<Judgement> {
    try {
      if (!this.#rules.isReady) await this.#rules.load();
      const found = await this.#find(request, fields);
      if (found === undefined) return this.#withoutToken();
      if (isAmbient(found.source)) this.#checkContext(request, fields);
      const verified = await this.#judgeToken(found.token, identity);
      const auth = await this.#verify(found, verified, request, fields, identity);
      const { user } = this.#options;
      if (user !== undefined) auth.user = await user(auth);
      return await askHooks(this.#hooks, auth, request);
    } catch (thrown) {
      return { error: asError(thrown) };
    }
  }

  async #admitInTime(found: Credentials, verified: Promise<Judged>, request: GuardRequest): Promise<Judgement> {
    try {
      return await askHooks(this.#hooks, this.#admit(found, await verified), request);
    } catch (thrown) {
      return { error: asError(thrown) };
    }
  }

  #withoutToken(): Judgement {
    // Asked for its number only now: while a session was read, the core may have been restarted, and number anew.
    return this.#rules.isOptional(this.#requirement()) ? { auth: undefined } : { error: tokenMissing() };
  }

  #findInFields(fields: Fields): Credentials | undefined {
    for (const source of this.#options.tokens) {
      const found = this.#findAt(source, fields);
      if (found !== undefined) return found;
    }
    return undefined;
  }

  async #find(request: GuardRequest, fields: Fields): Promise<Credentials | undefined> {
    for (const source of this.#options.tokens) {
      const found =
        source.read === undefined ? this.#findAt(source, fields) : this.#findOwn(source, await source.read(request));
      if (found !== undefined) return found;
    }
    return undefined;
  }

  #findAt(source: TokenSource, fields: Fields): Credentials | undefined {
    const values = fields(source.field);
    if (this.#proofs !== undefined) {
      const found = this.#rules.credentialsOfAnyScheme(source, values);
      return found && { source, ...found };
    }
    const token = this.#rules.credentials(source, values);
    return token === undefined ? undefined : { source, scheme: "Bearer", token };
  }

  /** A session's token. */
  #findOwn(source: TokenSource, own: SessionToken | undefined): Credentials | undefined {
    if (own === undefined) return undefined;
    const { keyThumbprint } = own;
    const token = this.#rules.credentials(source, [own.token]);
    const scheme = keyThumbprint === undefined ? "Bearer" : "DPoP";
    return token === undefined ? undefined : { source, scheme, token, keyThumbprint };
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

  /** A token that came as it is. */
  #admit({ scheme, token }: Credentials, verified: Judged): Authenticated {
    const { claims, seconds } = this.#facts(verified);
    this.#rules.authorize(claims, this.#requirement(), seconds);
    return this.#authenticated({ scheme, token, dpopNonce: undefined }, verified, claims);
  }

  /** A token, with what shows that whoever presents it may. */
  async #verify(
    { scheme, token, keyThumbprint }: Credentials,
    verified: Judged,
    request: GuardRequest,
    fields: Fields,
    identity: object,
  ): Promise<Authenticated> {
    const { claims, seconds } = this.#facts(verified);
    // Of a session's token the client is this server: a proof of its own would show that it has the key, and the key is here.
    const isProved = scheme === "DPoP" && keyThumbprint === undefined;
    const proof = isProved ? await this.#proofs?.verify(request, fields, token, seconds) : undefined;
    const certificate = await certificateFor(verified.claims, this.#options.clientCertificate, request);
    const key = keyThumbprint ?? proof?.thumbprint;
    this.#rules.authorize(claims, this.#requirement(), seconds, key, certificate);
    // Last, so that only what is enough is remembered.
    if (proof !== undefined) await this.#proofs?.use(proof, identity);
    return this.#authenticated({ scheme, token, dpopNonce: proof?.nextNonce }, verified, claims);
  }

  /** What the rules are asked with: the claims as JSON, and the time. */
  #facts(verified: Judged): { readonly claims: string; readonly seconds: number } {
    if (issuerOf(verified.claims) === undefined || !Number.isFinite(verified.claims.exp)) {
      throw internalError("the verifier let a token through that has no `iss` or no `exp`");
    }
    const claims = this.#claimsOf(verified);
    const seconds = this.#seconds();
    if (!Number.isSafeInteger(seconds))
      throw internalError("`now` must return milliseconds since 1970, as Date.now does");
    return { claims, seconds };
  }

  #authenticated(presented: Presented, verified: Judged, claims: string): Authenticated {
    const { now, resource } = this.#options;
    return new Authenticated(presented, verified, resource, now, () => this.#rules.grants(claims));
  }

  /** By its signature, or by what the issuer says of it. */
  async #judgeToken(token: string, identity: object): Promise<Judged> {
    if (this.#introspection !== undefined && !isJwt(token)) {
      return { header: undefined, claims: await this.#introspection.claimsOf(token, this.#seconds(), identity) };
    }
    return this.#verifiers.judge(token);
  }

  /** The claims that the core asks for, as JSON. */
  #claimsOf({ claims }: Judged): string {
    let members = "";
    for (const [name, json] of this.#options.claims) {
      if (!Object.hasOwn(claims, name)) continue;
      // `undefined`, from a verifier of the application's, which JSON has no word for.
      const value: string | undefined = JSON.stringify(claims[name]);
      if (value !== undefined) members += `${members === "" ? "" : ","}${json}:${value}`;
    }
    return `{${members}}`;
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

  #seconds(): number {
    return Math.floor(this.#options.now() / 1000);
  }

  #refuse({ error, more }: { readonly error: CountersignError; readonly more?: string }): Refusal {
    let extended: number | undefined;
    try {
      const requirement = this.#requirement();
      extended = more === undefined ? undefined : this.#rules.require(more, requirement);
      // The time matters for a nonce alone.
      const now = error.code === "dpop_nonce_required" ? this.#seconds() : 0;
      return this.#rules.refusal(error, extended ?? requirement, now);
    } catch (thrown) {
      // An impossible need, or no core: there is nothing to ask for.
      return this.#rules.refusal(more === undefined ? error : asError(thrown), undefined, 0);
    } finally {
      if (extended !== undefined) this.#rules.release(extended);
    }
  }

  #tell(auth: Auth | undefined, refusal: Refusal | undefined, begin: number): void {
    const onDecision: ((decision: Decision) => unknown) | undefined = this.#options.onDecision;
    if (onDecision === undefined) return;
    const admitted = auth === undefined ? "anonymous" : "accepted";
    const refused = refusal !== undefined && refusal.status < 500 ? "refused" : "not-judged";
    ignoringFailure(() =>
      onDecision({
        outcome: refusal === undefined ? admitted : refused,
        code: refusal?.error.code,
        issuer: auth?.issuer,
        durationMs: performance.now() - begin,
      }),
    );
  }
}

/** Whether something can be sent. A class is not asked for: it may be of another realm, or of a framework. */
function isResponse(value: unknown): value is GlobalResponse {
  if (typeof value !== "object" || value === null) return false;
  const { status, headers } = value as { readonly status?: unknown; readonly headers?: unknown };
  return typeof status === "number" && typeof headers === "object" && headers !== null;
}
