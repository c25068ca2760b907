import type { VerifiedToken } from "../token.js";
import type { Core } from "../core/core.js";
import { keysUnavailable } from "../errors.js";
import { byOptions, type VerifierByOptions } from "../core/instance.js";
import { IN_BACKGROUND, NOT_LOADED, OFFLINE, Step } from "../core/outcome.js";
import type { Host } from "../host/host.js";
import { KeySourceDriver } from "../jwks/source-driver.js";
import { read, write } from "../jwks/state.js";
import type { Engines } from "../engine/signatures.js";
import type { Profile } from "./option-types.js";
import type { KeyReport } from "./types.js";
import { readExpectations, type ReadOptions } from "./options.js";
import { TokenVerifier, verified } from "./token-verifier.js";

/** A verifier of the application's. */
export class VerifierImpl extends TokenVerifier<KeySourceDriver> {
  /** How an attempt begins that cannot wait. */
  readonly #atOnce: number;
  readonly #profile: Profile;

  constructor(host: Host, core: Core, options: ReadOptions, engines: Engines | undefined) {
    super(host, core, options, byOptions(core, options.core, options.secret), engines, KeySourceDriver);
    this.#profile = options.profile;
    this.#atOnce = host.sharesPromises ? IN_BACKGROUND : OFFLINE;
  }

  verifySync(jwt: unknown, expectations?: unknown): VerifiedToken {
    const expected = this.expected(expectations);
    this.verification.admit(jwt);
    this.#requireEngine(true);
    for (let attempt = this.#atOnce; ;) {
      const live = this.instance.get();
      const next = this.verification.step(live, attempt, jwt, this.options.now(), expected, false);
      if (!(next instanceof Step)) return verified(next);
      if (next.outcome === NOT_LOADED) throw keysUnavailable(NO_KEYS);
      this.remote?.start(live, next);
      attempt = next.attempt;
    }
  }

  async loadKeys(): Promise<KeyReport> {
    if (!this.core.isReady) await this.core.load();
    await this.remote?.readStore();
    await this.remote?.load();
    const verifier = this.#verifier();
    return JSON.parse(this.core.run(() => verifier.keys())) as KeyReport;
  }

  ready(): boolean {
    if (this.remote === undefined) return true;
    if (!this.core.isReady) return false;
    const verifier = this.#verifier();
    return this.core.run(() => verifier.ready(this.options.now()));
  }

  #verifier(): VerifierByOptions {
    return this.instance.get().verifier as VerifierByOptions;
  }

  exportKeys(): string | undefined {
    const { source } = this.options;
    const documents = this.remote?.given();
    return source && documents && write(source.issuer, documents);
  }

  async importKeys(state: unknown): Promise<boolean> {
    if (!this.core.isReady) await this.core.load();
    const { source } = this.options;
    const documents = source && read(source.issuer, state);
    return (documents && this.remote?.take(documents)) ?? false;
  }

  protected override expected(expectations: unknown): object | undefined {
    return readExpectations(this.#profile, expectations);
  }

  protected override prepare(): Promise<void> | undefined {
    this.#requireEngine();
    return this.remote?.hasUnreadStore === true ? this.remote.readStore() : undefined;
  }

  /** Checks that some engine can verify signatures. */
  #requireEngine(synchronously = false): void {
    const { engines } = this;
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

const NO_KEYS = "no keys are loaded: await verifier.loadKeys() before verifier.verifySync()";
