import type { CountersignError } from "../errors.js";
import type { LoginOptions, LogoutOptions } from "../spa/types.js";
import type { ResourceInit, ResourceTarget } from "../client/client-types.js";
import type { Fetch, GlobalFetch } from "../fetch.js";

/** An algorithm that a test issuer signs with. */
export type TestAlgorithm = "ES256" | "RS256" | "EdDSA";

/** Options of {@link createTestIssuer}. */
export interface TestIssuerOptions {
  /** The issuer identifier: an https URL, or an http one of this machine. Nothing is ever asked of it. Default: `https://issuer.example/`. */
  readonly issuer?: string;
  /** The `aud` of tokens. Default: `https://api.example`. */
  readonly audience?: string;
  /** Default: ES256, which is the quickest to make keys for. */
  readonly algorithm?: TestAlgorithm;
  /** The clock of `iat` and `exp`, in milliseconds. Default: `Date.now`. */
  readonly now?: () => number;
}

/** What a token is to have beside its claims. */
export interface MintOptions {
  /** The ID of the key that signs, which may have been withdrawn. Default: the newest. */
  readonly kid?: string;
  /** Header parameters, over the usual ones: `{ typ: "JWT" }` for an ID token, for instance. */
  readonly header?: Readonly<Record<string, unknown>>;
  /** Seconds until the token expires; negative for one that has. Default: 600. */
  readonly expiresIn?: number;
}

/** A public key, as the issuer's key set has it. */
export type TestKey = Readonly<Record<string, string>> & { readonly kid: string };

/** An issuer of tokens for tests, without a network. Made by {@link createTestIssuer}. */
export interface TestIssuer {
  /** The issuer identifier. */
  readonly issuer: string;
  /** The `aud` of its tokens. */
  readonly audience: string;
  /** The address of its key set. */
  readonly jwksUri: string;
  /** The IDs of the keys that are published, the newest last. */
  readonly kids: readonly string[];
  /** How often {@link TestIssuer.fetch} was called for the key set. */
  readonly fetches: number;
  /** Stands in for the network: the option `fetch` of `createVerifier` and `createGuard`. It needs no `this`. */
  readonly fetch: Fetch;
  /**
   * Signs an access token (RFC 9068) with `iss`, `aud`, `sub`, `iat` and `exp`. Claims that are given replace these; one
   * that is `undefined` is left out.
   *
   * @throws TypeError for a `kid` that the issuer never had.
   */
  mint(claims?: Readonly<Record<string, unknown>>, options?: MintOptions): Promise<string>;
  /** Makes a new key, publishes it beside the others, and signs with it from now on. Answers its ID. */
  rotate(): Promise<string>;
  /**
   * Takes a key out of the key set. It can still sign, so that a test sees its tokens refused.
   *
   * @throws TypeError for a `kid` that is not published.
   */
  withdraw(kid: string): void;
  /** Lets answers take so many milliseconds from now on. 0: none. */
  delay(ms: number): void;
  /** Answers with this HTTP status from now on, or as a network that is down. `undefined`: all is well again. */
  fail(how: number | "network" | undefined): void;
  /** The key set as it is published (RFC 7517 §5). */
  jwks(): { readonly keys: readonly TestKey[] };
  /** The metadata as it is published (OpenID Connect Discovery §3, RFC 8414 §2). */
  metadata(): Readonly<Record<string, unknown>>;
}

/** What an access token is wanted for. */
export interface WantedToken {
  /**
   * What `accessToken({ resource })` or `fetch(url, { resource })` has named; with the option `resources`, the one that it
   * comes to.
   */
  readonly resource?: string;
  /** Where `fetch` is about to send it. */
  readonly url?: string;
}

/** Options of {@link createTestBrowserAuth}. */
export interface TestBrowserAuthOptions<User> {
  /** Who is signed in. Absent: nobody is. */
  readonly user?: User;
  /** Why nobody is: what the snapshot says of a sign-in that has failed. */
  readonly error?: CountersignError;
  /**
   * Those of `createBrowserAuth`. Where this or `allowedOrigins` is given, `fetch` refuses what the real one would: other
   * origins, and addresses of which nobody can tell the API. Default: it refuses nothing.
   */
  readonly resources?: readonly string[];
  /** Those of `createBrowserAuth`; see `resources`. */
  readonly allowedOrigins?: readonly string[];
  /** The access token, or what makes it for the API and the address that it is wanted for. Default: `test-access-token`. */
  readonly accessToken?: string | ((wanted: WantedToken) => string | Promise<string>);
  /** Takes the requests of `fetch`, with the access token. Default: the global one. */
  readonly fetch?: (input: ResourceTarget, init?: ResourceInit) => Promise<GlobalFetch["response"]>;
}

/** What a test can look at, and do. */
export interface BrowserAuthRecord {
  readonly test: {
    /** The options of each sign-in that was begun. */
    readonly logins: readonly LoginOptions[];
    /** The options of each logout. */
    readonly logouts: readonly LogoutOptions[];
    /** Ends the session, as when the provider gives no more tokens: listeners are told, and `accessToken()` throws. */
    end(): void;
  };
}
