import type { Client, Tokens } from "../client/client-types.js";
import type { CountersignError } from "../errors.js";
import type { Fetch } from "../fetch.js";
import type { GlobalResponse, GlobalUrl, GuardRequest } from "../guard/types.js";
import type { TokenSource } from "../guard/sources.js";
import type { AtomicStore, Store } from "../store/types.js";

/** What sign-in needs of a client. Those of `createClient` have all of it. */
export interface SignInClient extends Pick<Client, "authorize" | "callback" | "refresh" | "logoutUrl"> {
  /** Asked for the claims about the user where the server gives no ID token. */
  userinfo?(tokens: Tokens): Promise<object>;
  /** Called at a sign-out, with the refresh token. */
  revoke?(token: string): Promise<unknown>;
  /** Called at a back-channel logout. */
  verifyLogoutToken?(token: string): Promise<VerifiedLogoutToken>;
}

/** The claims of a logout token that are looked at. */
export interface VerifiedLogoutToken {
  readonly issuer: string;
  readonly subject?: string | undefined;
  readonly sid?: string | undefined;
  readonly jti: string;
  readonly expiresAt: number;
}

/** Options of sessions. Times are in seconds. */
export interface SessionOptions {
  /** The time without a request of the user's after which a session ends. Default: 86,400 (a day). */
  readonly idle?: number;
  /** The time after which it ends at all. Default: 604,800 (seven days). */
  readonly absolute?: number;
  /** The claims about the user that are kept. Default: `sub`, `name`, `email`, `picture`. */
  readonly claims?: readonly string[];
  /** The name of the cookie; over https it gets the prefix `__Host-`. Default: `session`. */
  readonly name?: string;
  /**
   * Which requests of other sites' pages have the cookie. `Lax`: links that a user follows. `Strict`: none, so that whoever
   * follows such a link is signed in anew on the way; and after each sign-in, a page of this application leads on to where the
   * user was going. Default: `Lax`.
   */
  readonly sameSite?: "Lax" | "Strict";
  /**
   * Where sessions are: sealed in cookies, or in the store, of which a cookie has the identifier. Default: in the store, if
   * there is one.
   */
  readonly storage?: "cookie" | "store";
}

/** Options of {@link createWebAuth}. */
export interface WebAuthOptions {
  /**
   * The origin at which users see the application, as `https://app.example`; or several, of which a request's `X-Forwarded-Host`
   * or `Host` selects one. With http only on loopback.
   */
  readonly origin: string | readonly string[];
  /** The client by which users sign in, made by `createClient`. */
  readonly client?: SignInClient;
  /** Several, by names: `/auth/login?client=name`. The first is the default. */
  readonly clients?: Readonly<Record<string, SignInClient>>;
  /**
   * Secrets of at least 32 bytes each, as `openssl rand -base64 32` makes them. The first seals cookies, all of them open
   * cookies: to exchange one, put the new one first.
   */
  readonly secrets: readonly string[];
  /** A store of `countersign/stores`. With one, sessions can be ended from outside; an `AtomicStore` keeps refresh tokens. */
  readonly store?: Store | AtomicStore;
  /** The path of the routes. Default: `/auth`. */
  readonly basePath?: string;
  readonly session?: SessionOptions;
  /** Where users go after a sign-in that says nothing else, and after a sign-out. Default: `/`. */
  readonly returnTo?: string;
  /**
   * The APIs that access tokens are for (RFC 8707), e.g. `["https://api.example"]`: each sign-in asks for all of them, and each has
   * a token of its own, which {@link Session.accessToken} gives for its name. With several clients, an object of such lists by the
   * names of those whose servers know them. Default: none, and one token for whatever the server thinks.
   */
  readonly resources?: readonly string[] | Readonly<Record<string, readonly string[]>>;
  /**
   * Refreshes tokens also without an `AtomicStore`, where two processes may do so at once: for servers that accept a
   * refresh token twice within some seconds. Default: without such a store no session has a refresh token.
   */
  readonly refresh?: "unlocked";
  /**
   * Is told why a user got a page, or a program an answer, that says no more than a code: of what the store or the authorization
   * server failed at, with the exception of the store, of `fetch` or of another function of yours as the `cause`; also where the
   * request went on without. A `status` below 500 is the user's doing, or that of whoever sent the request. What a method throws
   * is not told. Whatever it throws itself is dropped.
   */
  readonly onError?: (error: CountersignError, request: WebRequest) => void;
}

/** The claims about a user that a session has. */
export interface SessionUser {
  readonly sub?: string;
  readonly name?: string;
  readonly email?: string;
  readonly picture?: string;
  readonly [claim: string]: unknown;
}

/** The session of a user who has signed in. */
export interface Session {
  readonly user: SessionUser;
  readonly issuer: string;
  /** The user, at the issuer. */
  readonly subject: string;
  /** When it ends unless the user comes before, in seconds since 1970. */
  readonly expiresAt: number;
  /** The application's data. */
  readonly data: Readonly<Record<string, unknown>>;
  /** The address of a link by which the user signs out. It holds for this session alone. */
  readonly logoutUrl: string;
  /** The name of the client that the user has signed in by: one of `clients`, or `default`. */
  readonly client: string;
  /**
   * What kind of access token there is. One of the type `DPoP` is bound to the client's key (RFC 9449): {@link WebAuth.forward}
   * sends a proof along, and so does `client.fetch`. `undefined`: there is no token.
   */
  readonly tokenType: "Bearer" | "DPoP" | undefined;
  /**
   * Keeps other data: plain data, in place of all that there was.
   *
   * @throws CountersignError `session_invalid` for data that is too large or none, `session_refresh_needed` where the response
   *   can no longer be changed, `session_ended` where the user has signed out meanwhile.
   */
  update(data: Readonly<Record<string, unknown>>): Promise<void>;
  /**
   * The access token, refreshed where that is due: that of the sign-in, or the one for an API of the option `resources`.
   *
   * @throws CountersignError `session_ended`: sign in again; `refresh_unavailable`: try again later; `session_refresh_needed`:
   *   ask in the handler of `mount`, before it returns; `resource_refused`: the server gives no token for that API.
   */
  accessToken(options?: AccessTokenOptions): Promise<string>;
}

/** Which access token of a session is wanted. */
export interface AccessTokenOptions {
  /**
   * The API that the token has to be good at, by its name in the option `resources`: each has a token of its own. Default: the
   * first of them, whose token the sign-in brings.
   */
  readonly resource?: string;
}

/** The part of a `Request` that is read. */
export interface WebRequest extends GuardRequest {
  readonly body?: unknown;
}

/** What a sign-in asks for. */
export interface SignInParams {
  /** The name of one of `clients`. */
  readonly client?: string;
  /** Where the user goes afterwards: a path of the application. Default: what the request asked for. */
  readonly returnTo?: string;
  /**
   * Further parameters of the authorization request, e.g. `{ prompt: "login" }`. A `resource` comes in place of those of the option
   * `resources`.
   */
  readonly params?: Readonly<Record<string, string>>;
}

/** Options of {@link WebAuth.forward}. */
export interface ForwardOptions extends AccessTokenOptions {
  /**
   * The origins that the user's token may be sent to, e.g. `["https://api.example"]`: where a part of the address is made of
   * the request's, it leads nowhere else.
   */
  readonly allowedOrigins: readonly string[];
  /** Header fields of the request that go along, beside those that describe its body and what is accepted. */
  readonly headers?: readonly string[];
  /** Stands in for the global `fetch`. */
  readonly fetch?: Fetch;
}

/** Sign-in and sessions of one application. */
export interface WebAuth {
  /**
   * The application with sign-in: its routes are answered, every other request comes to the handler with the session of
   * its user, or `undefined`. Requests that pages of other sites make with the user's cookies are answered with 403.
   *
   * What the handler answers gets the cookies that are to be set.
   */
  mount<R extends WebRequest, Rest extends unknown[], T>(
    handler: (request: R, session: Session | undefined, ...rest: Rest) => T | Promise<T>,
  ): (request: R, ...rest: Rest) => Promise<T | GlobalResponse>;
  /** Answers a request for one of the routes. `undefined`: it is for none of them. */
  handle(request: WebRequest): Promise<GlobalResponse | undefined>;
  /**
   * The session of a request, to be read: where the response cannot be changed.
   *
   * @throws CountersignError `store_unavailable`, which says nothing about the user; `csrf_refused` (403) for a request with
   *   the cookies of a user that a page of another site may have sent.
   */
  session(request: WebRequest): Promise<Session | undefined>;
  /**
   * Sends the user to the authorization server if the request is for a page. Otherwise it says what a program can read: 401.
   */
  signIn(request: WebRequest, params?: SignInParams): Promise<GlobalResponse>;
  /**
   * Signs the user out, and sends the browser to where the authorization server does the same. A GET without the token of
   * the session gets a page that asks the user.
   */
  signOut(request: WebRequest): Promise<GlobalResponse>;
  /**
   * Makes the request of a page to an API, with the user's access token: cookies and whatever names a user stay here, and
   * redirects are not followed. What the API answers is for this user, and no cache stores it.
   *
   * With a token that is bound to the client's key goes a proof (RFC 9449 §7.1), and again with the nonce that the API asks
   * for. So a body of up to 1 MiB is read before it is sent; a longer one cannot be sent again, and of such a request the page
   * gets the API's 401.
   *
   * @throws CountersignError As {@link Session.accessToken}. TypeError for an address that is no https URL, or of another
   *   origin than those allowed, and for a bound token of a client that `createClient` has not made.
   */
  forward(
    request: WebRequest,
    session: Session,
    url: string | GlobalUrl,
    options: ForwardOptions,
  ): Promise<GlobalResponse>;
  /**
   * The user's access token as a source for `createGuard`: `tokens: [fromAuthorization(), auth.tokenSource]`. The rules of
   * `fromCookie` about other sites hold. A token that is bound to a key has to be bound to the one of the client, which is here:
   * no proof is asked for, nor the guard's option `dpop`.
   */
  readonly tokenSource: TokenSource;
  /** The same of the access token for one API of the option `resources`, which is what the guard has as its `resource` or audience. */
  tokenSourceFor(resource: string): TokenSource;
}
