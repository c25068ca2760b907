import { ownProperty, withoutPrototype } from "../options/own.js";
import type { GuardRequest } from "./types.js";

/** What a source reads, in the core's numbers. */
export const AUTHORIZATION = 0;
const HEADER = 1;
const COOKIE = 2;
const WEBSOCKET = 3;
export const PROXY = 4;

const TOKEN = /^[\w!#$%&'*+.^`|~-]{1,256}$/;

/** Fields that are other sources, and are not read as a whole. */
const OTHER_SOURCES = ["authorization", "cookie", "sec-websocket-protocol"];

/** Fields that a proxy sets, from a session of its own that browsers send along with whatever they are asked for. */
const SET_BY_PROXIES = [
  "cf-access-jwt-assertion",
  "x-amzn-oidc-accesstoken",
  "x-amzn-oidc-data",
  "x-auth-request-access-token",
  "x-forwarded-access-token",
  "x-goog-iap-jwt-assertion",
];

/** Whether browsers send the token along with what the pages of other sites ask for. */
export const isAmbient = ({ kind }: TokenSource): boolean => kind === COOKIE || kind === PROXY;

/** A place where a request may have its token. Made by {@link fromAuthorization} and the functions beside it. */
export interface TokenSource {
  readonly kind: number;
  /** The header field that is read. */
  readonly field: string;
  /** The name of the cookie or of the subprotocol. */
  readonly name: string;
  /** Of a session's token: stands in for the field. */
  readonly read?: (request: GuardRequest) => Promise<SessionToken | undefined>;
}

/** The token of a session. */
export interface SessionToken {
  readonly token: string;
  /** Of a token that is bound to a key: the thumbprint of the one that this server has, with which it would sign proofs. */
  readonly keyThumbprint?: string | undefined;
}

/** A source that reads the session of a request, which browsers send along as they do cookies. */
export const sessionSource = (read: NonNullable<TokenSource["read"]>): TokenSource =>
  Object.freeze(withoutPrototype({ kind: PROXY, field: "x-session-token", name: "", read }));

const source = (kind: number, field: string, name = ""): TokenSource =>
  Object.freeze(withoutPrototype({ kind, field, name }));

/** The token of `Authorization: Bearer` (RFC 6750 §2.1), or `DPoP` (RFC 9449 §7.1) where the guard takes proofs. The default. */
export const fromAuthorization = (): TokenSource => source(AUTHORIZATION, "authorization");

/**
 * The token that is the whole of a header field.
 *
 * Where a proxy sets the field (Cloudflare Access, Google's IAP, an AWS load balancer), it does so by a session of its own,
 * in a cookie: so the rules of {@link fromCookie} hold. The fields of these three are known; say `setByProxy` for others.
 *
 * @throws TypeError for a name that is none of a header field, or is that of another source.
 */
export function fromHeader(name: string, options: { readonly setByProxy?: boolean } = {}): TokenSource {
  const field = token(name, "fromHeader").toLowerCase();
  if (OTHER_SOURCES.includes(field)) {
    throw new TypeError(`fromHeader takes another field than ${JSON.stringify(field)}, for which there is a source`);
  }
  const isSetByProxy = ownProperty(options, "setByProxy") ?? SET_BY_PROXIES.includes(field);
  return source(isSetByProxy ? PROXY : HEADER, field);
}

/**
 * The token in a cookie. Since browsers send cookies along with what other sites' pages ask for, requests that may change
 * something must come from a page of `resource`'s origin, or of one of `origins`; see `csrf_refused`.
 *
 * @param name The whole name. One that begins with `__Host-` cannot be set by neighbouring domains.
 * @throws TypeError for a name that is none of a cookie.
 */
export const fromCookie = (name: string): TokenSource => source(COOKIE, "cookie", token(name, "fromCookie"));

/**
 * The token among the subprotocols of a WebSocket, for pages, which cannot set its header fields:
 * `new WebSocket(url, [name, token])`. Answer with the subprotocol `name` alone.
 *
 * @throws TypeError for a name that is none of a subprotocol.
 */
export const fromWebSocket = (name: string): TokenSource =>
  source(WEBSOCKET, "sec-websocket-protocol", token(name, "fromWebSocket"));

/** RFC 9110 §5.6.2, which all three kinds of names are made of. */
function token(name: unknown, where: string): string {
  if (typeof name === "string" && TOKEN.test(name)) return name;
  throw new TypeError(`${where} takes a name of letters, digits and !#$%&'*+-.^_\`|~, e.g. ${where}("access-token")`);
}

/** A source of this package, of whichever copy, as it is now. `undefined`: it is none. */
export function copySource(value: unknown): TokenSource | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { kind, field, name, read } = value as Partial<TokenSource>;
  if (typeof read === "function") return sessionSource(read);
  if (typeof field !== "string" || !TOKEN.test(field) || typeof name !== "string") return undefined;
  const isNamed = TOKEN.test(name);
  switch (kind) {
    case AUTHORIZATION:
      return field === "authorization" ? source(kind, field) : undefined;
    case HEADER:
    case PROXY:
      return OTHER_SOURCES.includes(field) ? undefined : source(kind, field.toLowerCase());
    case COOKIE:
      return field === "cookie" && isNamed ? source(kind, field, name) : undefined;
    case WEBSOCKET:
      return field === "sec-websocket-protocol" && isNamed ? source(kind, field, name) : undefined;
    default:
      return undefined;
  }
}
