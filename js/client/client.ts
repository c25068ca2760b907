import type { Call, Device } from "../core/countersign-auth.js";
import type { AuthGlue } from "../core/glue.js";
import { mandatory, readOptions, text } from "../options/readers.js";
import { ownProperty, withoutPrototype } from "../options/own.js";
import { claimsOfAnswer, readMomentary, tokenAnswer } from "../verifier/answers.js";
import { builtIn } from "../built-in.js";
import type { Core } from "../core/core.js";
import { engines, host } from "../engines.js";
import { byOptions } from "../core/instance.js";
import { JwksDriver } from "../jwks/driver.js";
import { readVerifierOptions, type ReadOptions } from "../verifier/options.js";
import { TokenVerifier } from "../verifier/token-verifier.js";
import type {
  AuthorizationParams,
  Client,
  DeviceEvent,
  DeviceParams,
  DocumentParams,
  IntrospectionParams,
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
import { bindingKey } from "./dpop.js";
import { now, type SigningStep } from "./drive.js";
import { keptInPage } from "./key-store.js";
import type { ReadClientOptions } from "./options.js";
import {
  readDeviceParams,
  readDocumentParams,
  readGrantParams,
  readIntrospectionParams,
  readProofRequest,
  readProviderTokens,
} from "./params.js";
import { authorizationResponse } from "./authorization-response.js";
import { methodOf, proofFor } from "./resource.js";
import { readTransaction } from "./response.js";
import {
  accessToken,
  readAuthorizationParams,
  readBearer,
  readHint,
  readLogoutParams,
  readRefreshed,
  readRefreshParams,
} from "./sign-in-params.js";
import { RESTARTED, SignInClient, type Keys, type Live } from "./sign-in.js";
import { signingKey } from "./signing.js";
import type { AuthorizationRequest, Transaction } from "./types.js";

/** Tokens of one kind, and how a verifier is made for them. */
interface Verified<G extends AuthGlue> {
  readonly kind: string;
  /** What the core says of the verifier, as JSON. */
  readonly options: (handle: InstanceType<G["OAuthClient"]>) => string;
  readonly read: (given: object, clientId: string) => ReadOptions;
}

const LOGOUT: Verified<AuthGlue> = {
  kind: "logout",
  options: (handle) => handle.logoutTokenOptions(),
  read: readVerifierOptions,
};

/** Signed userinfo needs no times: what is made of it, the core knows. */
const USERINFO: Verified<AuthGlue> = {
  kind: "userinfo",
  options: (handle) => handle.userinfoOptions(),
  read: (given) => {
    const read = readVerifierOptions(given);
    return { ...read, core: withoutPrototype({ ...read.core, untimed: true }) };
  },
};

/** The algorithm that is registered for ID tokens says nothing of these answers. */
const TOKEN_STATUS: Verified<AuthGlue> = {
  kind: "introspection",
  options: (handle) => handle.userinfoOptions(),
  read: (given, clientId) => readMomentary({ ...given, algorithms: undefined, ...tokenAnswer(clientId) }),
};

/** One registration at one server. */
export class ClientImpl extends SignInClient<AuthGlue> implements Client {
  constructor(core: Core<AuthGlue>, options: ReadClientOptions) {
    super({ core, host, engines: (engine) => engines.for(engine, builtIn) }, options);
  }

  async authorize(params: AuthorizationParams = {}): Promise<AuthorizationRequest> {
    return this.begin(readAuthorizationParams(params, this.options));
  }

  async refresh(tokens: Tokens | string, params: RefreshParams = {}): Promise<Tokens> {
    const json = readRefreshed(tokens);
    this.#own(tokens, "refresh");
    const { scope, resource } = readRefreshParams(params);
    return this.renew(json, typeof tokens === "string" ? {} : tokens, scope, resource);
  }

  async revoke(token: Tokens | string, hint?: TokenTypeHint): Promise<void> {
    const { refreshToken, accessToken: other } = typeof token === "string" ? { refreshToken: token } : token;
    const isRefreshToken = refreshToken !== undefined;
    const kind = typeof token === "string" ? hint : (hint ?? (isRefreshToken ? "refresh_token" : "access_token"));
    const value = text(refreshToken ?? other, "revoke: the token");
    this.#own(token, "revoke");
    await this.end(value, readHint(kind, "revoke"));
  }

  async logoutUrl(params: LogoutParams = {}): Promise<string | undefined> {
    const { idToken, postLogoutRedirectUri, state, logoutHint } = readLogoutParams(params);
    const { handle } = await this.ready();
    return this.core.run(() => handle.logoutUrl(idToken, postLogoutRedirectUri, state, logoutHint));
  }

  async fetch(target: ResourceTarget, init: ResourceInit | undefined, tokens: Tokens): Promise<Response> {
    return this.send(target, init, tokens, this.options);
  }

  /** The same, to other origins than those of the client. */
  async send(
    target: ResourceTarget,
    init: ResourceInit | undefined,
    tokens: Tokens,
    to: Pick<ReadClientOptions, "allowedOrigins" | "fetch">,
  ): Promise<Response> {
    const bearer = readBearer(tokens);
    this.#own(tokens, "fetch");
    return this.request(target, init, bearer, to);
  }

  override async callback(response: unknown, transaction: Transaction | readonly Transaction[]): Promise<Tokens> {
    const given: readonly unknown[] = Array.isArray(transaction) ? transaction : [transaction];
    const read = given.map((one) => readTransaction(one, ""));
    return super.callback(authorizationResponse(response, "callback: the response"), read);
  }

  async grant(type: string, params: Parameters = {}): Promise<Tokens> {
    const name = text(type, "grant: the type");
    const json = readGrantParams(params);
    const live = await this.ready();
    return this.granted(live, () => live.handle.grant(name, json, now()));
  }

  async *device(params: DeviceParams = {}): AsyncIterableIterator<DeviceEvent> {
    const { scope = this.options.scope, json, signal } = readDeviceParams(params);
    const live = await this.ready();
    const { generation } = this.core;
    let waiting: Device | undefined;
    const prompt = await this.carry(
      () => live.handle.device(scope, json, now()),
      (answer, call: Call) => {
        waiting = this.core.run(() => call.device());
        return answer as DeviceEvent;
      },
    );
    yield prompt;
    for (;;) {
      const device = waiting;
      if (device === undefined || this.core.generation !== generation) throw RESTARTED();
      const seconds = this.core.run(() => device.next(now()));
      if (seconds > 0) {
        await pause(seconds, signal);
        continue;
      }
      const tokens = await this.granted(live, () => device.ask(now()));
      if (tokens === undefined) continue;
      yield { type: "tokens", tokens };
      return;
    }
  }

  async userinfo(tokens: Tokens): Promise<UserClaims> {
    if (this.options.provider?.user !== undefined) return this.#providerUser(tokens);
    const { accessToken: token, claims } = readOptions<{ accessToken: string; claims: unknown }>(
      "userinfo: the tokens",
      tokens,
      { accessToken: mandatory(accessToken, "the access token"), claims: (value) => value },
      true,
    );
    const subject: unknown = typeof claims === "object" && claims !== null ? Reflect.get(claims, "sub") : undefined;
    const name = text(subject, "userinfo: the tokens' claim `sub`, which the answer is compared with,");
    this.#own(tokens, "userinfo");
    const live = await this.ready();
    return this.carry(
      () => live.handle.userinfo(token, name, now()),
      async (answer, call: Call) => {
        const jwt = ownProperty(answer as { jwt?: string }, "jwt");
        if (jwt === undefined) return (answer as { claims: UserClaims }).claims;
        const verified = await this.#verifier(live, USERINFO).verify(jwt);
        this.same(live);
        this.core.run(() => {
          call.acceptUserinfo(JSON.stringify(verified.claims), now());
        });
        return verified.claims as unknown as UserClaims;
      },
    );
  }

  async introspect(token: string, hint?: TokenTypeHint, params: IntrospectionParams = {}): Promise<TokenStatus> {
    const value = text(token, "introspect: the token");
    const read = readHint(hint, "introspect");
    const { signed = false } = readIntrospectionParams(params);
    const live = await this.ready();
    return this.carry(
      () => live.handle.introspect(value, read, signed, now()),
      async (answer, call: Call) => {
        const jwt = ownProperty(answer as { jwt?: string }, "jwt");
        if (jwt === undefined) return (answer as { status: TokenStatus }).status;
        const claims = JSON.stringify(await claimsOfAnswer(this.#verifier(live, TOKEN_STATUS), jwt));
        this.same(live);
        return JSON.parse(this.core.run(() => call.tokenStatus(claims))) as TokenStatus;
      },
    );
  }

  async verifyLogoutToken(token: string): Promise<LogoutToken> {
    const live = await this.ready();
    // Encrypted as ID tokens are, or not at all (Back-Channel Logout §2.4, §2.6).
    const signed = (await this.options.decrypt?.(token)) ?? token;
    const { claims } = await this.#verifier(live, LOGOUT).verify(signed);
    const json = JSON.stringify(claims);
    this.same(live);
    return JSON.parse(this.core.run(() => live.handle.logoutToken(json))) as LogoutToken;
  }

  /** The thumbprint of the key that tokens are bound to (RFC 7638). `undefined`: they are not. */
  async keyThumbprint(): Promise<string | undefined> {
    const { handle } = await this.ready();
    return this.core.run(() => handle.keyThumbprint());
  }

  async proof(request: ProofRequest, { accessToken: given }: Tokens): Promise<string> {
    const { method, url, nonce } = readProofRequest(request);
    if (this.options.dpop === undefined) throw new TypeError('proof: the client has no key: see the option "dpop"');
    const token = text(given, "proof: the tokens' access token");
    const { handle } = await this.ready();
    const signer = { core: this.core, sign: async (step: SigningStep) => this.sign(step) };
    return proofFor(signer, handle, { method: methodOf(method), url: new URL(url).href, nonce }, token);
  }

  metadataDocument(params: DocumentParams = {}): Record<string, unknown> {
    const json = readDocumentParams(params, this.options.dpop !== undefined);
    const handle = this.make(undefined, undefined);
    try {
      return JSON.parse(this.core.run(() => handle.metadataDocument(json))) as Record<string, unknown>;
    } finally {
      handle.free();
    }
  }

  /** Whether tokens are bound to a key that ends with this process. */
  get hasFleetingKey(): boolean {
    const { dpop } = this.options;
    return dpop !== undefined && dpop.key === undefined && dpop.store === undefined && keptInPage() === undefined;
  }

  protected override async prepare(): Promise<Keys> {
    const { assertions, dpop, issuer } = this.options;
    const where = 'createClient: option "clientAuthentication", "key",';
    const assertion = assertions && (await signingKey(this.core, where, assertions.key, assertions.alg));
    const bound = dpop && { ...dpop, store: dpop.store ?? keptInPage() };
    const proof = bound && (await bindingKey(this.core, `${issuer} ${this.clientId}`, bound));
    return { assertion, proof };
  }

  /** What verifies tokens of one kind. */
  #verifier({ handle, verifiers }: Live<AuthGlue>, { kind, options, read }: Verified<AuthGlue>): TokenVerifier {
    const known = verifiers.get(kind);
    if (known !== undefined) return known;
    const json = this.core.run(() => options(handle));
    const { fetch, clock } = this.options;
    const hosts = { ...(fetch && { fetch }), ...(clock && { now: clock.now }) };
    const given = read({ ...(JSON.parse(json) as object), ...hosts }, this.clientId);
    const make = byOptions(this.core, given.core, given.secret);
    const verifier = new TokenVerifier(host, this.core, given, make, this.platform.engines(given.engine), JwksDriver);
    verifiers.set(kind, verifier);
    return verifier;
  }

  /** A token is no business of another server's, nor of its resources. */
  #own(tokens: Tokens | string, where: string): void {
    const { issuer } = this.options;
    if (typeof tokens === "string" || tokens.issuer === undefined || tokens.issuer === issuer) return;
    throw new TypeError(`${where}: the tokens are of another issuer than this client's: take the client that got them`);
  }

  /** Who the user is, as a provider without ID tokens says. */
  async #providerUser(tokens: Tokens): Promise<UserClaims> {
    const { accessToken, subject } = readProviderTokens(tokens);
    this.#own(tokens, "userinfo");
    const { handle } = await this.ready();
    if (this.options.provider?.user?.url === undefined) {
      return { sub: text(subject, "userinfo: the tokens' `subject`, which the token response has said,") };
    }
    return this.carry(
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
}

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
