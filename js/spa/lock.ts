import type { Page } from "./page.js";

/** Runs one call at a time. */
export interface Lock {
  /** Whether other tabs take turns too. */
  readonly scope: "browser" | "tab";
  run<T>(call: () => Promise<T>): Promise<T>;
}

/** The lock of that name: the browser's for all tabs of the origin, or this tab's where there are no Web Locks. */
export function namedLock(page: Page, name: string): Lock {
  const { locks } = page;
  if (locks !== undefined) {
    return { scope: "browser", run: async (call) => locks.request(name, call) };
  }
  let last: Promise<unknown> = Promise.resolve();
  return {
    scope: "tab",
    run: async (call) => {
      const turn = last.then(call, call);
      last = turn.catch(() => undefined);
      return turn;
    },
  };
}
