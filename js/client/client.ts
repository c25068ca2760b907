import { builtIn } from "../built-in.js";
import type { Core } from "../core/core.js";
import type { Call, OAuthClient } from "../core/countersign-auth.js";
import type { AuthGlue } from "../core/glue.js";
import { engines, host } from "../engines.js";
import { discoverBy } from "../jwks/discovery.js";
import { optional, readOptions, text } from "../options/readers.js";
import { withoutPrototype } from "../options/own.js";
import { readVerifierOptions } from "../verifier/options.js";
import { VerifierImpl } from "../verifier/verifier.js";
import type { AuthorizationParams, Client, IdTokenClaims, LogoutParams, Tokens } from "./client-types.js";
import { Driver, now, type SigningStep } from "./drive.js";
import { readAuthorizationParams, readLogoutParams, readRefreshed, type ReadClientOptions } from "./options.js";
import { authorizationResponse, readTransaction } from "./response.js";
import type { AuthorizationRequest, Transaction } from "./types.js";

/** Seconds for which discovered metadata counts, and after which it is asked for again where that failed. */
const METADATA_LIFETIME = 3600;
const RETRY = 60;

/** A client inside the core, and what verifies its tokens. Valid for one generation of the core. */
interface Live {
  readonly generation: number;
  readonly metadata: string;
  readonly handle: OAuthClient;
  readonly idTokens: VerifierImpl;
}

interface Granted {
  readonly tokens: Tokens;
  /** What the ID token that came is compared with. */
  readonly expectations?: object;
}

/** One registration at one server. */
export class ClientImpl implements Client {
  readonly clientId: string;
  readonly #core: Core<AuthGlue>;
  readonly #options: ReadClientOptions;
  readonly #driver: Driver;
  #metadata: { readonly json: string; end: number } | undefined;
  #discovering: Promise<string> | undefined;
  #live: Live | undefined;

  constructor(core: Core<AuthGlue>, options: ReadClientOptions) {
    this.clientId = options.clientId;
    this.#core = core;
    this.#options = options;
    const sign = async (step: SigningStep): Promise<Uint8Array> => this.#sign(step);
    this.#driver = new Driver(core, options.fetch, host.name !== "browser", sign);
    // A mistake that only the core can see is reported here, if the core is loaded.
    if (core.isReady) this.#check();
  }

  async authorize(params: AuthorizationParams = {}): Promise<AuthorizationRequest> {
    const json = readAuthorizationParams(params, this.#options.scope);
    const { handle } = await this.#ready();
    if (!this.#core.run(() => handle.mustPush())) {
      return JSON.parse(this.#core.run(() => handle.authorize(json, now()))) as AuthorizationRequest;
    }
    return (await this.#carry(() => handle.push(json, now()))) as AuthorizationRequest;
  }

  async callback(response: unknown, transaction: Transaction | readonly Transaction[]): Promise<Tokens> {
    const given: readonly unknown[] = Array.isArray(transaction) ? transaction : [transaction];
    const list = JSON.stringify(withoutPrototype({ list: given.map((one) => readTransaction(one, "")) }));
    const text = authorizationResponse(response, "callback: the response");
    const live = await this.#ready();
    return this.#granted(live, () => live.handle.callback(text, list, now()));
  }

  async refresh(tokens: Tokens | string, params: { readonly scope?: string } = {}): Promise<Tokens> {
    const json = readRefreshed(tokens);
    const { scope } = readOptions<{ scope: string | undefined }>("refresh", params, { scope: optional(text) });
    const live = await this.#ready();
    return this.#granted(live, () => live.handle.refresh(json, scope, now()));
  }

  async logoutUrl(params: LogoutParams = {}): Promise<string | undefined> {
    const json = readLogoutParams(params);
    const { handle } = await this.#ready();
    const logout = this.#core.run(() => handle.logoutUrl(json));
    return logout === undefined ? undefined : (JSON.parse(logout) as { url: string }).url;
  }

  /** Makes the request of a call, and answers what came of it. */
  async #carry(begin: () => Call): Promise<unknown> {
    const call = this.#core.run(begin);
    const { generation } = this.#core;
    try {
      return await this.#driver.carry(call);
    } finally {
      if (this.#core.generation === generation) call.free();
    }
  }

  /** The same, for tokens: an ID token that came is verified. */
  async #granted(live: Live, begin: () => Call): Promise<Tokens> {
    const core = this.#core;
    const call = core.run(begin);
    const { generation } = core;
    try {
      const { tokens, expectations } = (await this.#driver.carry(call)) as Granted;
      if (expectations === undefined || tokens.idToken === undefined) return tokens;
      const { claims } = await live.idTokens.verify(tokens.idToken, expectations);
      // Only where the core failed meanwhile: then nothing is known of the comparison.
      core.run(() => {
        if (core.generation !== generation) throw new Error("the core was restarted");
        call.accept(JSON.stringify(claims));
      });
      return { ...tokens, claims: claims as IdTokenClaims };
    } finally {
      if (core.generation === generation) call.free();
    }
  }

  /** The client in the core, which needs the server's metadata. */
  async #ready(): Promise<Live> {
    if (!this.#core.isReady) await this.#core.load();
    const metadata = this.#options.metadata ?? (await this.#discover());
    const { generation } = this.#core;
    const before = this.#live;
    if (before?.generation === generation && before.metadata === metadata) return before;
    const options = JSON.stringify(withoutPrototype({ ...this.#options.core, metadata }));
    const handle = this.#core.run((glue) => new glue.OAuthClient(options));
    const idTokens = before?.metadata === metadata ? before.idTokens : this.#verifier(handle);
    return (this.#live = { generation, metadata, handle, idTokens });
  }

  #verifier(handle: OAuthClient): VerifierImpl {
    const options = JSON.parse(this.#core.run(() => handle.idTokenOptions())) as object;
    const { fetch } = this.#options;
    const read = readVerifierOptions({ ...options, ...(fetch && { fetch }) });
    return new VerifierImpl(host, this.#core, read, engines.for(read.engine, builtIn));
  }

  /** Asks for the metadata when it is needed, and again when it is old. A failure is not remembered. */
  async #discover(): Promise<string> {
    const known = this.#metadata;
    if (known !== undefined && now() < known.end) return known.json;
    try {
      if (!host.sharesPromises) return await this.#fetchMetadata();
      this.#discovering ??= this.#fetchMetadata().finally(() => {
        this.#discovering = undefined;
      });
      return await this.#discovering;
    } catch (error) {
      if (known === undefined) throw error;
      known.end = now() + RETRY;
      return known.json;
    }
  }

  async #fetchMetadata(): Promise<string> {
    const { issuer, fetch } = this.#options;
    const json = JSON.stringify(await discoverBy(this.#core, issuer, fetch && { fetch }));
    this.#metadata = { json, end: now() + METADATA_LIFETIME };
    return json;
  }

  #check(): void {
    const { core, metadata } = this.#options;
    const options = JSON.stringify(withoutPrototype({ ...core, metadata }));
    this.#core.run((glue) => {
      new glue.OAuthClient(options).free();
    });
    if (metadata === undefined) {
      this.#core.run((glue) => {
        new glue.Discovery(this.#options.issuer, "{}").free();
      });
    }
  }

  async #sign(step: SigningStep): Promise<Uint8Array> {
    throw new TypeError(`createClient: nothing signs the ${step.purpose}`);
  }
}
