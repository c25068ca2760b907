// Sign-in for web applications without a server: a browser's cookies, and a client that rotates refresh tokens.

import { importPackage } from "../../support/package.mjs";
import { folder } from "./package.mjs";

export const web = await importPackage(folder, "countersign/web");
export const guards = await importPackage(folder, "countersign/guard");
export const stores = await importPackage(folder, "countersign/stores");

export const origin = "https://app.example";
export const secret = "a".repeat(32);

/** The error class of the package under test. */
export const Failure = web.CountersignError;

/** The options by which sessions are in each of their places. */
export const places = () => [
  {},
  { store: stores.memoryStore() },
  { store: stores.memoryStore(), session: { storage: "cookie" } },
];

/** Pages and calls of one browser. */
export class Browser {
  cookies = new Map();
  at = origin;

  constructor(at = origin) {
    this.at = at;
  }

  copy() {
    const other = new Browser(this.at);
    other.cookies = new Map(this.cookies);
    return other;
  }

  get cookie() {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; ");
  }

  named(beginning) {
    return [...this.cookies.keys()].filter((name) => name.startsWith(beginning));
  }

  /** A user goes to a page. */
  page(path, headers = {}) {
    return this.#request(path, {
      headers: { accept: "text/html", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document", ...headers },
    });
  }

  /** A script of a page calls. */
  call(path, { method = "GET", site = "same-origin", headers = {}, body } = {}) {
    const fields = { "sec-fetch-mode": "cors", "sec-fetch-dest": "empty", "sec-fetch-site": site, ...headers };
    return this.#request(path, { method, headers: fields, ...(body !== undefined && { body }) });
  }

  #request(path, init) {
    const request = new Request(new URL(path, this.at), init);
    if (this.cookies.size > 0) request.headers.set("cookie", this.cookie);
    return request;
  }

  take(response) {
    for (const line of response.headers.getSetCookie()) {
      const [pair] = line.split(";", 1);
      const at = pair.indexOf("=");
      if (/Max-Age=0(?:;|$)/.test(line)) this.cookies.delete(pair.slice(0, at));
      else this.cookies.set(pair.slice(0, at), pair.slice(at + 1));
    }
    return response;
  }
}

const error = (code, status, actual) => new Failure(code, status, code, actual === undefined ? {} : { actual });

/** A client of a server that rotates refresh tokens and ends the whole family when one comes twice. */
export function fakeClient({ claims = { sub: "alice", name: "Alice" }, expiresIn = 3600 } = {}) {
  const state = { begun: 0, refreshes: 0, revoked: [], expiresIn, claims, failure: undefined, newest: 0, over: false };
  const tokens = () => ({
    issuer: "https://id.example",
    accessToken: `at${state.newest}`,
    tokenType: "Bearer",
    expiresAt: Math.floor(Date.now() / 1000) + state.expiresIn,
    refreshToken: `rt${state.newest}`,
    idToken: "id.token",
    claims: { iss: "https://id.example", ...state.claims },
  });
  return {
    state,
    async authorize({ redirectUri, params }) {
      state.begun += 1;
      const url = new URL("https://id.example/authorize");
      for (const [name, value] of Object.entries(params ?? {})) url.searchParams.set(name, value);
      url.searchParams.set("state", `s${state.begun}`);
      url.searchParams.set("redirect_uri", redirectUri);
      return { url: url.href, transaction: { state: `s${state.begun}`, redirectUri } };
    },
    async callback(response, transaction) {
      const params = new URLSearchParams(response);
      if (params.get("state") !== transaction.state) throw error("state_mismatch", 400);
      if (params.has("error")) throw error("authorization_error", 400, params.get("error"));
      return tokens();
    },
    async refresh({ refreshToken }) {
      state.refreshes += 1;
      await new Promise((resolve) => setTimeout(resolve, 20));
      if (state.failure !== undefined) throw state.failure;
      if (state.over || refreshToken !== `rt${state.newest}`) {
        state.over = true;
        throw error("token_endpoint_error", 502, "invalid_grant: spent");
      }
      state.newest += 1;
      return tokens();
    },
    async revoke(token) {
      state.revoked.push(token);
    },
    async logoutUrl({ postLogoutRedirectUri, idToken }) {
      return `https://id.example/logout?to=${postLogoutRedirectUri}${idToken === undefined ? "" : `&hint=${idToken}`}`;
    },
    async verifyLogoutToken(token) {
      if (token === "bad") throw error("signature_invalid", 401);
      return {
        issuer: "https://id.example",
        jti: token,
        expiresAt: Math.floor(Date.now() / 1000) + 60,
        ...state.ended,
      };
    },
  };
}

/** The application of these tests: it greets whoever has signed in, and does what it is asked for. */
export function application(options = {}, handler = greet) {
  const client = options.clients === undefined ? (options.client ?? fakeClient()) : undefined;
  const auth = web.createWebAuth({ origin, secrets: [secret], ...options, ...(client && { client }) });
  const fetch = auth.mount((request, session, ...rest) => handler({ auth, request, session, rest }));
  return { auth, client, fetch, signIn: (browser, path = "/notes") => signIn(fetch, browser, path) };
}

async function greet({ auth, request, session }) {
  if (session === undefined) return auth.signIn(request);
  const { pathname } = new URL(request.url);
  if (pathname === "/token") return new Response(await session.accessToken());
  return new Response(`Hello, ${session.user.name}`);
}

/** A whole sign-in. Answers the response of the callback. */
async function signIn(fetch, browser, path) {
  const begun = browser.take(await fetch(browser.page(path)));
  const state = new URL(begun.headers.get("location")).searchParams.get("state");
  return browser.take(await fetch(browser.page(`/auth/callback?code=c&state=${state}`)));
}
