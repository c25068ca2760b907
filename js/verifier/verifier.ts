import { Checker } from "./checker.js";
import type { Core } from "../core/core.js";
import type { HostEngines } from "../engine/host-engines.js";
import { CountersignError, keysUnavailable } from "../errors.js";
import { Handle } from "../core/instance.js";
import type { Host } from "../host/host.js";
import { RemoteKeys } from "../jwks/driver.js";
import type { Engines } from "../engine/signatures.js";
import type {
  IdTokenVerifier,
  KeyReport,
  SharedSecretIdTokenVerifier,
  UnverifiedToken,
  VerifiedToken,
} from "./types.js";
import { readExpectations, readSharedSecretOptions, readVerifierOptions, type ReadOptions } from "./options.js";

/** How often a token whose key is missing is tried again: after a refetch, and after finding that there is nothing new. */
const MAX_RETRIES = 2;

export function createVerifier(host: Host, core: Core, engines: HostEngines, options: unknown): IdTokenVerifier {
  const read = readVerifierOptions(options);
  const verification = new Verification(host, core, read, engines.for(read.engine));
  return Object.freeze({
    verify: verification.verify.bind(verification),
    verifySync: verification.verifySync.bind(verification),
    loadKeys: verification.loadKeys.bind(verification),
  }) as IdTokenVerifier;
}

export function createSharedSecretVerifier(host: Host, core: Core, options: unknown): SharedSecretIdTokenVerifier {
  const verification = new Verification(host, core, readSharedSecretOptions(options), undefined);
  return Object.freeze({
    verify: verification.verify.bind(verification),
    verifySync: verification.verifySync.bind(verification),
  }) as SharedSecretIdTokenVerifier;
}

/** One verifier: its options, its keys, and the way of a token through them. */
class Verification {
  readonly #core: Core;
  readonly #options: ReadOptions;
  /** `undefined`: all arithmetic is done on board. */
  readonly #engines: Engines | undefined;
  readonly #handle: Handle;
  readonly #checker: Checker;
  readonly #remote: RemoteKeys | undefined;

  constructor(host: Host, core: Core, options: ReadOptions, engines: Engines | undefined) {
    this.#core = core;
    this.#options = options;
    this.#engines = engines;
    this.#handle = new Handle(core, options.core, options.secret, engines);
    this.#checker = new Checker(core, this.#handle, options.maxToken, options.keeps);
    this.#remote = options.remote ? new RemoteKeys(core, this.#handle, host, options.fetch, options.now) : undefined;
  }

  // An async function: whatever goes wrong in it is a rejection.
  async verify(jwt: unknown, expectations?: unknown): Promise<VerifiedToken> {
    const expected = readExpectations(this.#options.profile, expectations);
    this.#checker.admit(jwt);
    if (!this.#core.isReady) await this.#core.load();
    this.#requireEngine();
    const loading = this.#remote?.ready();
    if (loading !== undefined) await loading;
    for (let retries = 0; ; retries += 1) {
      try {
        const token = this.#checker.check(jwt, this.#options.now(), expected);
        return verified(token instanceof Promise ? await token : token);
      } catch (error) {
        if (retries === MAX_RETRIES || !(await this.#haveOtherKeys(error))) throw error;
      }
    }
  }

  /** Whether it may be different with the keys that there are by now. */
  async #haveOtherKeys(error: unknown): Promise<boolean> {
    if (this.#remote === undefined) return false;
    if (isForKey(error)) return this.#remote.missed();
    if (!hasCode(error, "jwks_unavailable")) return false;
    // The keys at hand are too old.
    const loading = this.#remote.fresh();
    await loading;
    return loading !== undefined;
  }

  verifySync(jwt: unknown, expectations?: unknown): VerifiedToken {
    const expected = readExpectations(this.#options.profile, expectations);
    this.#checker.admit(jwt);
    this.#requireEngine(true);
    this.#remote?.refresh();
    try {
      return verified(this.#checker.checkSync(jwt, this.#options.now(), expected));
    } catch (error) {
      if (isForKey(error)) this.#remote?.seek();
      if (!hasCode(error, "jwks_unavailable") || this.#remote?.atHand) throw error;
      throw keysUnavailable("no keys are loaded: await verifier.loadKeys() before verifier.verifySync()");
    }
  }

  async loadKeys(): Promise<KeyReport> {
    if (!this.#core.isReady) await this.#core.load();
    await this.#remote?.fresh();
    const { verifier } = this.#handle.get();
    return JSON.parse(this.#core.run(() => verifier.keys())) as KeyReport;
  }

  /** Somebody has to do the arithmetic, and HMAC is on board everywhere. */
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

/** The token's key may be another one at the server by now: new, put right, or another under an old name. */
const isForKey = (error: unknown): boolean =>
  hasCode(error, "key_not_found") || hasCode(error, "key_unsuitable") || hasCode(error, "key_invalid");
