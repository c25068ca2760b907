// Errors that are made in a page.

import { CountersignError } from "../errors.js";

const withCause = (cause: unknown): { cause?: unknown } => (cause === undefined ? {} : { cause });

/** An error over a session that no tokens are to be had for any more. */
export const sessionEnded = (cause?: unknown): CountersignError =>
  new CountersignError(
    "session_ended",
    401,
    "the session is over: the provider gives no more tokens, or the user has signed out; `login()` begins another",
    withCause(cause),
  );

/** An error over an access token that has expired while nothing can refresh it. */
export const refreshUnavailable = (cause: unknown): CountersignError =>
  new CountersignError(
    "refresh_unavailable",
    503,
    "the access token has expired, and the provider cannot be asked for another: see `cause`, and try again later",
    { cause },
  );

/** An error over a resource that the server gives no token for. */
export const resourceRefused = (cause: CountersignError): CountersignError =>
  new CountersignError(
    "resource_refused",
    500,
    "the server gives no token for one of `resources` (`invalid_target`): write each as the server has it registered; where " +
      "it takes one in a sign-in, name one, and make a client of its own for each other API; whoever signed in before it was " +
      "named has to sign in again",
    { cause, ...(cause.actual !== undefined && { actual: cause.actual }) },
  );

/** An error over a resource whose token only a refresh token would bring. */
export const resourceMissing = (): CountersignError =>
  new CountersignError(
    "resource_refused",
    500,
    "a sign-in brings the token of the first of `resources`, and a refresh token brings the others: the server gave none, " +
      "which many do for the scope `offline_access` alone",
  );

/** An error over a browser that keeps nothing for a page. */
export const storageUnavailable = (): CountersignError =>
  new CountersignError(
    "storage_unavailable",
    500,
    "the browser keeps nothing for this page, so that nobody can sign in: allow site data for it, or free some storage",
  );

/** An error over an authorization response that no sign-in of this browser waits for. */
export const responseUnknown = (cause?: unknown): CountersignError =>
  new CountersignError(
    "state_mismatch",
    400,
    "the response belongs to no sign-in that is under way in this browser: it came late, twice, or from elsewhere",
    withCause(cause),
  );

/** An error over a provider that is not asked, since there is no network. */
export const offline = (): CountersignError =>
  new CountersignError("server_unavailable", 503, "the browser is offline, and the provider cannot be reached");

/** An error over claims that are not of the application's type. `expected` is what its schema says. */
export const claimsRefused = (issues: readonly { readonly message: string }[]): CountersignError =>
  new CountersignError("claim_invalid", 401, "the claims are not what the option `user` wants: see `expected`", {
    expected: issues
      .slice(0, 5)
      .map(({ message }) => message)
      .join("; "),
  });
