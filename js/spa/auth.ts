import type { ResourceTarget } from "../client/client-types.js";
import { CountersignError } from "../errors.js";
import { toBase64url } from "../options/base64url.js";
import { waitAtMost } from "../wait.js";
import { PageClient } from "./client.js";
import { offline, resourceRefused, responseUnknown } from "./errors.js";
import { namedLock } from "./lock.js";
import { Marks } from "./marks.js";
import { checkDestination, Navigation } from "./navigation.js";
import { isEvent, readLoginOptions } from "./options.js";
import { currentPage } from "./page.js";
import type { AccessToken } from "./record.js";
import { hrefOf, Resources, targetOf } from "./resources.js";
import { Rules } from "./rules.js";
import { core } from "./runtime.js";
import { SignIns } from "./sign-in.js";
import { areas } from "./storage.js";
import { Tokens } from "./tokens.js";
import { Twins } from "./twins.js";
import type {
  AccessTokenOptions,
  BrowserAuth,
  BrowserAuthOptions,
  LogoutOptions,
  PageFetchInit,
  Snapshot,
} from "./types.js";
import { userOf } from "./user.js";

/** How long a logout waits for the provider, in milliseconds. The session of this browser is over at once. */
const PATIENCE = 3000;

/** Another call on this page that may be turning a response into tokens: whoever calls meanwhile finds them. */
let arriving: Promise<unknown> = Promise.resolve();

/** Makes the sign-in of this page. The options were read. */
export async function createAuth<User>(options: BrowserAuthOptions<User>): Promise<BrowserAuth<User>> {
  const page = currentPage();
  const { issuer, clientId, storage = "session", dpop: isBound = false } = options;
  const redirectUri = options.redirectUri ?? `${page.location.origin}/`;
  checkDestination(options.postLogoutRedirectUri ?? "/", page.location);
  const prefix = `countersign:${clientId}@${issuer}:`;
  const rules = new Rules(core, issuer, clientId);
  const resources = new Resources(options.resources ?? [], rules);
  const owner = { issuer, clientId, isBound };
  const client = new PageClient(options as BrowserAuthOptions<never>, page, redirectUri, rules);
  const load = async (): Promise<void> => client.load();
  const { session: area, signIns: signInArea, shared } = areas(page, storage, prefix);
  const twins = storage === "session" ? new Twins(page, prefix, owner) : undefined;
  const marks = storage === "memory" ? undefined : new Marks(page.indexedDB, shared);
  const lock = namedLock(page, `${prefix}refresh`);
  const navigation = new Navigation(page);
  const signIns = new SignIns({ issuer, redirectUri, page, client, rules, load, area: signInArea });
  const tokens = new Tokens({
    ...owner,
    resources: resources.names,
    client,
    rules,
    load,
    area,
    lock,
    marks,
    twins,
    onEnd: () => {
      end();
    },
  });

  const listeners = new Set<() => void>();
  let error: CountersignError | undefined;
  const arrive = async (): Promise<void> => {
    const outcome = signIns.mayBeIn ? await signIns.arrive() : undefined;
    if (outcome === undefined) return;
    if ("error" in outcome) ({ error } = outcome);
    else if (outcome.tokens.claims === undefined) error = responseUnknown();
    else {
      const { claims } = outcome.tokens;
      const resource = resources.names.length === 0 ? "" : (outcome.resource ?? "");
      tokens.begin(randomId(page.crypto), { ...outcome.tokens, claims }, resource);
    }
  };
  const arrival = arriving.then(arrive);
  arriving = arrival.catch(() => undefined);
  await arrival;

  const shown = tokens.show();
  const checked = shown === undefined ? undefined : await userOf(shown.tokens.claims, options.user);
  if (checked !== undefined && "error" in checked) {
    ({ error } = checked);
    tokens.forget();
    tokens.show();
  }
  let snapshot: Snapshot<User> =
    checked !== undefined && "user" in checked
      ? Object.freeze({ user: checked.user, ended: false as const })
      : Object.freeze({ user: undefined, ended: false as const, ...(error === undefined ? {} : { error }) });

  function end(): void {
    if (snapshot.user === undefined || snapshot.ended) return;
    snapshot = Object.freeze({ user: snapshot.user, ended: true });
    for (const listener of [...listeners]) listener();
  }

  page.listen("pageshow", ({ persisted }) => {
    if (!persisted) return;
    // The back button has brought back what was on the screen before a sign-in or a logout.
    if (!tokens.isCurrent) page.location.reload();
    else {
      void tokens.endIfOver().then((isOver) => {
        if (isOver) page.location.reload();
      });
    }
  });
  page.listen("storage", (event) => {
    if (tokens.concerns(event) && !tokens.isCurrent) end();
  });
  // Whoever clicks a button later should not have to wait for it.
  page.whenIdle(() => {
    (snapshot.user === undefined ? load() : tokens.check()).catch(() => undefined);
  });

  const login: BrowserAuth<User>["login"] = async (given) => {
    const { returnTo, params } = readLoginOptions(given);
    const { pathname, search, hash } = page.location;
    const place = returnTo ?? pathname + search + hash;
    return navigation.leave(async () => {
      if (!page.isOnline()) throw offline();
      await load();
      const { names } = resources;
      const all = names.length > 0 ? { ...params, resource: names } : { ...params };
      const { url, transaction } = await client.authorize(all).catch((error: unknown) => {
        const isRefused = error instanceof CountersignError && rules.isResourceRefused(error.code, error.actual);
        throw isRefused ? resourceRefused(error) : error;
      });
      signIns.add(transaction, place);
      return url;
    });
  };
  const always = {
    login,
    lock: lock.scope,
    getSnapshot: () => snapshot,
    subscribe: (listener: () => void) => {
      listeners.add(listener);
      return () => {
        listeners.delete(listener);
      };
    },
  };
  if (snapshot.user === undefined) return Object.freeze({ ...always, user: undefined });
  const { user } = snapshot;

  const fresh = async (resource: string): Promise<AccessToken> => {
    const token = await tokens.fresh(resource);
    if (token === undefined) throw new TypeError("accessToken: the provider gives this client none");
    return token;
  };
  return Object.freeze({
    ...always,
    user,
    accessToken: async (given?: AccessTokenOptions) => (await fresh(resources.named(given))).accessToken,
    async fetch(input: ResourceTarget, init: PageFetchInit = {}) {
      const { resource, ...rest } = init;
      const target = targetOf(input, page.location.href);
      await load();
      const token = await fresh(resources.at(hrefOf(target), resource));
      return client.fetch(target, rest, token);
    },
    async logout(given: LogoutOptions = {}) {
      const { postLogoutRedirectUri = options.postLogoutRedirectUri ?? redirectUri } = isEvent(given) ? {} : given;
      checkDestination(postLogoutRedirectUri, page.location);
      return navigation.leave(async () => {
        const record = await tokens.end();
        signIns.clear();
        if (record === undefined) return postLogoutRedirectUri;
        let url: string | undefined;
        const ask = async (): Promise<void> => {
          await load();
          url = await client.logoutUrl(record.tokens.idToken, postLogoutRedirectUri).catch(() => undefined);
          await client.revoke(record.tokens);
        };
        // A server that cannot do it, or is not there, holds up no logout.
        await waitAtMost(ask(), PATIENCE).catch(() => undefined);
        return url ?? postLogoutRedirectUri;
      }, "replace");
    },
  });
}

/** 16 random bytes in base64url. */
const randomId = (crypto: Pick<Crypto, "getRandomValues">): string =>
  toBase64url(crypto.getRandomValues(new Uint8Array(16)));
