import type { ClientAuthentication } from "../client/types.js";
import type { Core } from "../core/core.js";
import type { Verifier as CoreVerifier } from "../core/countersign-guard.js";
import type { CoreInstance, SignatureAnswers } from "../core/instance.js";
import { CountersignError } from "../errors.js";
import { download } from "../jwks/download.js";
import { toBase64url } from "../options/base64url.js";
import { deepFreeze, ownProperty, parseWithoutPrototypes } from "../options/own.js";
import { MAX_REFUSALS, REFUSAL_LIFETIME } from "../tables.js";
import type { Claims } from "../token.js";
import { claimsOfAnswer, type Verifying } from "../verifier/answers.js";
import { Endpoint, type EndpointOptions } from "./endpoint.js";
import { PerRequest } from "./per-request.js";
import { isIn, type Period } from "./period.js";

/** What was read of the options, with those of the verifier that say where the server is. */
export interface ReadIntrospection extends EndpointOptions {
  readonly clientId: string;
  readonly clientAuthentication: ClientAuthentication;
  /** Verifies answers, where they are signed. */
  readonly verifier: Verifying | undefined;
  /** `undefined`: each token is asked about each time. */
  readonly cache: { readonly ttl: number; readonly maxEntries: number } | undefined;
}

/** Bytes of an answer, and seconds until it is there. */
const MAX_BYTES = 65_536;
const TIMEOUT = 5;
/** The longest token that anybody is asked about, in characters. */
const MAX_TOKEN = 16_384;

/** What an answer said of a token. */
interface Entry extends Period {
  readonly claims: Claims;
}

/** What an answer said against a token. */
interface Refused extends Period {
  readonly error: CountersignError;
}

const encoder = new TextEncoder();

/** Whether a token is for a verifier: three segments of base64url (RFC 7515 §7.1). All else says nothing by itself. */
export const isJwt = (token: string): boolean => /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);

/** Asks the authorization server what a token stands for (RFC 7662). */
export class Introspection {
  readonly #core: Core;
  readonly #rules: CoreInstance<SignatureAnswers>;
  readonly #options: ReadIntrospection;
  readonly #answers = new Map<string, Entry>();
  readonly #refused = new Map<string, Refused>();
  readonly #endpoint: Endpoint;
  readonly #asked = new PerRequest<Claims>();

  /** @param rules The verifier of the issuer's JWTs, whose rules for claims are those for answers. */
  constructor(core: Core, rules: CoreInstance<SignatureAnswers>, options: ReadIntrospection) {
    this.#core = core;
    this.#rules = rules;
    this.#options = options;
    this.#endpoint = new Endpoint("introspection_endpoint", options);
  }

  /**
   * The claims of a token that is active. For one request it is asked about once.
   *
   * @param now Seconds.
   */
  async claimsOf(token: string, now: number, request: object): Promise<Claims> {
    return this.#asked.once(request, token, async () => this.#find(token, now));
  }

  async #find(token: string, now: number): Promise<Claims> {
    if (token.length > MAX_TOKEN) {
      throw new CountersignError("token_too_large", 401, `the token is longer than ${MAX_TOKEN} characters`);
    }
    const key = toBase64url(new Uint8Array(await crypto.subtle.digest("SHA-256", encoder.encode(token))));
    this.#checkRefused(key, now);
    const { cache } = this.#options;
    if (cache === undefined) return this.#askAbout(token, key, now);
    const known = this.#answers.get(key);
    if (known !== undefined && isIn(now, known)) return known.claims;
    this.#answers.delete(key);
    // Other requests get the same object, so none may change it.
    const claims = deepFreeze(await this.#askAbout(token, key, now));
    add(this.#answers, cache.maxEntries, key, { claims, at: now, until: Math.min(claims.exp, now + cache.ttl) });
    return claims;
  }

  /** Throws what a moment ago was said against the token. */
  #checkRefused(key: string, now: number): void {
    const refused = this.#refused.get(key);
    if (refused === undefined) return;
    const { error } = refused;
    if (isIn(now, refused)) throw new CountersignError(error.code, error.status, error.message, error);
    this.#refused.delete(key);
  }

  async #askAbout(token: string, key: string, now: number): Promise<Claims> {
    try {
      return await this.#ask(token, now);
    } catch (error) {
      if (error instanceof CountersignError && error.status === 401) {
        // A request that came at the same time may have been told otherwise.
        this.#answers.delete(key);
        add(this.#refused, MAX_REFUSALS, key, { error, at: now, until: now + REFUSAL_LIFETIME });
      }
      throw error;
    }
  }

  async #ask(token: string, now: number): Promise<Claims> {
    const { clientId, clientAuthentication, fetch, verifier } = this.#options;
    const form = new URLSearchParams({ token, token_type_hint: "access_token" });
    const headers: Record<string, string> = {
      accept: verifier === undefined ? "application/json" : "application/token-introspection+jwt",
      "content-type": "application/x-www-form-urlencoded",
    };
    if (clientAuthentication.method === "client_secret_post") {
      form.set("client_id", clientId);
      form.set("client_secret", clientAuthentication.secret);
    } else {
      headers["authorization"] = basic(clientId, clientAuthentication.secret);
    }
    const url = await this.#endpoint.url(now);
    const answer = await download({ url, maxBytes: MAX_BYTES, timeout: TIMEOUT }, fetch, {
      method: "POST",
      headers,
      body: form.toString(),
    });
    if (!answer.ok) throw unavailable(`the token cannot be introspected: ${answer.reason}`, answer.cause);
    if (answer.status !== 200) {
      throw unavailable(
        `the introspection endpoint answers ${answer.status}: see that it takes \`clientAuthentication\``,
      );
    }
    const text = decode(answer.body);
    return this.#claims(verifier === undefined ? text : await signed(verifier, text.trim()), now);
  }

  /** The claims in an answer (RFC 7662 §2.2), if the token is active, and for us. That says the core. */
  #claims(json: string, now: number): Claims {
    // Of the core that has guards, which knows more of verifiers than others.
    const verifier: unknown = this.#rules.get().verifier;
    this.#core.run(() => {
      (verifier as Pick<CoreVerifier, "checkIntrospected">).checkIntrospected(this.#core.memory.write(json), now);
    });
    const claims = parse(json) as Claims & { readonly iss?: string };
    // The server that was asked is the one that it comes from.
    return { ...claims, iss: ownProperty(claims, "iss") ?? this.#options.issuer };
  }
}

/** Adds to a map of bounded size: the oldest entry makes room. */
function add<T>(map: Map<string, T>, most: number, key: string, value: T): void {
  map.delete(key);
  const [oldest] = map.keys();
  if (map.size >= most && oldest !== undefined) map.delete(oldest);
  map.set(key, value);
}

/** RFC 6749 §2.3.1: both are written as in a form first. */
function basic(clientId: string, secret: string): string {
  const form = (text: string): string => new URLSearchParams([["", text]]).toString().slice(1);
  return `Basic ${btoa(`${form(clientId)}:${form(secret)}`)}`;
}

/** Empty for what is no text. */
export function decode(body: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(body);
  } catch {
    return "";
  }
}

/** `undefined` for what is no JSON. */
export function parse(text: string): unknown {
  try {
    return parseWithoutPrototypes(text);
  } catch {
    return undefined;
  }
}

/** What a signed answer says (RFC 9701 §5), as JSON. */
const signed = async (verifier: Verifying, jwt: string): Promise<string> =>
  JSON.stringify(ownProperty(await claimsOfAnswer(verifier, jwt), "token_introspection") ?? null);

const unavailable = (message: string, cause?: unknown): CountersignError =>
  new CountersignError("introspection_unavailable", 503, message, cause === undefined ? {} : { cause });
