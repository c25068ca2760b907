import type { Page } from "./page.js";
import { parseRecord, type SessionRecord } from "./record.js";
import type { Area } from "./storage.js";

/** How long a tab waits for the tokens that another one has, in milliseconds. */
const PATIENCE = 1000;
/** How long a mark outlives the latest refresh of its session, in seconds. */
const MARK_LIFE = 30 * 86_400;

/**
 * Tabs with the same session, each in a `sessionStorage` of its own: a tab that is duplicated copies it. When one of them
 * refreshes, the refresh token of the others is used up, and a server that saw it again would end the session of all.
 *
 * So each refresh leaves a mark for all tabs of the origin, without a secret: how many there were. A tab that is behind it
 * asks the others for their tokens.
 */
export class Twins {
  readonly #channel: BroadcastChannel | undefined;
  readonly #marks: Area;
  #own: SessionRecord | undefined;
  #waiting: ((record: SessionRecord) => void) | undefined;

  constructor(page: Page, name: string, marks: Area, issuer: string, clientId: string) {
    this.#marks = marks;
    this.#channel = page.BroadcastChannel === undefined ? undefined : new page.BroadcastChannel(name);
    this.#channel?.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== "string") return;
      const own = this.#own;
      if (own !== undefined && data === `?${own.session}`) this.#tell(own);
      const record = parseRecord(data, issuer, clientId);
      if (record !== undefined) this.#waiting?.(record);
    });
  }

  /** Answers others with this record from now on, or with none. */
  hold(record: SessionRecord | undefined): void {
    this.#own = record;
  }

  /** Leaves the mark of a refresh. */
  mark({ session, generation }: SessionRecord, now: number): void {
    for (const name of this.#marks.names("refreshes:")) {
      const [, time = "0"] = this.#marks.read(name)?.split(" ") ?? [];
      if (Number(time) < now - MARK_LIFE) this.#marks.remove(name);
    }
    this.#marks.write(`refreshes:${session}`, `${generation} ${now}`);
  }

  forget({ session }: SessionRecord): void {
    this.#marks.remove(`refreshes:${session}`);
  }

  isBehind({ session, generation }: SessionRecord): boolean {
    const [marked = "0"] = this.#marks.read(`refreshes:${session}`)?.split(" ") ?? [];
    return Number(marked) > generation;
  }

  /** The record of another tab with this session, if it has been refreshed since. */
  async ask(record: SessionRecord): Promise<SessionRecord | undefined> {
    const channel = this.#channel;
    if (channel === undefined) return undefined;
    return new Promise((resolve) => {
      const end = (found?: SessionRecord): void => {
        clearTimeout(timer);
        this.#waiting = undefined;
        resolve(found);
      };
      const timer = setTimeout(end, PATIENCE);
      this.#waiting = (found) => {
        if (found.session === record.session && !this.isBehind(found)) end(found);
      };
      channel.postMessage(`?${record.session}`);
    });
  }

  #tell(record: SessionRecord): void {
    if (!this.isBehind(record)) this.#channel?.postMessage(JSON.stringify(record));
  }
}
