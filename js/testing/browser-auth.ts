import { origins } from "../options/origins.js";
import { callback, optional, readOptions, texts, type Readers } from "../options/readers.js";
import type { ResourceTarget } from "../client/client-types.js";
import { sessionEnded } from "../spa/errors.js";
import type { AccessTokenOptions, LoginOptions, LogoutOptions, SignedIn, SignedOut, Snapshot } from "../spa/types.js";
import { TestDestinations } from "./destinations.js";
import type { BrowserAuthRecord, TestBrowserAuthOptions, WantedToken } from "./types.js";

const never = async (): Promise<never> => new Promise<never>(() => undefined);

/**
 * Makes what `createBrowserAuth` of `countersign/spa` answers, without a provider and without a page: of a user who is signed
 * in, or of nobody. It goes nowhere and writes down where it would have.
 *
 * @throws TypeError for options that are unknown or impossible.
 *
 * @example
 * ```ts
 * const auth = createTestBrowserAuth({ user: { iss: "https://issuer.example/", sub: "alice" } });
 *
 * await auth.accessToken(); // "test-access-token"
 * auth.test.end(); // as if the provider gave no more tokens
 * auth.getSnapshot().ended; // true
 * ```
 */
export function createTestBrowserAuth<User extends object>(
  options: TestBrowserAuthOptions<User> & { readonly user: User },
): SignedIn<User> & BrowserAuthRecord;
export function createTestBrowserAuth(
  options?: TestBrowserAuthOptions<never> & { readonly user?: undefined },
): SignedOut & BrowserAuthRecord;
export function createTestBrowserAuth<User extends object>(
  options: TestBrowserAuthOptions<User> = {},
): (SignedIn<User> | SignedOut<User>) & BrowserAuthRecord {
  const read = readOptions(
    "createTestBrowserAuth",
    options,
    READERS as unknown as Readers<TestBrowserAuthOptions<User>>,
  );
  const { user, error, accessToken = "test-access-token", fetch = globalThis.fetch } = read;
  const destinations = TestDestinations.of(read);
  const listeners = new Set<() => void>();
  const logins: LoginOptions[] = [];
  const logouts: LogoutOptions[] = [];
  let snapshot: Snapshot<User> =
    user === undefined
      ? Object.freeze({ user, ended: false as const, ...(error && { error }) })
      : Object.freeze({ user, ended: false });
  const test = Object.freeze({
    logins,
    logouts,
    end() {
      if (user === undefined || snapshot.ended) return;
      snapshot = Object.freeze({ user, ended: true });
      for (const listener of [...listeners]) listener();
    },
  });
  const always = {
    test,
    lock: "browser" as const,
    login: async (given: LoginOptions = {}) => {
      logins.push(given);
      return never();
    },
    getSnapshot: () => snapshot,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
  if (user === undefined) return Object.freeze({ ...always, user });
  const token = async (wanted: WantedToken): Promise<string> => {
    if (snapshot.ended) throw sessionEnded();
    return typeof accessToken === "function" ? accessToken(wanted) : accessToken;
  };
  return Object.freeze({
    ...always,
    user,
    accessToken: async (given: AccessTokenOptions = {}) => {
      const resource = destinations === undefined ? given.resource : destinations.named(given.resource);
      return token(resource === undefined ? {} : { resource });
    },
    async fetch(input: ResourceTarget, { resource: named, ...init }: RequestInit & AccessTokenOptions = {}) {
      const own = typeof input === "object" && "url" in input ? (input as Request).headers : undefined;
      const url = typeof input === "string" ? input : "url" in input ? input.url : input.href;
      const resource = destinations === undefined ? named : destinations.at(url, named);
      const headers = new Headers(init.headers ?? own);
      headers.set("authorization", `Bearer ${await token({ url, ...(resource !== undefined && { resource }) })}`);
      return fetch(input as Request, { ...init, headers });
    },
    logout: async (given: LogoutOptions = {}) => {
      logouts.push(given);
      return never();
    },
  });
}

const anything = (value: unknown): unknown => value;

const READERS = {
  user: anything,
  error: anything,
  accessToken: anything,
  resources: optional(texts),
  allowedOrigins: optional(origins),
  fetch: optional(callback<typeof fetch>("fetch")),
};
