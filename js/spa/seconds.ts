/** Seconds since the epoch, by this browser's clock. */
export const seconds = (): number => Math.floor(Date.now() / 1000);
