import { builtIn } from "../built-in.js";
import type { Core } from "../core/core.js";
import type { Call, Device, OAuthClient } from "../core/countersign-auth.js";
import type { AuthGlue } from "../core/glue.js";
import { engines, host } from "../engines.js";
import { CountersignError, internalError } from "../errors.js";
import { discoverBy } from "../jwks/discovery.js";
import { mandatory, readOptions, text } from "../options/readers.js";
import { ownProperty, withoutPrototype } from "../options/own.js";
import { readVerifierOptions } from "../verifier/options.js";
import { VerifierImpl } from "../verifier/verifier.js";
import type {
  AuthorizationParams,
  Client,
  DeviceEvent,
  DeviceParams,
  DocumentParams,
  IdTokenClaims,
  LogoutParams,
  LogoutToken,
  Parameters,
  ProofRequest,
  RefreshParams,
  ResourceInit,
  ResourceTarget,
  Tokens,
  TokenStatus,
  TokenTypeHint,
  UserClaims,
} from "./client-types.js";
import { bindingKey, type BindingKey } from "./dpop.js";
import { Driver, now, type SigningStep } from "./drive.js";
import type { ReadClientOptions } from "./options.js";
import {
  readAuthorizationParams,
  readDeviceParams,
  readDocumentParams,
  readGrantParams,
  readHint,
  readLogoutParams,
  readProofRequest,
  readProviderTokens,
  readRefreshParams,
  readRefreshed,
} from "./params.js";
import { fetchResource, methodOf, proofFor } from "./resource.js";
import { authorizationResponse, readTransaction } from "./response.js";
import { sign, signingKey, type SigningKey } from "./signing.js";
import type { AuthorizationRequest, Transaction } from "./types.js";

/** Seconds for which discovered metadata counts, and after which it is asked for again where that failed. */
const METADATA_LIFETIME = 3600;
const RETRY = 60;

/** A client inside the core, and what verifies its tokens. Valid for one generation of the core. */
interface Live {
  readonly generation: number;
  readonly metadata: string;
  readonly handle: OAuthClient;
  readonly verifiers: Map<string, VerifierImpl>;
}

/** The keys that the client signs with. */
interface Keys {
  readonly assertion: SigningKey | undefined;
  readonly proof: BindingKey | undefined;
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
  #keys: Keys | undefined;
  #live: Live | undefined;

  constructor(core: Core<AuthGlue>, options: ReadClientOptions) {
    this.clientId = options.clientId;
    this.#core = core;
    this.#options = options;
    this.#driver = new Driver(core, options.fetch, host.name !== "browser", async (step) => this.#sign(step));
    // A mistake that only the core can see is reported here, if the core is loaded.
    if (core.isReady) this.#check();
  }

  async authorize(params: AuthorizationParams = {}): Promise<AuthorizationRequest> {
    const json = readAuthorizationParams(params, this.#options);
    const { handle } = await this.#ready();
    if (!this.#options.pushes && !this.#core.run(() => handle.mustPush())) {
      return JSON.parse(this.#core.run(() => handle.authorize(json, now()))) as AuthorizationRequest;
    }
    return this.#carry(
      () => handle.push(json, now()),
      (answer) => answer as AuthorizationRequest,
    );
  }

  async callback(response: unknown, transaction: Transaction | readonly Transaction[]): Promise<Tokens> {
    const given: readonly unknown[] = Array.isArray(transaction) ? transaction : [transaction];
    const list = JSON.stringify(withoutPrototype({ list: given.map((one) => readTransaction(one, "")) }));
    const text = authorizationResponse(response, "callback: the response");
    const live = await this.#ready();
    return this.#granted(live, () => live.handle.callback(text, list, now()));
  }

  async refresh(tokens: Tokens | string, params: RefreshParams = {}): Promise<Tokens> {
    const json = readRefreshed(tokens);
    this.#own(tokens, "refresh");
    const { scope, resource } = readRefreshParams(params);
    const live = await this.#ready();
    const earlier = typeof tokens === "string" ? {} : tokens;
    return this.#granted(live, () => live.handle.refresh(json, scope, resource, now()), earlier);
  }

  async grant(type: string, params: Parameters = {}): Promise<Tokens> {
    const name = text(type, "grant: the type");
    const json = readGrantParams(params);
    const live = await this.#ready();
    return this.#granted(live, () => live.handle.grant(name, json, now()));
  }

  async *device(params: DeviceParams = {}): AsyncIterableIterator<DeviceEvent> {
    const { scope = this.#options.scope, json, signal } = readDeviceParams(params);
    const live = await this.#ready();
    const { generation } = this.#core;
    let waiting: Device | undefined;
    const prompt = await this.#carry(
      () => live.handle.device(scope, json, now()),
      (answer, call) => {
        waiting = this.#core.run(() => call.device());
        return answer as DeviceEvent;
      },
    );
    yield prompt;
    for (;;) {
      const device = waiting;
      if (device === undefined || this.#core.generation !== generation) throw RESTARTED();
      const seconds = this.#core.run(() => device.next(now()));
      if (seconds > 0) {
        await pause(seconds, signal);
        continue;
      }
      const tokens = await this.#granted(live, () => device.ask(now()));
      if (tokens === undefined) continue;
      yield { type: "tokens", tokens };
      return;
    }
  }

  async userinfo(tokens: Tokens): Promise<UserClaims> {
    if (this.#options.provider?.user !== undefined) return this.#providerUser(tokens);
    const { accessToken, claims } = readOptions<{ accessToken: string; claims: unknown }>(
      "userinfo: the tokens",
      tokens,
      { accessToken: mandatory(text, "the access token"), claims: (value) => value },
      true,
    );
    const subject: unknown = typeof claims === "object" && claims !== null ? Reflect.get(claims, "sub") : undefined;
    const name = text(subject, "userinfo: the tokens' claim `sub`, which the answer is compared with,");
    const live = await this.#ready();
    return this.#carry(
      () => live.handle.userinfo(accessToken, name, now()),
      async (answer, call) => {
        const jwt = ownProperty(answer as { jwt?: string }, "jwt");
        if (jwt === undefined) return (answer as { claims: UserClaims }).claims;
        const verified = await this.#verifier(live, "userinfo").verify(jwt);
        this.#same(live);
        this.#core.run(() => {
          call.acceptUserinfo(JSON.stringify(verified.claims), now());
        });
        return verified.claims as unknown as UserClaims;
      },
    );
  }

  async revoke(token: Tokens | string, hint?: TokenTypeHint): Promise<void> {
    const { refreshToken, accessToken } = typeof token === "string" ? { refreshToken: token } : token;
    const isRefreshToken = refreshToken !== undefined;
    const kind = typeof token === "string" ? hint : (hint ?? (isRefreshToken ? "refresh_token" : "access_token"));
    const value = text(refreshToken ?? accessToken, "revoke: the token");
    this.#own(token, "revoke");
    const read = readHint(kind, "revoke");
    const { handle } = await this.#ready();
    await this.#carry(
      () => handle.revoke(value, read, now()),
      () => undefined,
    );
  }

  async introspect(token: string, hint?: TokenTypeHint): Promise<TokenStatus> {
    const value = text(token, "introspect: the token");
    const read = readHint(hint, "introspect");
    const { handle } = await this.#ready();
    return this.#carry(
      () => handle.introspect(value, read, now()),
      (answer) => answer as TokenStatus,
    );
  }

  async logoutUrl(params: LogoutParams = {}): Promise<string | undefined> {
    const json = readLogoutParams(params);
    const { handle } = await this.#ready();
    const logout = this.#core.run(() => handle.logoutUrl(json));
    return logout === undefined ? undefined : (JSON.parse(logout) as { url: string }).url;
  }

  async verifyLogoutToken(token: string): Promise<LogoutToken> {
    const live = await this.#ready();
    const { claims } = await this.#verifier(live, "logout").verify(token);
    const json = JSON.stringify(claims);
    this.#same(live);
    return JSON.parse(this.#core.run(() => live.handle.logoutToken(json))) as LogoutToken;
  }

  async proof(request: ProofRequest, { accessToken }: Tokens): Promise<string> {
    const { method, url, nonce } = readProofRequest(request);
    if (this.#options.dpop === undefined) throw new TypeError('proof: the client has no key: see the option "dpop"');
    const token = text(accessToken, "proof: the tokens' access token");
    const { handle } = await this.#ready();
    const signer = { core: this.#core, sign: async (step: SigningStep) => this.#sign(step) };
    return proofFor(signer, handle, { method: methodOf(method), url: new URL(url).href, nonce }, token);
  }

  async fetch(target: ResourceTarget, init: ResourceInit | undefined, tokens: Tokens): Promise<Response> {
    const { handle } = await this.#ready();
    const { fetch, allowedOrigins } = this.#options;
    const resources = {
      core: this.#core,
      allowedOrigins,
      fetch: fetch as unknown as typeof globalThis.fetch | undefined,
      sign: async (step: SigningStep) => this.#sign(step),
    };
    return fetchResource(resources, handle, target, init, tokens);
  }

  metadataDocument(params: DocumentParams = {}): Record<string, unknown> {
    const json = readDocumentParams(params, this.#options.dpop !== undefined);
    const handle = this.#make(undefined, undefined);
    try {
      return JSON.parse(this.#core.run(() => handle.metadataDocument(json))) as Record<string, unknown>;
    } finally {
      handle.free();
    }
  }

  /** Makes the request of a call, and reads what came of it. */
  async #carry<T>(begin: () => Call, read: (answer: unknown, call: Call) => T | Promise<T>): Promise<T> {
    const call = this.#core.run(begin);
    const { generation } = this.#core;
    try {
      return await read(await this.#driver.carry(call), call);
    } finally {
      if (this.#core.generation === generation) call.free();
    }
  }

  /** Who the user is, as a provider without ID tokens says. */
  async #providerUser(tokens: Tokens): Promise<UserClaims> {
    const { accessToken, subject } = readProviderTokens(tokens);
    const { handle } = await this.#ready();
    if (this.#options.provider?.user?.url === undefined) {
      return { sub: text(subject, "userinfo: the tokens' `subject`, which the token response has said,") };
    }
    return this.#carry(
      () => {
        const call = handle.providerUser(accessToken, now());
        if (call === undefined) throw new TypeError("the core knows of no resource that says who the user is");
        return call;
      },
      (answer) => {
        const { sub, answer: claims } = answer as { sub: string; answer: object };
        return { ...claims, sub };
      },
    );
  }

  /** A token is no business of another server's. */
  #own(tokens: Tokens | string, where: string): void {
    const { issuer } = this.#options;
    if (typeof tokens === "string" || tokens.issuer === undefined || tokens.issuer === issuer) return;
    throw new TypeError(`${where}: the tokens are of another issuer than this client's: take the client that got them`);
  }

  /**
   * The same, for tokens: an ID token that came is verified. Nothing, if there are none yet.
   *
   * @param earlier Those that are refreshed. Their refresh token is spent, so that what came must not be lost where the keys
   *   for the ID token cannot be had; none need come with a refresh (OpenID Connect Core §12.2).
   */
  async #granted<T extends Tokens | undefined>(live: Live, begin: () => Call, earlier?: Partial<Tokens>): Promise<T> {
    return this.#carry(begin, async (answer, call) => {
      if (answer === null) return undefined as T;
      const { tokens } = answer as Granted;
      const expectations = ownProperty(answer as Granted, "expectations");
      if (expectations === undefined || tokens.idToken === undefined) return tokens as T;
      // As `id_token_hint`, servers want the signed token (OpenID Connect Core §3.1.2.1).
      const idToken = (await this.#options.decrypt?.(tokens.idToken)) ?? tokens.idToken;
      this.#options.clock?.issued(idToken);
      let claims: IdTokenClaims;
      try {
        const verified = await this.#verifier(live, "idToken").verify(idToken, expectations);
        claims = verified.claims as unknown as IdTokenClaims;
      } catch (error) {
        if (earlier === undefined || !(error instanceof CountersignError) || error.status !== 503) throw error;
        const read = Object.entries({ ...tokens, idToken: earlier.idToken, claims: earlier.claims });
        return Object.fromEntries(read.filter(([, value]) => value !== undefined)) as unknown as T;
      }
      const json = JSON.stringify(claims);
      this.#same(live);
      this.#core.run(() => {
        call.accept(json);
      });
      return { ...tokens, idToken, claims } as T;
    });
  }

  /** Fails where the core was restarted meanwhile: what it was to go on with is gone. */
  #same(live: Live): void {
    if (this.#core.generation !== live.generation) throw RESTARTED();
  }

  /** The client in the core, which needs the server's metadata, and the public half of the key that binds tokens. */
  async #ready(): Promise<Live> {
    if (!this.#core.isReady) await this.#core.load();
    const metadata = this.#options.metadata ?? (await this.#discover());
    const keys = (this.#keys ??= await this.#prepare());
    const { generation } = this.#core;
    const before = this.#live;
    if (before?.generation === generation && before.metadata === metadata) return before;
    const handle = this.#make(metadata, keys);
    const verifiers = before?.metadata === metadata ? before.verifiers : new Map<string, VerifierImpl>();
    return (this.#live = { generation, metadata, handle, verifiers });
  }

  #make(metadata: string | undefined, keys: Keys | undefined): OAuthClient {
    const { core } = this.#options;
    const { clientAuthentication } = core;
    const { assertion, proof } = keys ?? {};
    const options = JSON.stringify(
      withoutPrototype({
        ...core,
        metadata,
        // Before the keys are there, any algorithm will do.
        ...(this.#options.assertions && {
          clientAuthentication: { ...(clientAuthentication as object), alg: assertion?.algorithm ?? "ES256" },
        }),
        ...(proof && { dpop: { jwk: proof.jwk, alg: proof.algorithm } }),
      }),
    );
    return this.#core.run((glue) => new glue.OAuthClient(options));
  }

  async #prepare(): Promise<Keys> {
    const { assertions, dpop, issuer } = this.#options;
    const where = 'createClient: option "clientAuthentication", "key",';
    const assertion = assertions && (await signingKey(this.#core, where, assertions.key, assertions.alg));
    const proof = dpop && (await bindingKey(this.#core, `${issuer} ${this.clientId}`, dpop));
    return { assertion, proof };
  }

  async #sign({ purpose, input }: SigningStep): Promise<Uint8Array> {
    const key = purpose === "assertion" ? this.#keys?.assertion : this.#keys?.proof;
    if (key === undefined) throw internalError(`there is no key for the ${purpose}`);
    return sign(key, input);
  }

  #verifier({ handle, verifiers }: Live, kind: "idToken" | "logout" | "userinfo"): VerifierImpl {
    const known = verifiers.get(kind);
    if (known !== undefined) return known;
    const json = this.#core.run(() => {
      if (kind === "idToken") return handle.idTokenOptions();
      return kind === "logout" ? handle.logoutTokenOptions() : handle.userinfoOptions();
    });
    const { fetch, clock } = this.#options;
    const hosts = { ...(fetch && { fetch }), ...(clock && { now: clock.now }) };
    const read = readVerifierOptions({ ...(JSON.parse(json) as object), ...hosts });
    // Signed userinfo needs no times: what is made of it, the core knows.
    const options = kind === "userinfo" ? { ...read, core: withoutPrototype({ ...read.core, untimed: true }) } : read;
    const verifier = new VerifierImpl(host, this.#core, options, engines.for(read.engine, builtIn));
    verifiers.set(kind, verifier);
    return verifier;
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
    try {
      const json = JSON.stringify(await discoverBy(this.#core, issuer, fetch && { fetch }));
      this.#metadata = { json, end: now() + METADATA_LIFETIME };
      return json;
    } catch (error) {
      throw error instanceof CountersignError ? withoutMetadata(error) : error;
    }
  }

  #check(): void {
    this.#make(this.#options.metadata, undefined).free();
    if (this.#options.metadata === undefined) {
      this.#core.run((glue) => {
        new glue.Discovery(this.#options.issuer, "{}").free();
      });
    }
  }
}

/** It is the server that cannot be had, not its keys. */
const withoutMetadata = (error: CountersignError): CountersignError =>
  error.code === "jwks_unavailable"
    ? new CountersignError("server_unavailable", 503, error.message, { cause: error.cause })
    : error;

const RESTARTED = (): Error => internalError("the core was restarted meanwhile: begin again");

/** Waits for so many seconds, or until the signal. */
async function pause(seconds: number, signal: AbortSignal | undefined): Promise<void> {
  signal?.throwIfAborted();
  await new Promise<void>((resolve, reject) => {
    const end = (): void => {
      clearTimeout(timer);
      reject(signal?.reason as Error);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener("abort", end);
      resolve();
    }, seconds * 1000);
    signal?.addEventListener("abort", end, { once: true });
  });
}
