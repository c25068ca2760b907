// Browsers, tabs and a provider for countersign/spa, as far as it looks.

import { importPackage } from "../../support/package.mjs";
import { folder } from "./package.mjs";

export const spa = await importPackage(folder, "countersign/spa");
const { createTestIssuer } = await importPackage(folder, "countersign/testing");

export const ORIGIN = "https://app.example";

class FakeStorage {
  items = new Map();
  /** Characters that it takes. */
  room = Infinity;
  get length() {
    return this.items.size;
  }
  key = (index) => [...this.items.keys()][index] ?? null;
  getItem = (name) => this.items.get(name) ?? null;
  removeItem = (name) => void this.items.delete(name);
  setItem(name, value) {
    const others = [...this.items].filter(([other]) => other !== name);
    const size = others.reduce((sum, [other, text]) => sum + other.length + text.length, name.length + value.length);
    if (size > this.room) throw new DOMException("full", "QuotaExceededError");
    this.items.set(name, value);
  }
}

/** What the tabs of a browser share. */
export class FakeBrowser {
  localStorage = new FakeStorage();
  blocksStorage = false;
  isOnline = true;
  /** Absent, as in a browser that has none. */
  indexedDB = undefined;
  channels = new Set();
  held = new Map();
  locks = {
    request: (name, call) => {
      const turn = (this.held.get(name) ?? Promise.resolve()).then(call, call);
      this.held.set(
        name,
        turn.catch(() => undefined),
      );
      return turn;
    },
  };

  tab(path = "/", { sessionStorage = new FakeStorage(), isSecure = true } = {}) {
    return new FakeTab(this, path, sessionStorage, isSecure);
  }
}

export class FakeTab {
  listeners = {};
  idle = [];
  reloads = 0;
  /** Where the tab was sent. */
  left = [];

  constructor(browser, path, sessionStorage, isSecure) {
    Object.assign(this, { browser, sessionStorage, isSecure, url: new URL(path, ORIGIN) });
  }

  /** A tab that is a copy of this one. */
  duplicate(path = "/") {
    const copy = new FakeStorage();
    for (const [name, value] of this.sessionStorage.items) copy.items.set(name, value);
    return this.browser.tab(path, { sessionStorage: copy });
  }

  /** Opens another page in this tab. */
  open(path) {
    for (const channel of this.channels ?? []) channel.close();
    Object.assign(this, { url: new URL(path, ORIGIN), listeners: {}, idle: [], left: [], reloads: 0 });
    return this;
  }

  globals() {
    const tab = this;
    const { browser } = this;
    const blocked = () => {
      throw new DOMException("blocked", "SecurityError");
    };
    tab.channels = [];
    class FakeChannel extends EventTarget {
      constructor(name) {
        super();
        this.name = name;
        browser.channels.add(this);
        tab.channels.push(this);
      }
      close() {
        browser.channels.delete(this);
      }
      postMessage(data) {
        for (const other of browser.channels) {
          if (other !== this && other.name === this.name)
            setTimeout(() => other.dispatchEvent(new MessageEvent("message", { data })));
        }
      }
    }
    return {
      location: {
        get href() {
          return tab.url.href;
        },
        get origin() {
          return tab.url.origin;
        },
        get pathname() {
          return tab.url.pathname;
        },
        get search() {
          return tab.url.search;
        },
        get hash() {
          return tab.url.hash;
        },
        assign: (url) => void tab.left.push(url),
        replace: (url) => void tab.left.push(url),
        reload: () => void (tab.reloads += 1),
      },
      history: {
        state: { of: "router" },
        replaceState(state, _, url) {
          const next = new URL(url, tab.url);
          if (next.origin !== ORIGIN) throw new DOMException("another origin", "SecurityError");
          tab.url = next;
          tab.historyState = state;
        },
      },
      sessionStorage: { get: () => (browser.blocksStorage ? blocked() : tab.sessionStorage) },
      localStorage: { get: () => (browser.blocksStorage ? blocked() : browser.localStorage) },
      navigator: {
        locks: tab.isSecure ? browser.locks : undefined,
        get onLine() {
          return browser.isOnline;
        },
      },
      ...(browser.indexedDB && { indexedDB: browser.indexedDB }),
      BroadcastChannel: FakeChannel,
      addEventListener: (type, listener) => void (tab.listeners[type] ??= []).push(listener),
      requestIdleCallback: (call) => void tab.idle.push(call),
      document: { readyState: "complete" },
    };
  }

  dispatch(type, event) {
    for (const listener of this.listeners[type] ?? []) listener(event);
  }

  /** Makes the sign-in of this tab's page. The rest of it runs without these globals, as it has taken what it needs. */
  async auth(options) {
    const before = new Map();
    for (const [name, value] of Object.entries(this.globals())) {
      before.set(name, Object.getOwnPropertyDescriptor(globalThis, name));
      const accessor = typeof value.get === "function" && Object.keys(value).length === 1;
      const how = accessor ? value : { value, writable: true };
      Object.defineProperty(globalThis, name, { ...how, configurable: true });
    }
    try {
      return spa.createBrowserAuth(options);
    } finally {
      for (const [name, descriptor] of before) {
        if (descriptor === undefined) delete globalThis[name];
        else Object.defineProperty(globalThis, name, descriptor);
      }
    }
  }
}

/** A provider with rotation of refresh tokens, and the end of all of them where one is used twice. */
export class FakeProvider {
  static async start(options = {}) {
    const issuer = await createTestIssuer({ issuer: "https://id.example/", ...options });
    return Object.assign(new FakeProvider(), { issuer, now: options.now ?? Date.now });
  }

  requests = [];
  codes = new Map();
  grants = new Map();
  life = 3600;
  claims = {};
  givesRefreshTokens = true;
  tokenType = "Bearer";
  /** Whether a refresh token is used up by a request that is refused. */
  spendsOnRefusal = false;
  /** The APIs that it knows. `undefined`: it does not look at what is named. */
  resources = undefined;
  /** The forms that the token endpoint was sent. */
  forms = [];
  /** What the token endpoint answers in place of tokens. */
  answer = undefined;
  reuses = 0;
  #made = 0;

  options(others = {}) {
    return { issuer: this.issuer.issuer, clientId: "page", fetch: this.fetch, ...others };
  }

  /** Signs a user in by the address of an authorization request. Answers the path of the response. */
  signIn(url, { sub = "alice", at = "/" } = {}) {
    const query = new URL(url).searchParams;
    const code = `code-${(this.#made += 1)}`;
    this.codes.set(code, { sub, nonce: query.get("nonce"), named: query.getAll("resource") });
    return `${at}?${new URLSearchParams({ code, state: query.get("state"), iss: this.issuer.issuer })}`;
  }

  fetch = async (input, init) => {
    const url = typeof input === "string" ? input : input.url;
    this.requests.push(url);
    if (url.endsWith("/.well-known/openid-configuration")) {
      const metadata = {
        ...this.issuer.metadata(),
        end_session_endpoint: "https://id.example/end",
        revocation_endpoint: "https://id.example/revoke",
        authorization_response_iss_parameter_supported: true,
      };
      return Response.json(metadata);
    }
    if (url === "https://id.example/token") return this.#token(new URLSearchParams(init.body));
    if (url === "https://id.example/revoke") {
      this.grants.delete(new URLSearchParams(init.body).get("token"));
      return new Response(null, { status: 200 });
    }
    return this.issuer.fetch(input, init);
  };

  async #token(form) {
    this.forms.push(form);
    if (this.answer !== undefined) return this.answer(form);
    const isRefresh = form.get("grant_type") === "refresh_token";
    const given = form.get(isRefresh ? "refresh_token" : "code");
    const grant = (isRefresh ? this.grants : this.codes).get(given);
    if (grant === undefined || grant.isUsed) {
      if (grant !== undefined) {
        this.reuses += 1;
        for (const [token, other] of this.grants) if (other.family === grant.family) this.grants.delete(token);
      }
      return Response.json({ error: "invalid_grant" }, { status: 400 });
    }
    const resources = form.getAll("resource");
    const { sub, nonce, named, family = {} } = grant;
    if (
      resources.length > 1 ||
      resources.some((one) => !named.includes(one) || this.resources?.includes(one) === false)
    ) {
      grant.isUsed = this.spendsOnRefusal;
      return Response.json({ error: "invalid_target", error_description: "unknown or several" }, { status: 400 });
    }
    grant.isUsed = true;
    const number = (this.#made += 1);
    const refresh_token = `refresh-${number}`;
    if (this.givesRefreshTokens) this.grants.set(refresh_token, { sub, family, named });
    const claims = { sub, aud: "page", ...(isRefresh ? {} : { nonce }), ...this.claims };
    return Response.json({
      access_token: ["access", number, ...resources].join("-"),
      token_type: this.tokenType,
      ...(this.life === undefined ? {} : { expires_in: this.life }),
      ...(this.givesRefreshTokens ? { refresh_token } : {}),
      id_token: await this.issuer.mint(claims, { header: { typ: "JWT" } }),
    });
  }
}

/** Lets what has been started go on. */
export const turns = async (milliseconds = 0) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Waits until it holds. */
export async function until(holds) {
  for (let waited = 0; !holds(); waited += 5) {
    if (waited > 5_000) throw new Error(`waited in vain for ${holds}`);
    await turns(5);
  }
}

/** Begins a sign-in. Answers where the tab was sent. */
export async function leave(tab, auth, options) {
  const before = tab.left.length;
  const leaving = auth.login(options);
  await Promise.race([leaving, until(() => tab.left.length > before)]);
  return tab.left.at(-1);
}

/** A user who has signed in in this tab. */
export async function signedIn(tab, provider, options, user) {
  const url = await leave(tab, await tab.auth(options));
  const auth = await tab.open(provider.signIn(url, user)).auth(options);
  if (auth.user === undefined) throw auth.getSnapshot().error;
  return auth;
}

/** APIs of an application: two addresses, of which one lies below the other, and a name. */
export const APIS = ["https://api.example/", "https://api.example/notes", "urn:example:files"];

/** The session that lies in a storage, or `null`. */
export const sessionIn = (area) =>
  JSON.parse([...area.items].find(([name]) => name.endsWith(":session"))?.[1] ?? "null");

/** Moves what is stored into the past, as if time had gone by. */
export function age(area, seconds) {
  for (const [name, text] of area.items) {
    if (!name.endsWith(":session")) continue;
    const record = JSON.parse(text);
    for (const token of record.accessTokens) {
      token.receivedAt -= seconds;
      if (token.expiresAt !== undefined) token.expiresAt -= seconds;
    }
    if (record.endsAt !== undefined) record.endsAt -= seconds;
    area.items.set(name, JSON.stringify(record));
  }
}

/** What is thrown. */
export async function errorOf(promise) {
  try {
    await promise;
  } catch (error) {
    return error;
  }
  throw new Error("nothing was thrown");
}
