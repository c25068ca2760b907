import type { UnverifiedToken, VerifiedToken } from "../token.js";
import { Verification } from "./verification.js";
import type { Core } from "../core/core.js";
import { keysUnavailable } from "../errors.js";
import { CoreInstance } from "../core/instance.js";
import { AWAITED, ENGINE, IN_BACKGROUND, NOT_LOADED, OFFLINE, Step } from "../core/outcome.js";
import type { Host } from "../host/host.js";
import { JwksDriver } from "../jwks/driver.js";
import { Signatures, type Engines, type Verdict } from "../engine/signatures.js";
import type { KeyReport } from "./types.js";
import { readExpectations, type ReadOptions } from "./options.js";

/** One verifier: its options, its keys, and the way of a token through them. */
export class VerifierImpl {
  readonly #core: Core;
  readonly #options: ReadOptions;
  /** `undefined`: the core verifies, with a shared secret. */
  readonly #engines: Engines | undefined;
  readonly #instance: CoreInstance<Signatures>;
  readonly #verification: Verification;
  readonly #remote: JwksDriver | undefined;
  /** How an attempt begins that cannot wait. */
  readonly #atOnce: number;

  constructor(host: Host, core: Core, options: ReadOptions, engines: Engines | undefined) {
    this.#core = core;
    this.#options = options;
    this.#engines = engines;
    this.#instance = new CoreInstance(
      core,
      options.core,
      options.secret,
      engines && (() => new Signatures(core, engines)),
    );
    this.#remote = options.source && new JwksDriver(core, this.#instance, host, options.source);
    this.#verification = new Verification(core, options.maxToken, options.cachesVerdicts, this.#remote);
    this.#atOnce = host.sharesPromises ? IN_BACKGROUND : OFFLINE;
  }

  // An async function: whatever goes wrong in it is a rejection.
  async verify(jwt: unknown, expectations?: unknown): Promise<VerifiedToken> {
    const expected = readExpectations(this.#options.profile, expectations);
    this.#verification.admit(jwt);
    if (!this.#core.isReady) await this.#core.load();
    this.#requireEngine();
    if (this.#remote?.hasUnreadStore === true) await this.#remote.readStore();
    let verdict: Verdict | undefined;
    for (let attempt = AWAITED; ;) {
      const live = this.#instance.get();
      const next = this.#verification.step(live, attempt, jwt, this.#options.now(), expected, true, verdict);
      if (!(next instanceof Step)) return verified(next);
      verdict = next.outcome === ENGINE ? await this.#verification.answer(live) : undefined;
      if (next.outcome !== ENGINE) await this.#remote?.perform(live, next);
      attempt = next.attempt;
    }
  }

  verifySync(jwt: unknown, expectations?: unknown): VerifiedToken {
    const expected = readExpectations(this.#options.profile, expectations);
    this.#verification.admit(jwt);
    this.#requireEngine(true);
    for (let attempt = this.#atOnce; ;) {
      const live = this.#instance.get();
      const next = this.#verification.step(live, attempt, jwt, this.#options.now(), expected, false);
      if (!(next instanceof Step)) return verified(next);
      if (next.outcome === NOT_LOADED) throw keysUnavailable(NO_KEYS);
      this.#remote?.start(live, next);
      attempt = next.attempt;
    }
  }

  async loadKeys(): Promise<KeyReport> {
    if (!this.#core.isReady) await this.#core.load();
    await this.#remote?.readStore();
    await this.#remote?.load();
    const { verifier } = this.#instance.get();
    return JSON.parse(this.#core.run(() => verifier.keys())) as KeyReport;
  }

  ready(): boolean {
    if (this.#remote === undefined) return true;
    if (!this.#core.isReady) return false;
    const { verifier } = this.#instance.get();
    return this.#core.run(() => verifier.ready(this.#options.now()));
  }

  exportKeys(): string | undefined {
    return this.#remote?.export();
  }

  async importKeys(state: unknown): Promise<boolean> {
    if (!this.#core.isReady) await this.#core.load();
    return this.#remote?.import(state) ?? false;
  }

  /** Checks that some engine can verify signatures. */
  #requireEngine(synchronously = false): void {
    const engines = this.#engines;
    if (engines === undefined || engines.sync !== undefined || engines.wasm !== undefined) return;
    if (engines.async === undefined) {
      throw new TypeError(
        'countersign/slim has no arithmetic of its own: leave out `engine: "wasm"`, or import "countersign"',
      );
    }
    if (synchronously) {
      throw new TypeError(
        'verifySync needs synchronous signature checks, which this host has not: use verify, or import "countersign"',
      );
    }
  }
}

/** The core has refused whatever would make this untrue. */
const verified = (token: UnverifiedToken): VerifiedToken => token as VerifiedToken;

const NO_KEYS = "no keys are loaded: await verifier.loadKeys() before verifier.verifySync()";
