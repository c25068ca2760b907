import { CountersignError } from "../errors.js";
import { optional, readOptions, text } from "../options/readers.js";
import type { SessionRecord, Visit } from "./outcome.js";
import { SessionFailure, type Performer } from "./perform.js";
import type { AccessTokenOptions, Session, SessionUser, WebRequest } from "./types.js";

/** The session of one request, and the cookies that its response has to set. */
export class RequestSession implements Session {
  readonly #performer: Performer;
  readonly #request: WebRequest;
  #record: SessionRecord;
  /** Whether the response can still be changed. */
  #canWrite: boolean;
  #setCookies: readonly string[];
  #isOver = false;
  /** Operations of this request follow each other. */
  #before: Promise<unknown> = Promise.resolve();

  constructor(performer: Performer, request: WebRequest, record: SessionRecord, setCookies?: readonly string[]) {
    this.#performer = performer;
    this.#request = request;
    this.#record = record;
    this.#canWrite = setCookies !== undefined;
    this.#setCookies = setCookies ?? [];
  }

  get user(): SessionUser {
    return this.#record.user;
  }

  get issuer(): string {
    return this.#record.issuer;
  }

  get subject(): string {
    return this.#record.subject;
  }

  get expiresAt(): number {
    return this.#record.expiresAt;
  }

  get data(): Readonly<Record<string, unknown>> {
    return this.#record.data;
  }

  get logoutUrl(): string {
    return this.#record.logoutUrl;
  }

  get client(): string {
    return this.#record.client;
  }

  get tokenType(): "Bearer" | "DPoP" | undefined {
    const { tokenType } = this.#record;
    if (tokenType === undefined) return undefined;
    return tokenType === "DPoP" ? "DPoP" : "Bearer";
  }

  /** The cookies to set. Afterwards nothing can be changed. */
  close(): readonly string[] {
    this.#canWrite = false;
    return this.#isOver ? [] : this.#setCookies;
  }

  /** Sets no cookie, since the user has signed out: it would bring the session back. */
  forget(): void {
    this.#isOver = true;
  }

  async update(data: Readonly<Record<string, unknown>>): Promise<void> {
    const json = textOf(data);
    if (json === undefined) throw new CountersignError("session_invalid", 500, NO_DATA);
    await this.#next(async () => {
      if (!this.#canWrite) throw new CountersignError("session_refresh_needed", 401, TOO_LATE);
      await this.#change("save", { record: this.#record.record, data: json });
    });
  }

  async accessToken(options: AccessTokenOptions = {}): Promise<string> {
    const { resource } = readOptions<{ resource: string | undefined }>("accessToken", options, ACCESS_TOKEN);
    return this.#next(async () => {
      const params = { record: this.#record.record, canWrite: this.#canWrite, resource };
      const { accessToken } = await this.#change("refresh", params);
      if (accessToken === undefined) throw new CountersignError("session_ended", 401, NO_TOKEN);
      return accessToken;
    });
  }

  async #change(operation: string, params: object): Promise<Visit> {
    try {
      const visit = (await this.#performer.run(operation, this.#request, params)) as Visit;
      const { session, setCookies } = visit;
      if (session !== undefined) this.#record = session;
      if (setCookies.length > 0) this.#setCookies = setCookies;
      return visit;
    } catch (thrown) {
      if (thrown instanceof SessionFailure && thrown.setCookies.length > 0) this.#setCookies = thrown.setCookies;
      throw thrown;
    }
  }

  async #next<T>(operation: () => Promise<T>): Promise<T> {
    const result = this.#before.then(operation);
    this.#before = result.catch(() => undefined);
    return result;
  }
}

function textOf(data: unknown): string | undefined {
  if (typeof data !== "object" || data === null || Array.isArray(data)) return undefined;
  try {
    return JSON.stringify(data);
  } catch {
    return undefined;
  }
}

const ACCESS_TOKEN = { resource: optional(text) };

const NO_DATA = "the data of a session must be a plain object that JSON can hold";
const TOO_LATE = "the session can be changed in the handler of `mount`, before it returns its response";
const NO_TOKEN = "the session has no access token";
