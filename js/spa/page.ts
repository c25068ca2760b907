/** What is used of the page's browser, as it was when the sign-in was made. */
export interface Page {
  readonly location: Pick<
    Location,
    "href" | "origin" | "pathname" | "search" | "hash" | "assign" | "replace" | "reload"
  >;
  readonly history: Pick<History, "state" | "replaceState">;
  /** `undefined`: the browser keeps nothing for this page. */
  readonly sessionStorage: Storage | undefined;
  readonly localStorage: Storage | undefined;
  /** `undefined` outside secure contexts. */
  readonly locks: LockManager | undefined;
  readonly indexedDB: IDBFactory | undefined;
  readonly BroadcastChannel: typeof BroadcastChannel | undefined;
  readonly crypto: Pick<Crypto, "getRandomValues">;
  isOnline(): boolean;
  listen<Type extends keyof WindowEventMap>(type: Type, listener: (event: WindowEventMap[Type]) => void): void;
  /** Calls back when the page has been painted and has nothing better to do. */
  whenIdle(call: () => void): void;
}

/** The page that this script runs in. */
export function currentPage(): Page {
  const window = globalThis as Partial<typeof globalThis>;
  const { location, history, navigator, crypto, document, addEventListener, requestIdleCallback } = window;
  if (location === undefined || history === undefined || crypto === undefined) {
    throw new TypeError("createBrowserAuth signs users in on a page: call it in a browser, not while a server renders");
  }
  return {
    location,
    history,
    sessionStorage: attempt(() => window.sessionStorage),
    localStorage: attempt(() => window.localStorage),
    locks: navigator?.locks,
    indexedDB: attempt(() => window.indexedDB),
    BroadcastChannel: window.BroadcastChannel,
    crypto,
    isOnline: () => navigator?.onLine ?? true,
    listen: (type, listener) => {
      addEventListener?.call(globalThis, type, listener as EventListener);
    },
    whenIdle: (call) => {
      const idle = (): void => {
        if (requestIdleCallback === undefined) setTimeout(call, 100);
        else requestIdleCallback.call(globalThis, call, { timeout: 2000 });
      };
      if (document?.readyState === "complete") idle();
      else addEventListener?.call(globalThis, "load", idle, { once: true });
    },
  };
}

/** Where a browser keeps nothing, to ask for the storage throws, or it is `null`. */
function attempt<T>(ask: () => T | null | undefined): T | undefined {
  try {
    return ask() ?? undefined;
  } catch {
    return undefined;
  }
}
