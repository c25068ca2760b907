import type { IdTokenClaims, ResourceInit, ResourceTarget } from "../client/client-types.js";
import type { CountersignError } from "../errors.js";
import type { Fetch, GlobalFetch } from "../fetch.js";

/** A schema of any library that implements Standard Schema (Zod, Valibot, ArkType and others). */
export interface StandardSchema<Output> {
  readonly "~standard": {
    readonly version: 1;
    readonly vendor: string;
    readonly validate: (value: unknown) => SchemaResult<Output> | Promise<SchemaResult<Output>>;
    readonly types?: { readonly input: unknown; readonly output: Output } | undefined;
  };
}

/** What a schema answers. */
export type SchemaResult<Output> =
  | { readonly value: Output; readonly issues?: undefined }
  | { readonly issues: readonly { readonly message: string; readonly path?: unknown }[] };

/** Options of {@link createBrowserAuth}. */
export interface BrowserAuthOptions<User = IdTokenClaims> {
  /** The provider's issuer, exactly as it is written in its metadata. */
  readonly issuer: string;
  readonly clientId: string;
  /** Separated by spaces. Default: `openid`. Many providers give a refresh token for `offline_access` alone. */
  readonly scope?: string;
  /**
   * The APIs that access tokens are for, each with a token of its own (RFC 8707). {@link SignedIn.fetch} sends it to the API's
   * origin. The sign-in brings the token of the first, and a refresh token brings the others when they are wanted.
   */
  readonly resources?: readonly string[];
  /** Further origins that {@link SignedIn.fetch} sends tokens to, where the API is not at the address that it is named by. */
  readonly allowedOrigins?: readonly string[];
  /**
   * Where tokens are kept: `session` (the default) in the tab's `sessionStorage`, so that a reload keeps the user signed in;
   * `local` in `localStorage`, for all tabs and until logout; `memory`, so that a reload signs out.
   */
  readonly storage?: "session" | "local" | "memory";
  /**
   * Where the provider sends the browser back to, as it is registered there: any page of the application that calls
   * `createBrowserAuth`. Default: the origin's `/`.
   */
  readonly redirectUri?: string;
  /** Where the provider sends the browser after a logout, as it is registered there. Default: `redirectUri`. */
  readonly postLogoutRedirectUri?: string;
  /** The type of {@link SignedIn.user}, and the check that it is one: a Standard Schema over the claims of the ID token. */
  readonly user?: StandardSchema<User>;
  /**
   * Binds the tokens to a key that scripts can use and not read (RFC 9449), in IndexedDB. Servers that do not bind them are
   * refused. It needs a secure context. Default: `false`.
   */
  readonly dpop?: boolean;
  /** Stands in for the global `fetch`, in tests. */
  readonly fetch?: Fetch;
}

/** Options of a sign-in. */
export interface LoginOptions {
  /** A place of this application, as a path. Default: where the user is. */
  readonly returnTo?: string;
  /** Further parameters of the request, such as `{ prompt: "login" }` or `{ ui_locales: "de" }`. */
  readonly params?: Readonly<Record<string, string>>;
}

/** Options of a logout. */
export interface LogoutOptions {
  /** Where the provider sends the browser afterwards, in place of `postLogoutRedirectUri`. */
  readonly postLogoutRedirectUri?: string;
}

/** Options of {@link SignedIn.accessToken}. */
export interface AccessTokenOptions {
  /** The API that it is for: one of the option `resources`. It may be left out where there is one, or none. */
  readonly resource?: string;
}

/** What {@link SignedIn.fetch} takes beside the address. */
export type PageFetchInit = ResourceInit & {
  /** Whose token is sent: one of the option `resources`. Default: the one whose address covers the request's. */
  readonly resource?: string;
};

/** What is shown: one and the same object until something changes, as `useSyncExternalStore` wants it. */
export type Snapshot<User = IdTokenClaims> =
  | {
      readonly user: User;
      /**
       * The provider gives no more tokens, or the user has signed out in another tab. What is on the page may stay until
       * the user signs in again, by `login()`.
       */
      readonly ended: boolean;
      readonly error?: undefined;
    }
  | {
      readonly user: undefined;
      readonly ended: false;
      /** Why the sign-in that has just come back has failed. */
      readonly error?: CountersignError;
    };

interface Always<User> {
  /**
   * Leaves for the provider. Never resolves.
   *
   * @throws CountersignError `storage_unavailable` where the browser keeps nothing for this page; `server_unavailable` and
   *   others about the provider's metadata.
   */
  login(options?: LoginOptions): Promise<never>;
  /** Calls the listener after each change of the snapshot. Answers what ends that. */
  subscribe(listener: () => void): () => void;
  getSnapshot(): Snapshot<User>;
  /**
   * Who takes turns at refreshing tokens: every tab of the browser, or only the calls of this one, where there are no Web
   * Locks (http on a host other than localhost).
   */
  readonly lock: "browser" | "tab";
}

/** Nobody is signed in. */
export interface SignedOut<User = IdTokenClaims> extends Always<User> {
  readonly user: undefined;
}

/** A user is signed in, until the page is left. */
export interface SignedIn<User = IdTokenClaims> extends Always<User> {
  readonly user: User;
  /**
   * An access token that is good for a minute at least, if the server gives such. One call at a time refreshes, across tabs
   * and resources: they share the refresh token.
   *
   * @throws TypeError where there are several `resources` and none is named.
   * @throws CountersignError `session_ended` when the user has to sign in again; `refresh_unavailable` while the token has
   *   expired and the provider cannot be reached; `resource_refused` where the provider gives none for this API.
   */
  accessToken(options?: AccessTokenOptions): Promise<string>;
  /**
   * `fetch` with the access token, for the origins of `resources` and `allowedOrigins`, and for no other. A redirect is not
   * followed.
   *
   * Of several `resources`, it is the token of the one whose address is the request's, or lies above its path; the longest
   * of these counts. For an address that none covers, `init.resource` says which.
   *
   * @throws TypeError for another origin, or an address that none covers; and what `accessToken` throws.
   */
  fetch(input: ResourceTarget, init?: PageFetchInit): Promise<GlobalFetch["response"]>;
  /**
   * Forgets the session, revokes its refresh token, and leaves for the provider's logout; where the provider does not answer
   * within 3 seconds, for `postLogoutRedirectUri`. Never resolves.
   */
  logout(options?: LogoutOptions): Promise<never>;
}

/** A page's sign-in. `user` tells which of the two it is. */
export type BrowserAuth<User = IdTokenClaims> = SignedIn<User> | SignedOut<User>;
