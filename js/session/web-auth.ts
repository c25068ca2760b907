import { internalsOf } from "../client/internals.js";
import type { SessionGlue } from "../core/glue.js";
import type { WasmInstance } from "../core/wasm-instance.js";
import { CountersignError, internalError } from "../errors.js";
import { sessionSource, type SessionToken, type TokenSource } from "../guard/sources.js";
import { optional, readOptions, text, type Reader } from "../options/readers.js";
import { forward } from "./forward.js";
import type { ReadWebAuthOptions } from "./options.js";
import type { Outcome, Visit } from "./outcome.js";
import { Performer } from "./perform.js";
import { withoutIdentity } from "./request.js";
import { toResponse, withCookies } from "./response.js";
import { RequestSession } from "./session.js";
import type { AccessTokenOptions, ForwardOptions, Session, SignInParams, WebAuth, WebRequest } from "./types.js";

/** Sign-in and sessions of one application. */
export class WebAuthImpl implements WebAuth {
  readonly tokenSource: TokenSource;
  readonly #performer: Performer;
  readonly #clients: ReadWebAuthOptions["clients"];
  /** The sessions of requests that handlers have. */
  readonly #sessions = new WeakMap<object, RequestSession | undefined>();

  constructor(core: WasmInstance<SessionGlue>, options: ReadWebAuthOptions) {
    this.#performer = new Performer(core, options);
    this.#clients = options.clients;
    this.tokenSource = this.#source({});
  }

  tokenSourceFor(resource: string): TokenSource {
    return this.#source({ resource: text(resource, "tokenSourceFor") });
  }

  mount<R extends WebRequest, Rest extends unknown[], T>(
    handler: (request: R, session: Session | undefined, ...rest: Rest) => T | Promise<T>,
  ): (request: R, ...rest: Rest) => Promise<T | Response> {
    if (typeof handler !== "function") {
      throw new TypeError("mount takes a handler: (request, session) => new Response(…)");
    }
    return async (given, ...rest) => {
      const outcome = await this.#run("admit", given);
      if (outcome.outcome === "response") return toResponse(outcome, given.method);
      const { session: record, setCookies } = outcome as Visit;
      const request = withoutIdentity(given);
      const session = record && new RequestSession(this.#performer, request, record, setCookies);
      this.#sessions.set(request, session);
      try {
        const answer = await handler(request, session, ...rest);
        return withCookies(answer, session?.close() ?? setCookies);
      } finally {
        session?.close();
      }
    };
  }

  async handle(request: WebRequest): Promise<Response | undefined> {
    const outcome = await this.#run("handle", request);
    return outcome.outcome === "response" ? toResponse(outcome, request.method) : undefined;
  }

  async session(request: WebRequest): Promise<Session | undefined> {
    if (this.#sessions.has(request)) return this.#sessions.get(request);
    const outcome = await this.#run("read", request);
    if (outcome.outcome === "response")
      throw new CountersignError("request_invalid", 400, "the request has no valid host");
    const { session } = outcome as Visit;
    return session && new RequestSession(this.#performer, request, session);
  }

  async signIn(request: WebRequest, params: SignInParams = {}): Promise<Response> {
    const read = readOptions<ReadSignIn>("signIn", params, SIGN_IN);
    return this.#respond("signIn", request, { ...read, params: Object.entries(read.params ?? {}) });
  }

  async signOut(request: WebRequest): Promise<Response> {
    return this.#respond("signOut", request);
  }

  async forward(request: WebRequest, session: Session, url: string | URL, options: ForwardOptions): Promise<Response> {
    const client = this.#clients.get(session.client);
    return forward(request, session, client && internalsOf(client), url, options);
  }

  #source(wanted: AccessTokenOptions): TokenSource {
    return sessionSource(async (request) => this.#token(await this.session(request), wanted));
  }

  /** The token of a session, and the key that this server has for it. */
  async #token(session: Session | undefined, wanted: AccessTokenOptions): Promise<SessionToken | undefined> {
    if (session === undefined) return undefined;
    const token = await session.accessToken(wanted);
    if (session.tokenType !== "DPoP") return { token };
    const client = this.#clients.get(session.client);
    const keyThumbprint = await (client && internalsOf(client))?.keyThumbprint();
    return { token, keyThumbprint };
  }

  async #respond(operation: string, request: WebRequest, params?: object): Promise<Response> {
    const outcome = await this.#run(operation, request, params);
    if (outcome.outcome !== "response") throw internalError(`${operation} ended without a response`);
    if (outcome.signsOut === true) this.#sessions.get(request)?.forget();
    return toResponse(outcome, request.method);
  }

  async #run(
    operation: string,
    request: WebRequest,
    params?: object,
  ): Promise<Exclude<Outcome, { outcome: "failed" }>> {
    return this.#performer.run(operation, request, params);
  }
}

interface ReadSignIn {
  readonly client: string | undefined;
  readonly returnTo: string | undefined;
  readonly params: Readonly<Record<string, string>> | undefined;
}

const parameters: Reader<Readonly<Record<string, string>>> = (value, label) => {
  if (typeof value !== "object" || value === null || Object.values(value).some((one) => typeof one !== "string")) {
    throw new TypeError(`${label} must be an object of strings, e.g. { prompt: "login" }`);
  }
  return value as Readonly<Record<string, string>>;
};

const SIGN_IN = { client: optional(text), returnTo: optional(text), params: optional(parameters) };
