import type { VerifiedToken, UnverifiedToken } from "../token.js";
import { Verification } from "./verification.js";
import type { Core } from "../core/core.js";
import { CoreInstance, type MakeVerifier } from "../core/instance.js";
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
    const expected = this.expected(expectations);
    this.verification.admit(jwt);
    if (!this.core.isReady) await this.core.load();
    const preparing = this.prepare?.();
    if (preparing !== undefined) await preparing;
    let verdict: Verdict | undefined;
    for (let attempt = AWAITED; ;) {
      const live = this.instance.get();
      const next = this.verification.step(live, attempt, jwt, this.options.now(), expected, true, verdict);
      if (!(next instanceof Step)) return verified(next);
      verdict = next.outcome === ENGINE ? await this.verification.answer(live) : undefined;
      if (next.outcome !== ENGINE) await this.remote?.perform(live, next);
      attempt = next.attempt;
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
