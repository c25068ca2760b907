import type { IdTokenClaims, Tokens as SessionTokens } from "../client/client-types.js";
import { CountersignError } from "../errors.js";
import type { PageClient } from "./client.js";
import { refreshUnavailable, resourceMissing, resourceRefused, sessionEnded } from "./errors.js";
import type { Lock } from "./lock.js";
import type { Marks } from "./marks.js";
import {
  accessTokenOf,
  isSameUser,
  parseRecord,
  sharedOf,
  type AccessToken,
  type RecordOwner,
  type SessionRecord,
} from "./record.js";
import type { Rules, Step } from "./rules.js";
import { waitAtMost } from "../wait.js";
import { seconds } from "./seconds.js";
import type { Area } from "./storage.js";
import { until, type Twins } from "./twins.js";

const NAME = "session";
/** How long a logout waits for its mark, in milliseconds. */
const MARKING = 500;

/** What {@link Tokens} works with. */
export interface TokensContext extends RecordOwner {
  /** The APIs that tokens are for. With none there is one token, for the resource that is the empty text. */
  readonly resources: readonly string[];
  readonly client: PageClient;
  readonly rules: Rules;
  /** Loads the core. */
  readonly load: () => Promise<void>;
  readonly area: Area;
  readonly lock: Lock;
  /** Where tabs share sessions. */
  readonly marks: Marks | undefined;
  /** Where tabs cannot read each other's storage. */
  readonly twins: Twins | undefined;
  /** The session is over. */
  readonly onEnd: () => void;
}

/** What to do for a resource, and what there is. */
interface Considered {
  readonly step: Exclude<Step, "end" | "missing">;
  readonly record: SessionRecord;
  readonly token: AccessToken | undefined;
}

/** The session in the storage of this page, and the refreshing of its tokens. */
export class Tokens {
  readonly #context: TokensContext;
  /** The session that this page shows. */
  #shown: SessionRecord | undefined;

  constructor(context: TokensContext) {
    this.#context = context;
    const { twins, onEnd } = context;
    if (twins === undefined) return;
    twins.whenOver = () => {
      this.forget();
      onEnd();
    };
  }

  /** The session that the storage has now. */
  get stored(): SessionRecord | undefined {
    return parseRecord(this.#context.area.read(NAME), this.#context);
  }

  /** The session that the page shows from now on: the one that is stored, unless it has ended by itself. */
  show(): SessionRecord | undefined {
    const record = this.stored;
    this.#shown = record?.endsAt !== undefined && record.endsAt <= seconds() ? undefined : record;
    this.#context.twins?.hold(this.#shown);
    return this.#shown;
  }

  /** Whether the storage has the same user as the page shows, or nobody where it shows nobody. */
  get isCurrent(): boolean {
    const { stored } = this;
    if (stored === undefined || this.#shown === undefined) return stored === this.#shown;
    return isSameUser(stored, this.#shown);
  }

  concerns(event: StorageEvent): boolean {
    return this.#context.area.concerns(event, NAME);
  }

  /** Begins a session with what a sign-in has ended with: tokens of which the access token is for that resource. */
  begin(session: string, tokens: SessionTokens & { readonly claims: IdTokenClaims }, resource: string): void {
    const { issuer, clientId } = this.#context;
    const accessTokens = accessTokenOf(tokens, resource, seconds());
    this.#write({ version: 1, issuer, clientId, session, generation: 0, tokens: sharedOf(tokens), accessTokens });
  }

  /** Ends the session in the storage, and answers what it was. */
  forget(): SessionRecord | undefined {
    const record = this.stored;
    this.#context.area.remove(NAME);
    this.#context.twins?.hold(undefined);
    return record;
  }

  /** The same for good: no tab that is refreshing brings it back. */
  async end(): Promise<SessionRecord | undefined> {
    const record = this.forget();
    if (record === undefined) return undefined;
    this.#context.twins?.end(record.session);
    await waitAtMost(this.#marked(record.session), MARKING);
    return record;
  }

  /**
   * Ends the session of the storage if it is over, and answers whether it is. For a page that the back button brings back,
   * to which Firefox gives the `sessionStorage` of when it was left.
   */
  async endIfOver(): Promise<boolean> {
    const { marks } = this.#context;
    const session = this.stored?.session;
    if (marks === undefined || session === undefined || (await marks.of(session)) !== undefined) return false;
    this.forget();
    return true;
  }

  async #marked(session: string): Promise<void> {
    await this.#context.marks?.end(session, seconds());
  }

  /** Has the core look at the session that the page shows. */
  async check(): Promise<void> {
    await this.#context.load();
    try {
      this.#consider(this.#context.resources[0] ?? "");
    } catch {
      // The page was told.
    }
  }

  /** An access token that is good at this resource. `undefined`: the server gives none. */
  async fresh(resource: string): Promise<AccessToken | undefined> {
    const { load, lock } = this.#context;
    await load();
    const { step, token } = this.#consider(resource);
    if (step === "use") return token;
    return lock.run(async () => this.#refresh(resource));
  }

  /** What to do now, by the storage and the clock. */
  #consider(resource: string): Considered {
    const record = this.stored;
    if (record === undefined || !this.isCurrent) throw this.#end();
    const step = this.#context.rules.step(JSON.stringify(record), resource, seconds());
    if (step === "missing") throw resourceMissing();
    const token = record.accessTokens.find((other) => other.resource === resource);
    if (step !== undefined && step !== "end") return { step, record, token };
    this.forget();
    throw this.#end();
  }

  /** The lock is ours. Another tab may have refreshed while we waited for it. */
  async #refresh(resource: string): Promise<AccessToken | undefined> {
    const { client, rules, marks } = this.#context;
    await this.#catchUp();
    const { step, record, token } = this.#consider(resource);
    if (step === "use") return token;
    let refreshed: SessionTokens;
    try {
      refreshed = await client.refresh(record.tokens, resource);
    } catch (error) {
      if (!(error instanceof CountersignError)) throw error;
      const usable = step === "refresh-early";
      const after = rules.afterFailure(error.code, error.actual, usable);
      if (after === "use") return token;
      if (after === "refused") throw resourceRefused(error);
      if (after === "fail") throw error.status === 503 ? refreshUnavailable(error) : error;
      this.forget();
      throw this.#end(error);
    }
    const now = seconds();
    const generation = record.generation + 1;
    const { version, issuer, clientId, session } = record;
    const tokens = sharedOf({ ...refreshed, claims: refreshed.claims ?? record.tokens.claims });
    const [fresh] = accessTokenOf(refreshed, resource, now);
    const others = record.accessTokens.filter((other) => other.resource !== resource);
    const accessTokens = fresh === undefined ? others : [...others, fresh];
    const next = { version, issuer, clientId, session, generation, tokens, accessTokens };
    // Whoever has signed out meanwhile stays signed out.
    const isOver = (await marks?.count(session, generation, now)) === false;
    if (isOver || this.stored?.session !== session) {
      client.revoke(refreshed).catch(() => undefined);
      throw this.#end();
    }
    this.#write(next);
    return fresh;
  }

  /** Takes over what another tab with this session has, so that no refresh token is used twice. */
  async #catchUp(): Promise<void> {
    const { area, marks, twins } = this.#context;
    const record = this.stored;
    if (record === undefined || marks === undefined) return;
    const { session, generation } = record;
    const refreshes = await marks.of(session);
    if (refreshes !== undefined && refreshes <= generation) return;
    if (refreshes !== undefined) {
      if (twins === undefined) {
        // It is on its way from another process.
        const isHere = (): boolean => this.stored?.session !== session || this.stored.generation >= refreshes;
        if (await until(isHere)) return;
      } else {
        const found = await twins.ask(session, refreshes);
        if (found !== undefined) {
          this.#write(found);
          return;
        }
      }
    }
    if (this.stored?.session === session) area.remove(NAME);
    throw this.#end();
  }

  #write(record: SessionRecord): void {
    const { area, twins, rules, resources } = this.#context;
    // An API that the application does not name any more needs no token.
    const accessTokens = record.accessTokens.filter(({ resource }) =>
      resources.length === 0 ? resource === "" : resources.includes(resource),
    );
    const { version, issuer, clientId, session, generation, tokens } = record;
    const known = { version, issuer, clientId, session, generation, tokens, accessTokens };
    const endsAt = rules.end(JSON.stringify(known));
    const written = { ...known, ...(endsAt !== undefined && { endsAt }) };
    area.write(NAME, JSON.stringify(written));
    twins?.hold(written);
  }

  #end(cause?: unknown): CountersignError {
    this.#context.onEnd();
    return sessionEnded(cause);
  }
}
