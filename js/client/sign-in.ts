import type { Core } from "../core/core.js";
import type { SignInGlue } from "../core/glue.js";
import type { MakeVerifier } from "../core/instance.js";
import type { Call } from "../core/glue-client.js";
import type { Engine } from "../engine/preference.js";
import type { Engines } from "../engine/signatures.js";
import { CountersignError, internalError } from "../errors.js";
import type { Host } from "../host/host.js";
import { metadataOf } from "../jwks/discovery.js";
import { JwksDriver } from "../jwks/driver.js";
import { ownProperty, withoutPrototype } from "../options/own.js";
import { DEFAULT_TOKEN_LIMIT } from "../tables.js";
import { TokenVerifier, type HostOptions } from "../verifier/token-verifier.js";
import type { IdTokenClaims, ResourceInit, ResourceTarget, Tokens } from "./client-types.js";
import type { BindingKey } from "./dpop.js";
import { Driver, now, type SigningStep } from "./drive.js";
import type { ReadClientOptions } from "./options.js";
import { fetchResource } from "./resource.js";
import type { Bearer } from "./sign-in-params.js";
import type { SigningKey } from "./signing.js";
import type { AuthorizationRequest, Transaction } from "./types.js";

/** Seconds for which discovered metadata counts, and after which it is asked for again where that failed. */
const METADATA_LIFETIME = 3600;
const RETRY = 60;

/** What a client runs on. */
export interface Platform<G extends SignInGlue> {
  readonly core: Core<G>;
  readonly host: Host;
  /** What a verifier with this option checks signatures with. */
  readonly engines: (engine: Engine) => Engines;
}

/** The client of an artifact. */
type Handle<G extends SignInGlue> = InstanceType<G["OAuthClient"]>;

/** A client inside the core, and what verifies its tokens. Valid for one generation of the core. */
export interface Live<G extends SignInGlue> {
  readonly generation: number;
  readonly metadata: string;
  readonly handle: Handle<G>;
  readonly verifiers: Map<string, TokenVerifier>;
}

/** The keys that a client signs with. */
export interface Keys {
  readonly assertion: SigningKey | undefined;
  readonly proof: BindingKey | undefined;
}

interface Granted {
  readonly tokens: Tokens;
  /** What the ID token that came is compared with. */
  readonly expectations?: object;
}

/** One registration at one server, as far as the sign-in of a page goes. */
export class SignInClient<G extends SignInGlue = SignInGlue> {
  readonly clientId: string;
  protected readonly core: Core<G>;
  protected readonly options: ReadClientOptions;
  protected readonly platform: Platform<G>;
  readonly #driver: Driver;
  #metadata: { readonly json: string; end: number } | undefined;
  #discovering: Promise<string> | undefined;
  #keys: Keys | undefined;
  #live: Live<G> | undefined;

  constructor(platform: Platform<G>, options: ReadClientOptions) {
    const { core, host } = platform;
    this.clientId = options.clientId;
    this.core = core;
    this.options = options;
    this.platform = platform;
    this.#driver = new Driver(core, options.fetch, host.name !== "browser", async (step) => this.sign(step));
    // A mistake that only the core can see is reported here, if the core is loaded.
    if (core.isReady) this.#check();
  }

  /** @param params As the core takes them, as JSON. */
  protected async begin(params: string): Promise<AuthorizationRequest> {
    const { handle } = await this.ready();
    if (!this.options.pushes && !this.core.run(() => handle.mustPush())) {
      return JSON.parse(this.core.run(() => handle.authorize(params, now()))) as AuthorizationRequest;
    }
    return this.carry(
      () => handle.push(params, now()),
      (answer) => answer as AuthorizationRequest,
    );
  }

  /**
   * @param response The URL, or its query.
   * @param transaction As `authorize` has made it. The core refuses what is none.
   */
  async callback(response: string, transaction: Transaction | readonly Transaction[]): Promise<Tokens> {
    const given: readonly unknown[] = Array.isArray(transaction) ? transaction : [transaction];
    const list = JSON.stringify(withoutPrototype({ list: given }));
    const live = await this.ready();
    return this.granted(live, () => live.handle.callback(response, list, now()));
  }

  /** @param tokens As the core takes them, as JSON; and as they are. */
  protected async renew(
    tokens: string,
    earlier: Partial<Tokens>,
    scope: string | undefined,
    resource: string | undefined,
  ): Promise<Tokens> {
    const live = await this.ready();
    return this.granted(live, () => live.handle.refresh(tokens, scope, resource, now()), earlier);
  }

  protected async end(token: string, hint: string | undefined): Promise<void> {
    const { handle } = await this.ready();
    await this.carry(
      () => handle.revoke(token, hint, now()),
      () => undefined,
    );
  }

  /** Makes a request with the access token, to these origins. */
  protected async request(
    target: ResourceTarget,
    init: ResourceInit | undefined,
    bearer: Bearer,
    { allowedOrigins, fetch }: Pick<ReadClientOptions, "allowedOrigins" | "fetch">,
  ): Promise<Response> {
    const { handle } = await this.ready();
    const resources = {
      core: this.core,
      allowedOrigins,
      fetch: fetch as unknown as typeof globalThis.fetch | undefined,
      sign: async (step: SigningStep) => this.sign(step),
    };
    return fetchResource(resources, handle, target, init, bearer);
  }

  /** Makes the request of a call, and reads what came of it. */
  protected async carry<T, C extends Call>(
    begin: () => C,
    read: (answer: unknown, call: C) => T | Promise<T>,
  ): Promise<T> {
    const call = this.core.run(begin);
    const { generation } = this.core;
    try {
      return await read(await this.#driver.carry(call), call);
    } finally {
      if (this.core.generation === generation) call.free();
    }
  }

  /**
   * The same, for tokens: an ID token that came is verified. Nothing, if there are none yet.
   *
   * @param earlier Those that are refreshed. Their refresh token is spent, so that what came must not be lost where the keys
   *   for the ID token cannot be had; none need come with a refresh (OpenID Connect Core §12.2).
   */
  protected async granted<T extends Tokens | undefined>(
    live: Live<G>,
    begin: () => Call,
    earlier?: Partial<Tokens>,
  ): Promise<T> {
    return this.carry(begin, async (answer, call) => {
      if (answer === null) return undefined as T;
      const { tokens } = answer as Granted;
      const expectations = ownProperty(answer as Granted, "expectations");
      if (expectations === undefined || tokens.idToken === undefined) return tokens as T;
      // As `id_token_hint`, servers want the signed token (OpenID Connect Core §3.1.2.1).
      const idToken = (await this.options.decrypt?.(tokens.idToken)) ?? tokens.idToken;
      this.options.clock?.issued(idToken);
      let claims: IdTokenClaims;
      try {
        const verified = await this.idTokens(live).verify(idToken, withoutPrototype(expectations));
        claims = verified.claims as unknown as IdTokenClaims;
      } catch (error) {
        if (earlier === undefined || !(error instanceof CountersignError) || error.status !== 503) throw error;
        const read = Object.entries({ ...tokens, idToken: earlier.idToken, claims: earlier.claims });
        return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as unknown as T;
      }
      const json = JSON.stringify(claims);
      this.same(live);
      this.core.run(() => {
        call.accept(json);
      });
      return { ...tokens, idToken, claims } as T;
    });
  }

  /** Fails where the core was restarted meanwhile: what it was to go on with is gone. */
  protected same(live: Live<G>): void {
    if (this.core.generation !== live.generation) throw RESTARTED();
  }

  /** The client in the core, which needs the server's metadata, and the public half of the key that binds tokens. */
  protected async ready(): Promise<Live<G>> {
    if (!this.core.isReady) await this.core.load();
    const metadata = this.options.metadata ?? (await this.#discover());
    const keys = (this.#keys ??= await this.prepare());
    const { generation } = this.core;
    const before = this.#live;
    if (before?.generation === generation && before.metadata === metadata) return before;
    const handle = this.make(metadata, keys);
    const verifiers = before?.metadata === metadata ? before.verifiers : new Map<string, TokenVerifier>();
    return (this.#live = { generation, metadata, handle, verifiers });
  }

  protected make(metadata: string | undefined, keys: Keys | undefined): Handle<G> {
    const { core } = this.options;
    const { clientAuthentication } = core;
    const { assertion, proof } = keys ?? {};
    const options = JSON.stringify(
      withoutPrototype({
        ...core,
        metadata,
        // Before the keys are there, any algorithm will do.
        ...(this.options.assertions && {
          clientAuthentication: { ...(clientAuthentication as object), alg: assertion?.algorithm ?? "ES256" },
        }),
        ...(proof && { dpop: { jwk: proof.jwk, alg: proof.algorithm } }),
      }),
    );
    return this.core.run((glue) => new glue.OAuthClient(options) as Handle<G>);
  }

  /** The keys, made or imported when they are first needed. The core is loaded. */
  protected prepare(): Keys | Promise<Keys> {
    return { assertion: undefined, proof: undefined };
  }

  protected async sign({ purpose, input }: SigningStep): Promise<Uint8Array> {
    const key = purpose === "assertion" ? this.#keys?.assertion : this.#keys?.proof;
    if (key === undefined) throw internalError(`there is no key for the ${purpose}`);
    return key.sign(input);
  }

  /** What verifies ID tokens. */
  protected idTokens({ generation, metadata, handle, verifiers }: Live<G>): TokenVerifier {
    const known = verifiers.get("idToken");
    if (known !== undefined) return known;
    const { host, engines } = this.platform;
    const { issuer, fetch, clock } = this.options;
    const keys = this.#keys;
    const seed = Math.floor(Math.random() * 2 ** 32);
    const make: MakeVerifier = (signatures) => {
      // In a core that was restarted meanwhile there is no client yet.
      const own = this.core.generation === generation ? handle : this.make(metadata, keys);
      return this.core.run(() => own.idTokenVerifier(seed, signatures));
    };
    const time = (): number => Math.floor((clock?.now ?? Date.now)() / 1000);
    const options: HostOptions = {
      source: {
        issuer,
        keys: undefined,
        fetch,
        store: undefined,
        waitUntil: undefined,
        onKeySetEvent: undefined,
        now: time,
      },
      now: time,
      maxToken: DEFAULT_TOKEN_LIMIT,
      cachesVerdicts: false,
    };
    const verifier = new TokenVerifier(host, this.core, options, make, engines("auto"), JwksDriver);
    verifiers.set("idToken", verifier);
    return verifier;
  }

  /** Asks for the metadata when it is needed, and again when it is old. A failure is not remembered. */
  async #discover(): Promise<string> {
    const known = this.#metadata;
    if (known !== undefined && now() < known.end) return known.json;
    try {
      if (!this.platform.host.sharesPromises) return await this.#fetchMetadata();
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
    const { issuer, fetch } = this.options;
    try {
      const json = JSON.stringify(await metadataOf(this.core, issuer, fetch));
      this.#metadata = { json, end: now() + METADATA_LIFETIME };
      return json;
    } catch (error) {
      throw error instanceof CountersignError ? withoutMetadata(error) : error;
    }
  }

  #check(): void {
    this.make(this.options.metadata, undefined).free();
    if (this.options.metadata === undefined) {
      this.core.run((glue) => {
        new glue.Discovery(this.options.issuer, "{}").free();
      });
    }
  }
}

/** It is the server that cannot be had, not its keys. */
function withoutMetadata(error: CountersignError): CountersignError {
  const { code, message, cause } = error;
  const said = message.replace("key set", "authorization server");
  return code === "jwks_unavailable" ? new CountersignError("server_unavailable", 503, said, { cause }) : error;
}

export const RESTARTED = (): Error => internalError("the core was restarted meanwhile: begin again");
