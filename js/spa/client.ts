import { SignInClient, type Keys } from "../client/sign-in.js";
import type { ResourceInit, ResourceTarget, Tokens } from "../client/client-types.js";
import type { AuthorizationRequest } from "../client/types.js";
import type { SpaGlue } from "../core/glue.js";
import { withoutPrototype } from "../options/own.js";
import type { pageKey } from "./binding.js";
import type { Page } from "./page.js";
import { part } from "./part.js";
import type { AccessToken, SessionRecord } from "./record.js";
import { addressOf } from "./resources.js";
import type { Rules } from "./rules.js";
import { platform } from "./runtime.js";
import { seconds } from "./seconds.js";
import type { BrowserAuthOptions } from "./types.js";

/** What binds tokens to a key: a file of its own, for pages with the option `dpop` alone. */
interface Binding {
  readonly pageKey: typeof pageKey;
}

/** The client of a page. Its clock for ID tokens is the provider's, where this browser's differs. */
export class PageClient extends SignInClient<SpaGlue> {
  readonly #page: Page;
  readonly #isBound: boolean;

  constructor(options: BrowserAuthOptions<never>, page: Page, redirectUri: string, rules: Rules) {
    const { issuer, clientId, scope = "openid", resources = [], allowedOrigins = [], fetch } = options;
    const { dpop = false } = options;
    let offset = 0;
    const clock = {
      now: () => Date.now() + offset * 1000,
      issued: (idToken: string) => {
        offset = rules.providerOffset(idToken, seconds());
      },
    };
    const origins = resources.flatMap((resource) => addressOf(resource)?.origin ?? []);
    super(platform, {
      issuer,
      clientId,
      scope,
      core: withoutPrototype({ issuer, clientId, redirectUri }),
      allowedOrigins: [...origins.map((origin) => `${origin}/`), ...allowedOrigins],
      fetch,
      clock,
      pushes: false,
      metadata: undefined,
      provider: undefined,
      decrypt: undefined,
      assertions: undefined,
      dpop: undefined,
    });
    this.#page = page;
    this.#isBound = dpop;
  }

  /** Loads what requests need: at once, what is fetched apart. */
  async load(): Promise<void> {
    await Promise.all([this.core.load(), this.#isBound && this.#binding()]);
  }

  /** @param params Of the URL, which may be there more than once. */
  async authorize(params: Readonly<Record<string, string | readonly string[]>>): Promise<AuthorizationRequest> {
    const pairs = Object.entries(params).flatMap(([name, given]) => [given].flat().map((value) => [name, value]));
    return this.begin(JSON.stringify(withoutPrototype({ scope: this.options.scope, params: pairs })));
  }

  /** @param resource Empty: the server decides. */
  async refresh(tokens: SessionRecord["tokens"], resource: string): Promise<Tokens> {
    const { refreshToken, idToken, claims } = tokens;
    const given = withoutPrototype({ refreshToken, idToken, claims: JSON.stringify(claims) });
    return this.renew(JSON.stringify(given), tokens, undefined, resource === "" ? undefined : resource);
  }

  /** Ends the refresh token, if there is one. */
  async revoke({ refreshToken }: Pick<Tokens, "refreshToken">): Promise<void> {
    if (refreshToken !== undefined) await this.end(refreshToken, "refresh_token");
  }

  /** Where to sign out at the server, to come back to that address. */
  async logoutUrl(idToken: string | undefined, redirectUri: string): Promise<string | undefined> {
    const { handle } = await this.ready();
    return this.core.run(() => handle.logoutUrl(idToken, redirectUri, undefined, undefined));
  }

  async fetch(target: ResourceTarget, init: ResourceInit, token: AccessToken): Promise<Response> {
    return this.request(target, init, token, this.options);
  }

  protected override async prepare(): Promise<Keys> {
    if (!this.#isBound) return { assertion: undefined, proof: undefined };
    const binding = await this.#binding();
    const name = `${this.options.issuer} ${this.clientId}`;
    return { assertion: undefined, proof: await binding.pageKey(this.core, name, this.#page.indexedDB) };
  }

  async #binding(): Promise<Binding> {
    return part(import("./binding.js"));
  }
}
