import type { AuthorizationParams, Tokens } from "../client/client-types.js";
import { isInvalidGrant } from "../client/index.js";
import type { Transaction } from "../client/types.js";
import type { WasmInstance } from "../core/wasm-instance.js";
import type { WebSignIn } from "../core/countersign-session.js";
import type { SessionGlue } from "../core/glue.js";
import { CountersignError, internalError, storeUnavailable } from "../errors.js";
import { withoutPrototype } from "../options/own.js";
import { inTime } from "../store/in-time.js";
import { memoryStore } from "../store/memory.js";
import type { AtomicStore, Store } from "../store/types.js";
import { ignoringFailure, waitAtMost } from "../wait.js";
import type { ReadWebAuthOptions } from "./options.js";
import type { Answer, Outcome, Task } from "./outcome.js";
import { bodyOf, facts } from "./request.js";
import { Seal } from "./seal.js";
import type { SignInClient, WebRequest } from "./types.js";

/** The rules inside the core. Valid for one generation of it. */
interface Live {
  readonly generation: number;
  readonly rules: WebSignIn;
  readonly fields: readonly string[];
}

/** Performs the operations of the core: it says what to do, this does it. */
export class Performer {
  readonly #core: WasmInstance<SessionGlue>;
  readonly #options: ReadWebAuthOptions;
  readonly #seal: Seal;
  /** Locks and results of refreshes, where no store has them. */
  readonly #process: AtomicStore = memoryStore();
  #live: Live | undefined;

  constructor(core: WasmInstance<SessionGlue>, options: ReadWebAuthOptions) {
    this.#core = core;
    this.#options = options;
    this.#seal = new Seal(options.secrets);
    // A mistake that only the core can see is reported here, if the core is loaded.
    if (core.isReady) this.#ready();
  }

  /** Runs an operation on a request. Its error, if it has one, comes with the cookies that are to be set all the same. */
  async run(
    operation: string,
    request: WebRequest,
    params: object = {},
  ): Promise<Exclude<Outcome, { outcome: "failed" }>> {
    const core = this.#core;
    if (!core.isReady) await core.load();
    const { rules, fields, generation } = this.#ready();
    const random = crypto.getRandomValues(new Uint8Array(16));
    const view = JSON.stringify(facts(request, fields));
    const given = JSON.stringify(withoutPrototype(params));
    const exchange = core.run(() => rules.begin(operation, view, given, Math.floor(Date.now() / 1000), random));
    const failures: { readonly error: CountersignError; readonly cause: unknown }[] = [];
    let answer: string | undefined;
    try {
      for (;;) {
        if (core.generation !== generation) throw internalError("the core was restarted during the request");
        const step = core.run(() => exchange.step(answer));
        const next = JSON.parse(step) as Task | Outcome;
        if (!("task" in next)) {
          if (next.outcome === "failed") {
            throw new SessionFailure(next.code, next.status, next.message, next.setCookies, failures.at(-1)?.cause);
          }
          this.#tell(failures, request);
          return next;
        }
        answer = JSON.stringify(
          await this.#perform(next, request).catch((cause: unknown) => {
            failures.push({ error: asError(next, cause), cause });
            return failed(cause);
          }),
        );
      }
    } finally {
      if (core.generation === generation) exchange.free();
    }
  }

  /** Tells the application what it would not hear of: a response says the code alone. */
  #tell(failures: readonly { readonly error: CountersignError }[], request: WebRequest): void {
    const onError: ((error: CountersignError, request: WebRequest) => unknown) | undefined = this.#options.onError;
    if (onError === undefined) return;
    for (const { error } of failures) ignoringFailure(() => onError(error, request));
  }

  #ready(): Live {
    const { generation } = this.#core;
    if (this.#live?.generation === generation) return this.#live;
    const options = JSON.stringify(withoutPrototype({ ...this.#options.core }));
    const rules = this.#core.run((glue) => new glue.WebSignIn(options));
    const fields = JSON.parse(this.#core.run((glue) => glue.WebSignIn.requestFields())) as string[];
    return (this.#live = { generation, rules, fields });
  }

  async #perform(task: Task, request: WebRequest): Promise<Answer> {
    switch (task.task) {
      case "body":
        return { kind: "text", text: await bodyOf(request, task.limit) };
      case "open":
        return { kind: "text", text: await this.#seal.open(task, task.text) };
      case "seal":
        return { kind: "text", text: await this.#seal.seal(task, task.text) };
      case "read": {
        const store = this.#store(task);
        const values = await inTime(async () => Promise.all(task.keys.map(async (key) => store.get(key))));
        return { kind: "values", values: values.map((value) => (typeof value === "string" ? [value] : [])) };
      }
      case "write":
        await inTime(() => this.#store(task).set(task.key, task.value, { ttl: task.ttl }));
        return DONE;
      case "add": {
        const store = this.#store(task) as AtomicStore;
        return { kind: "added", added: await inTime(async () => store.add(task.key, task.value, { ttl: task.ttl })) };
      }
      case "delete":
        await inTime(() => this.#store(task).delete(task.key));
        return DONE;
      case "wait":
        await new Promise((resolve) => setTimeout(resolve, task.milliseconds));
        return DONE;
      default:
        return this.#ask(task);
    }
  }

  #store({ inProcess }: { readonly inProcess: boolean }): Store | AtomicStore {
    const store = inProcess ? this.#process : this.#options.store;
    if (store === undefined) throw internalError("there is no store");
    return store;
  }

  /** What a client does. */
  async #ask(task: Extract<Task, { client: string }>): Promise<Answer> {
    const client = this.#options.clients.get(task.client);
    if (client === undefined) throw internalError("there is no client of this name");
    switch (task.task) {
      case "authorize": {
        const { redirectUri } = task;
        const { url, transaction } = await client.authorize({ redirectUri, ...authorizationParams(task.params) });
        return { kind: "authorization", url, state: transaction.state, transaction: JSON.stringify(transaction) };
      }
      case "redeem": {
        const transaction = JSON.parse(task.transaction) as Transaction;
        const named = task.resource !== undefined && { resource: [task.resource] };
        const tokens = await client.callback(task.response, { ...transaction, ...named });
        return { kind: "tokens", tokens: JSON.stringify(await withClaims(client, tokens)) };
      }
      case "refresh": {
        const named = task.resource === undefined ? {} : { resource: task.resource };
        const tokens = await client.refresh(JSON.parse(task.tokens) as Tokens, named);
        return { kind: "tokens", tokens: JSON.stringify(tokens) };
      }
      case "revoke":
        await waitAtMost(Promise.resolve(client.revoke?.(task.token)), task.milliseconds);
        return DONE;
      case "logoutUrl": {
        const { redirectUri: postLogoutRedirectUri, idToken } = task;
        const text = await client.logoutUrl({ postLogoutRedirectUri, ...(idToken !== undefined && { idToken }) });
        return { kind: "text", text };
      }
      case "logoutToken": {
        if (client.verifyLogoutToken === undefined) throw internalError("the client does not verify logout tokens");
        const { issuer, subject, sid, jti, expiresAt } = await client.verifyLogoutToken(task.token);
        return { kind: "logoutToken", issuer, subject, sid, jti, expiresAt };
      }
    }
  }
}

/** Those that the client takes as options of their own, and checks the answer against, beside all others. */
function authorizationParams(pairs: readonly (readonly [name: string, value: string])[]): AuthorizationParams {
  // It alone may be there more than once (RFC 8707 §2).
  const resource = pairs.flatMap(([name, value]) => (name === "resource" ? [value] : []));
  const { scope, max_age: maxAge, ...others } = Object.fromEntries(pairs.filter(([name]) => name !== "resource"));
  return {
    ...(scope !== undefined && { scope }),
    ...(maxAge !== undefined && { maxAge: Number(maxAge) }),
    params: { ...others, ...(resource.length > 0 && { resource }) },
  };
}

const DONE: Answer = { kind: "done" };

/** An operation that failed, and the cookies that its response has to set. */
export class SessionFailure extends CountersignError {
  readonly setCookies: readonly string[];

  constructor(
    code: CountersignError["code"],
    status: number,
    message: string,
    setCookies: readonly string[],
    cause: unknown,
  ) {
    super(code, status, message, cause === undefined ? {} : { cause });
    Object.defineProperty(this, "setCookies", withoutPrototype({ value: setCookies }));
    this.setCookies = setCookies;
  }
}

/** With the claims of the userinfo endpoint where there is no ID token. */
async function withClaims(client: SignInClient, tokens: Tokens): Promise<object> {
  if (tokens.claims !== undefined || client.userinfo === undefined) return tokens;
  return { ...tokens, claims: await client.userinfo(tokens) };
}

/** What the application hears of a task that failed. */
function asError(task: Task, thrown: unknown): CountersignError {
  if ("inProcess" in task) return storeUnavailable("the store of sessions failed: see `cause`", thrown);
  if (thrown instanceof CountersignError) return thrown;
  const whose = "client" in task ? `the client ${JSON.stringify(task.client)}` : "the sign-in";
  return internalError(`${whose} failed: see \`cause\``, thrown);
}

function failed(thrown: unknown): Answer {
  if (!(thrown instanceof CountersignError)) return { kind: "failed", code: "internal_error" };
  const { code, actual } = thrown;
  return { kind: "failed", code, isInvalidGrant: isInvalidGrant(thrown), words: actual };
}
