import type { UnverifiedToken, VerifiedToken } from "../token.js";
import { Verification } from "./verification.js";
import type { Core } from "../core/core.js";
import type { HostEngines } from "../engine/host-engines.js";
import { CountersignError, keysUnavailable } from "../errors.js";
import { CoreInstance } from "../core/instance.js";
import type { Host } from "../host/host.js";
import { JwksDriver } from "../jwks/driver.js";
import { Signatures, type Engines } from "../engine/signatures.js";
import type { IdTokenVerifier, KeyReport, SharedSecretIdTokenVerifier } from "./types.js";
import { readExpectations, readSharedSecretOptions, readVerifierOptions, type ReadOptions } from "./options.js";

/** How often a token whose key is missing is tried again: after a refetch, and after finding that there is nothing new. */
const MAX_RETRIES = 2;

export function createVerifier(host: Host, core: Core, engines: HostEngines, options: unknown): IdTokenVerifier {
  const read = readVerifierOptions(options);
  const verifier = new VerifierImpl(host, core, read, engines.for(read.engine));
  return Object.freeze({
    verify: verifier.verify.bind(verifier),
    verifySync: verifier.verifySync.bind(verifier),
    loadKeys: verifier.loadKeys.bind(verifier),
  }) as IdTokenVerifier;
}

export function createSharedSecretVerifier(host: Host, core: Core, options: unknown): SharedSecretIdTokenVerifier {
  const verifier = new VerifierImpl(host, core, readSharedSecretOptions(options), undefined);
  return Object.freeze({
    verify: verifier.verify.bind(verifier),
    verifySync: verifier.verifySync.bind(verifier),
  }) as SharedSecretIdTokenVerifier;
}

/** One verifier: its options, its keys, and the way of a token through them. */
class VerifierImpl {
  readonly #core: Core;
  readonly #options: ReadOptions;
  /** `undefined`: all arithmetic is done in wasm. */
  readonly #engines: Engines | undefined;
  readonly #instance: CoreInstance<Signatures>;
  readonly #verification: Verification;
  readonly #remote: JwksDriver | undefined;

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
    this.#verification = new Verification(core, this.#instance, options.maxToken, options.cachesVerdicts);
    this.#remote = options.remote
      ? new JwksDriver(core, this.#instance, host.sharesPromises, options.fetch, options.now)
      : undefined;
  }

  // An async function: whatever goes wrong in it is a rejection.
  async verify(jwt: unknown, expectations?: unknown): Promise<VerifiedToken> {
    const expected = readExpectations(this.#options.profile, expectations);
    this.#verification.admit(jwt);
    if (!this.#core.isReady) await this.#core.load();
    this.#requireEngine();
    const loading = this.#remote?.ready();
    if (loading !== undefined) await loading;
    for (let retries = 0; ; retries += 1) {
      try {
        const token = this.#verification.check(jwt, this.#options.now(), expected);
        return verified(token instanceof Promise ? await token : token);
      } catch (error) {
        if (retries === MAX_RETRIES || !(await this.#haveOtherKeys(error))) throw error;
      }
    }
  }

  /** Whether another attempt with the current keys may succeed. */
  async #haveOtherKeys(error: unknown): Promise<boolean> {
    if (this.#remote === undefined) return false;
    if (isForKey(error)) return this.#remote.missed();
    if (!hasCode(error, "jwks_unavailable")) return false;
    // The keys are too old.
    const loading = this.#remote.fresh();
    await loading;
    return loading !== undefined;
  }

  verifySync(jwt: unknown, expectations?: unknown): VerifiedToken {
    const expected = readExpectations(this.#options.profile, expectations);
    this.#verification.admit(jwt);
    this.#requireEngine(true);
    this.#remote?.refresh();
    try {
      return verified(this.#verification.checkSync(jwt, this.#options.now(), expected));
    } catch (error) {
      if (isForKey(error)) this.#remote?.refetchInBackground();
      if (!hasCode(error, "jwks_unavailable") || this.#remote?.hasKeys) throw error;
      throw keysUnavailable("no keys are loaded: await verifier.loadKeys() before verifier.verifySync()");
    }
  }

  async loadKeys(): Promise<KeyReport> {
    if (!this.#core.isReady) await this.#core.load();
    await this.#remote?.fresh();
    const { verifier } = this.#instance.get();
    return JSON.parse(this.#core.run(() => verifier.keys())) as KeyReport;
  }

  /** Checks that some engine can verify signatures. HMAC is in every build. */
  #requireEngine(synchronously = false): void {
    if (this.#options.secret !== undefined || this.#engines?.sync !== undefined || this.#core.hasEngine) return;
    if (this.#engines?.async === undefined) {
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

const hasCode = (error: unknown, code: string): boolean => error instanceof CountersignError && error.code === code;

/** Whether refetching may help: the server may have a new key, a corrected one, or another one under an old name. */
const isForKey = (error: unknown): boolean =>
  hasCode(error, "key_not_found") || hasCode(error, "key_unsuitable") || hasCode(error, "key_invalid");
