/** The time between two looks, in milliseconds. */
const POLL_INTERVAL = 20;

/** Milliseconds, by a monotonic clock where the host has one. */
const clock = (): number => performance.now();

/** Waits for a promise, but not longer than this many milliseconds. What comes of it afterwards concerns others. */
export async function waitAtMost(promise: Promise<unknown>, milliseconds: number): Promise<void> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, milliseconds);
  });
  try {
    await Promise.race([promise, limit]);
  } finally {
    clearTimeout(timer);
  }
}

/** Waits for another call's work without its promise: the request that it belongs to may have been cancelled. */
export async function pollAtMost(isOver: () => boolean, milliseconds: number): Promise<void> {
  const began = clock();
  // Looks are counted too, because on Workers the clock is the wall's.
  for (let looks = milliseconds / POLL_INTERVAL; looks > 0 && clock() - began < milliseconds; looks -= 1) {
    if (isOver()) return;
    await new Promise((resolve) => setTimeout(resolve, POLL_INTERVAL));
  }
}

/** Whether something is to be waited for. Its class is not asked for: what async functions return need not be the global `Promise`. */
export const isPromise = <T>(value: T | Promise<T>): value is Promise<T> =>
  typeof value === "object" && value !== null && "then" in value && typeof value.then === "function";

/** Calls what decides nothing, as hooks for metrics do. Whatever it throws or rejects with is dropped. */
export function ignoringFailure(call: () => unknown): void {
  (async () => {
    await call();
  })().catch(() => undefined);
}
