import { CountersignError, internalError } from "../errors.js";
import { Endpoint, type EndpointOptions } from "../guard/endpoint.js";
import { decode, isJwt, parse } from "../guard/introspection.js";
import type { Verifying } from "../verifier/answers.js";
import { isIn, type Period } from "../guard/period.js";
import { core } from "../guard/runtime.js";
import { lasting, momentary } from "../guard/signed.js";
import type { Auth } from "../guard/types.js";
import { download } from "../jwks/download.js";
import { deepFreeze, ownProperty, withoutPrototype } from "../options/own.js";
import { decodeBy } from "../verifier/decode-by.js";
import type { UserInfo } from "./types.js";

/** Options that were read. Those for signed answers are for a verifier, which says what is wrong with them. */
export interface ReadUserOptions extends EndpointOptions {
  /** With its other spellings. */
  readonly issuers: readonly string[];
  readonly clients: readonly string[] | undefined;
  readonly ttl: number;
  readonly maxEntries: number;
  readonly now: (() => number) | undefined;
}

/** What the issuer has said of a user. */
interface Entry extends Period {
  readonly user: UserInfo;
}

/** Bytes of an answer, and seconds until it is there. */
const MAX_BYTES = 65_536;
const TIMEOUT = 5;

/** The users of an issuer. */
export class Users {
  readonly #options: ReadUserOptions;
  readonly #users = new Map<string, Entry>();
  /** For answers that say until when they hold, and for those of the moment. */
  readonly #verifiers: { readonly lasting: Verifying; readonly momentary: Verifying } | undefined;
  readonly #endpoint: Endpoint;

  constructor(options: ReadUserOptions) {
    this.#options = options;
    this.#endpoint = new Endpoint("userinfo_endpoint", options);
    const { clients } = options;
    const expected = { audience: clients };
    const keys = withoutPrototype({ ...options });
    this.#verifiers =
      clients === undefined ? undefined : { lasting: lasting(keys, expected), momentary: momentary(keys, expected) };
  }

  async userOf(auth: Auth, refresh: boolean): Promise<UserInfo> {
    const { issuer, subject } = auth;
    if (!this.#options.issuers.includes(issuer)) {
      throw internalError("`currentUser` is for another issuer, which is not to see the token");
    }
    if (subject === undefined) throw new CountersignError("claim_missing", 401, "the token has no `sub`", SUB);
    if (auth.scheme !== "Bearer") {
      throw internalError("userinfo of a token that is bound to a key is for its client alone, which has the key");
    }
    const now = Math.floor((this.#options.now ?? Date.now)() / 1000);
    const key = `${issuer}\n${subject}`;
    const known = this.#users.get(key);
    if (!refresh && known !== undefined && isIn(now, known)) return known.user;
    const user = deepFreeze(await this.#ask(auth, subject, now));
    this.#users.delete(key);
    if (this.#users.size >= this.#options.maxEntries) {
      const [oldest] = this.#users.keys();
      if (oldest !== undefined) this.#users.delete(oldest);
    }
    this.#users.set(key, { user, at: now, until: Math.min(auth.expiresAt, now + this.#options.ttl) });
    return user;
  }

  async #ask({ token }: Auth, subject: string, now: number): Promise<UserInfo> {
    const url = await this.#endpoint.url(now);
    const headers = { accept: "application/json, application/jwt;q=0.9", authorization: `Bearer ${token}` };
    const answer = await download({ url, maxBytes: MAX_BYTES, timeout: TIMEOUT }, this.#options.fetch, {
      headers,
    });
    if (!answer.ok) throw unavailable(`userinfo cannot be had: ${answer.reason}`, answer.cause);
    if (answer.status === 401) throw new CountersignError("token_expired", 401, "the issuer takes the token no more");
    if (answer.status === 403) {
      throw new CountersignError("insufficient_scope", 403, "the token lacks the scope `openid`, which userinfo needs");
    }
    if (answer.status !== 200) throw unavailable(`the userinfo endpoint answers ${answer.status}`);
    const text = decode(answer.body).trim();
    const user = isJwt(text) ? await this.#verified(text) : parse(text);
    if (typeof user !== "object" || user === null || Array.isArray(user)) throw invalid("the answer is no userinfo");
    const sub = ownProperty(user as { sub?: unknown }, "sub");
    if (typeof sub !== "string") throw invalid("the answer has no `sub`: it may be about anybody");
    if (sub !== subject) throw new CountersignError("subject_mismatch", 401, "userinfo is about another subject", SUB);
    return { ...user, sub };
  }

  /** What a signed answer says. That it does not hold is not the doing of whoever has sent the token. */
  async #verified(jwt: string): Promise<unknown> {
    if (this.#verifiers === undefined) {
      throw invalid("the answer is signed: name the clients that it may be for in the option `clients`");
    }
    try {
      const hasEnd = decodeBy(core, jwt).claims["exp"] !== undefined;
      return (await this.#verifiers[hasEnd ? "lasting" : "momentary"].verify(jwt)).claims;
    } catch (cause) {
      if (cause instanceof CountersignError && cause.status >= 500) throw cause;
      throw invalid("the signed answer does not hold: see `cause`", cause);
    }
  }
}

const SUB = { claim: "sub" };

const unavailable = (message: string, cause?: unknown): CountersignError =>
  new CountersignError("server_unavailable", 503, message, cause === undefined ? {} : { cause });

const invalid = (message: string, cause?: unknown): CountersignError =>
  new CountersignError("server_response_invalid", 502, message, cause === undefined ? {} : { cause });
