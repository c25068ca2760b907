import { withoutPrototype } from "../options/own.js";

/** What a source reads, in the core's numbers. */
export const AUTHORIZATION = 0;
const HEADER = 1;
export const COOKIE = 2;
const WEBSOCKET = 3;

/** A place where a request may have its token. Made by {@link fromAuthorization} and the functions beside it. */
export interface TokenSource {
  readonly kind: number;
  /** The header field that is read. */
  readonly field: string;
  /** The name of the cookie or of the subprotocol. */
  readonly name: string;
}

const source = (kind: number, field: string, name = ""): TokenSource =>
  Object.freeze(withoutPrototype({ kind, field, name }));

/** The token of `Authorization: Bearer` (RFC 6750 §2.1). The default. */
export const fromAuthorization = (): TokenSource => source(AUTHORIZATION, "authorization");

/**
 * The token that is the whole of a header field, such as the `Cf-Access-Jwt-Assertion` of Cloudflare Access.
 *
 * @throws TypeError for a name that is none of a header field.
 */
export const fromHeader = (name: string): TokenSource => source(HEADER, token(name, "fromHeader").toLowerCase());

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
  if (typeof name === "string" && /^[\w!#$%&'*+.^`|~-]{1,256}$/.test(name)) return name;
  throw new TypeError(`${where} takes a name of letters, digits and !#$%&'*+-.^_\`|~, e.g. ${where}("access-token")`);
}

/** Whether something is a source of this package, of whichever copy. */
export const isSource = (value: unknown): value is TokenSource =>
  typeof value === "object" &&
  value !== null &&
  ["kind", "field", "name"].every((member) => Object.hasOwn(value, member));
