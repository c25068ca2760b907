import { CountersignError } from "../errors.js";
import { host } from "../engines.js";
import { decodeForAny } from "../verifier/decode-by.js";
import type { VerifiedToken } from "../token.js";
import { implementationOf } from "../verifier/create.js";
import type { Verifier } from "../verifier/types.js";
import { issuerOf } from "./issuer.js";
import { Resolver } from "./resolver.js";
import type { ReadVerifier } from "./options.js";
import { core } from "./runtime.js";

/** The verifiers of a guard: one for each issuer that it takes tokens of. */
export interface Verifiers {
  /**
   * Verifies a token by the one for its unverified `iss`, at once where that need not wait. Throws or rejects, for an
   * issuer that is not trusted too.
   */
  judge(token: string): VerifiedToken | Promise<VerifiedToken>;
  /** Loads keys. Rejects where none can be had. */
  loadKeys(): Promise<unknown>;
}

/** Chooses as the option `verifier` says. No token is ever tried with more than one verifier. */
export function verifiersOf(verifier: ReadVerifier, now: () => number): Verifiers {
  if (typeof verifier === "function") {
    const resolver = new Resolver(verifier, now, host.sharesPromises);
    return {
      judge: async (token) => verifyBy(trusted(await resolver.verifierOf(issuerIn(token))), token),
      loadKeys: () => Promise.resolve(),
    };
  }
  if (verifier instanceof Map) {
    return {
      judge: (token) => verifyBy(trusted(verifier.get(issuerIn(token))), token),
      // Others are in use while one issuer is down.
      loadKeys: () => Promise.any([...new Set(verifier.values())].map(loadKeys)),
    };
  }
  return { judge: (token) => verifyBy(verifier, token), loadKeys: () => loadKeys(verifier) };
}

function verifyBy(verifier: Verifier, token: string): VerifiedToken | Promise<VerifiedToken> {
  const own = implementationOf(verifier);
  return own === undefined ? verifyByTheirs(verifier, token) : own.begin(token);
}

/** By a verifier of the application's, or of another copy of this package. */
const verifyByTheirs = async (verifier: Verifier, token: string): Promise<VerifiedToken> => verifier.verify(token);

function issuerIn(token: string): string {
  return trusted(issuerOf(decodeForAny(core, token).claims));
}

function trusted<T>(known: T | undefined): T {
  if (known !== undefined) return known;
  throw new CountersignError("issuer_mismatch", 401, "the token comes from an issuer that is not trusted here");
}

/** A verifier with a shared secret, or of the application's own, has none to load. */
async function loadKeys(verifier: Partial<Verifier>): Promise<unknown> {
  return verifier.loadKeys?.();
}
