import type { Fetch } from "../fetch.js";

/** A request that was made, and what came. */
export interface WatchedRequest {
  readonly url: string;
  /** The HTTP status, or that there was no answer. */
  status: number | "no answer";
}

/** The global `fetch`, which notes what it is asked for. */
export const watchedFetch =
  (requests: WatchedRequest[]): Fetch =>
  async (url, init) => {
    const line: WatchedRequest = { url: url, status: "no answer" };
    requests.push(line);
    const response = await globalThis.fetch(url, init);
    line.status = response.status;
    return response;
  };
