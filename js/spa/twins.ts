import { pollAtMost } from "../wait.js";
import type { Page } from "./page.js";
import { parseRecord, type RecordOwner, type SessionRecord } from "./record.js";

/** How long a tab waits for the tokens that another one has, in milliseconds. */
const PATIENCE = 1000;

/**
 * Tabs with the same session, each in a `sessionStorage` of its own: a tab that is duplicated copies it. When one of them
 * refreshes, the refresh token of the others is used up, and a server that saw it again would end the session of all. So a
 * tab that is behind asks the others for their tokens. Where the user signs out in one of them, the others hear of it.
 */
export class Twins {
  readonly #channel: BroadcastChannel | undefined;
  #own: SessionRecord | undefined;
  #heard: ((record: SessionRecord) => void) | undefined;
  /** Is called when the user has signed out of this tab's session in another one. */
  whenOver: (() => void) | undefined;

  constructor(page: Page, name: string, owner: RecordOwner) {
    this.#channel = page.BroadcastChannel === undefined ? undefined : new page.BroadcastChannel(name);
    this.#channel?.addEventListener("message", ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== "string") return;
      const own = this.#own;
      if (own !== undefined && data === `?${own.session}`) this.#channel?.postMessage(JSON.stringify(own));
      if (own !== undefined && data === `!${own.session}`) this.whenOver?.();
      const record = parseRecord(data, owner);
      if (record !== undefined) this.#heard?.(record);
    });
  }

  /** Answers others with this record from now on, or with none. */
  hold(record: SessionRecord | undefined): void {
    this.#own = record;
  }

  /** Tells the others that the user has signed out. */
  end(session: string): void {
    this.#channel?.postMessage(`!${session}`);
  }

  /** The record of another tab with this session that has as many refreshes. */
  async ask(session: string, refreshes: number): Promise<SessionRecord | undefined> {
    let found: SessionRecord | undefined;
    this.#heard = (record) => {
      if (record.session === session && record.generation >= refreshes) found = record;
    };
    this.#channel?.postMessage(`?${session}`);
    await until(() => found !== undefined || this.#channel === undefined);
    this.#heard = undefined;
    return found;
  }
}

/** Waits until it holds, for a second at most. Answers whether it does. */
export async function until(holds: () => boolean): Promise<boolean> {
  await pollAtMost(holds, PATIENCE);
  return holds();
}
