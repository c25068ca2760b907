import type { VerifiedToken, UnverifiedToken } from "../token.js";
import { Verification } from "./verification.js";
import type { Core } from "../core/core.js";
import { CoreInstance, type LiveVerifier, type MakeVerifier } from "../core/instance.js";
import { AWAITED, ENGINE, Step } from "../core/outcome.js";
import type { Host } from "../host/host.js";
import type { JwksDriver } from "../jwks/driver.js";
import { Signatures, type Engines, type Verdict } from "../engine/signatures.js";
import type { ReadOptions } from "./options.js";

/** The options of a verifier that are for JavaScript. */
export type HostOptions = Pick<ReadOptions, "source" | "now" | "maxToken" | "cachesVerdicts">;

/**
 * The keys of one verifier, and the way of a token through them. It takes options and expectations as they are: they were
 * read before, or come from the core.
 */
export class TokenVerifier<Driver extends JwksDriver = JwksDriver> {
  protected readonly core: Core;
  protected readonly options: HostOptions;
  /** `undefined`: the core verifies, with a shared secret. */
  protected readonly engines: Engines | undefined;
  protected readonly instance: CoreInstance<Signatures>;
  protected readonly verification: Verification;
  protected readonly remote: Driver | undefined;

  constructor(
    host: Host,
    core: Core,
    options: HostOptions,
    make: MakeVerifier,
    engines: Engines | undefined,
    driver: new (...given: ConstructorParameters<typeof JwksDriver>) => Driver,
  ) {
    this.core = core;
    this.options = options;
    this.engines = engines;
    this.instance = new CoreInstance(core, make, engines && (() => new Signatures(core, engines)));
    this.remote = options.source && new driver(core, this.instance, host, options.source);
    this.verification = new Verification(core, options.maxToken, options.cachesVerdicts, this.remote);
  }

  // An async function: whatever goes wrong in it is a rejection.
  async verify(jwt: unknown, expectations?: unknown): Promise<VerifiedToken> {
    return this.begin(jwt, expectations);
  }

  /** {@link verify}, at once where nothing has to be waited for. It may throw, too. */
  begin(jwt: unknown, expectations?: unknown): VerifiedToken | Promise<VerifiedToken> {
    const expected = this.expected(expectations);
    this.verification.admit(jwt);
    const preparing = this.core.isReady ? this.prepare?.() : this.#load();
    return preparing === undefined ? this.#attempt(jwt, expected) : preparing.then(() => this.#attempt(jwt, expected));
  }

  async #load(): Promise<void> {
    await this.core.load();
    await this.prepare?.();
  }

  #attempt(jwt: string, expected: object | undefined): VerifiedToken | Promise<VerifiedToken> {
    const live = this.instance.get();
    const next = this.verification.step(live, AWAITED, jwt, this.options.now(), expected, true);
    return next instanceof Step ? this.#continue(live, next, jwt, expected) : verified(next);
  }

  /** Does what a step waits for, and takes the next, until one has a verdict. */
  async #continue(
    live: LiveVerifier<Signatures>,
    step: Step,
    jwt: string,
    expected: object | undefined,
  ): Promise<VerifiedToken> {
    for (;;) {
      let verdict: Verdict | undefined;
      if (step.outcome === ENGINE) verdict = await this.verification.answer(live);
      else await this.remote?.perform(live, step);
      live = this.instance.get();
      const next = this.verification.step(live, step.attempt, jwt, this.options.now(), expected, true, verdict);
      if (!(next instanceof Step)) return verified(next);
      step = next;
    }
  }

  /** What this one token is compared with. */
  protected expected(expectations: unknown): object | undefined {
    return expectations as object | undefined;
  }

  /** What comes before a token is judged, if anything does. The core is loaded. */
  protected prepare?(): Promise<void> | undefined;
}

/** The core has refused whatever would make this untrue. */
export const verified = (token: UnverifiedToken): VerifiedToken => token as VerifiedToken;
