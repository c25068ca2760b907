import type { ErrorCode } from "../errors.js";
import type { Fetch } from "../fetch.js";
import type { StoredState } from "./state.js";

/**
 * How long keys are used and how often they are asked for, in seconds (RFC 9111, RFC 5861).
 *
 * A key set is fresh for as long as its `Cache-Control: max-age` says, less its `Age`, within bounds. Then it is stale:
 * fresher keys are asked for, and the stale ones are used while they cannot be had.
 */
export interface KeyCacheOptions {
  /** The shortest time that keys are fresh: 1 to 86,400. Default 30. */
  readonly minFreshness?: number;
  /** The time that keys are fresh where the server says nothing. Default 600. */
  readonly defaultFreshness?: number;
  /** The longest time that keys are fresh: 1 to 86,400. Default 86,400. */
  readonly maxFreshness?: number;
  /**
   * The time that stale keys are used without waiting for fresh ones, which are fetched meanwhile: 0 to 86,400. After it, a
   * verification waits a second at most. Default 0.
   */
  readonly staleWhileRevalidate?: number;
  /**
   * The time since the server last gave or confirmed keys after which they are not used, whatever happens: from
   * `maxFreshness` to 604,800. Default 86,400.
   */
  readonly staleIfError?: number;
  /** The time between two requests that tokens with unknown key IDs cause: 1 to 3,600. Default 30. */
  readonly cooldown?: number;
  /** The time that a request for metadata or keys may take, headers and body: 1 to 30. Default 5. */
  readonly timeout?: number;
}

/** What became of an issuer's keys. No token and no key is in it. */
export interface KeySetEvent {
  /**
   * - `"replaced"`: the server has given keys, the same perhaps;
   * - `"confirmed"`: it says that they are those that there are (status 304);
   * - `"failed"`: it could not be asked, or gave what is no key set. The last good keys stay. Where keys are fetched one by one,
   *   it may also have none under the ID that a token names: `key_not_found`;
   * - `"imported"`: keys came from the store, or by `importKeys`;
   * - `"store_failed"`: the store could not be read or written.
   */
  readonly type: "replaced" | "confirmed" | "failed" | "imported" | "store_failed";
  readonly issuer: string;
  /** What was asked. */
  readonly url?: string;
  /** The HTTP status of its answer. */
  readonly status?: number;
  /** Why it failed. */
  readonly code?: ErrorCode;
  /** What the host or the store said, for the log. */
  readonly error?: unknown;
  /** Key IDs that were not there before. */
  readonly added?: readonly string[];
  /** Key IDs that are gone. */
  readonly removed?: readonly string[];
}

/** What a driver is told of its keys. */
export interface KeySourceOptions {
  readonly issuer: string;
  /** The application's own function in place of a server. */
  readonly keys: (() => unknown) | undefined;
  readonly fetch: Fetch | undefined;
  readonly store: StoredState | undefined;
  readonly waitUntil: ((promise: Promise<unknown>) => void) | undefined;
  readonly onKeySetEvent: ((event: KeySetEvent) => void) | undefined;
  /** The clock, in whole seconds. */
  readonly now: () => number;
}
