/** How long a store may take, in milliseconds. */
const STORE_TIMEOUT = 2000;

/** Asks a store. Rejects when the time is over, and drops what comes of the call later. */
export async function inTime<T>(call: () => T | Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(new DOMException(`no answer within ${STORE_TIMEOUT} ms`, "TimeoutError"));
    }, STORE_TIMEOUT);
  });
  try {
    return await Promise.race([call(), late]);
  } finally {
    clearTimeout(timer);
  }
}
