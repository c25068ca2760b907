import { CountersignError } from "../errors.js";
import { host } from "../engines.js";
import { decodeForAny } from "../verifier/decode-by.js";
import type { Verifier } from "../verifier/types.js";
import { issuerOf } from "./issuer.js";
import { Resolver } from "./resolver.js";
import type { ReadVerifier } from "./options.js";
import { core } from "./runtime.js";

/** The verifiers of a guard: one for each issuer that it takes tokens of. */
export interface Verifiers {
  /** The one for a token, by the unverified `iss`. Rejects for an issuer that is not trusted. */
  of(token: string): Promise<Verifier>;
  /** Loads keys. Rejects where none can be had. */
  loadKeys(): Promise<unknown>;
}

/** Chooses as the option `verifier` says. No token is ever tried with more than one verifier. */
export function verifiersOf(verifier: ReadVerifier, now: () => number): Verifiers {
  if (typeof verifier === "function") {
    const resolver = new Resolver(verifier, now, host.sharesPromises);
    return { of: (token) => chosen(token, (issuer) => resolver.verifierOf(issuer)), loadKeys: () => Promise.resolve() };
  }
  if (verifier instanceof Map) {
    return {
      of: (token) => chosen(token, (issuer) => verifier.get(issuer)),
      // Others are in use while one issuer is down.
      loadKeys: () => Promise.any([...new Set(verifier.values())].map(loadKeys)),
    };
  }
  return { of: () => Promise.resolve(verifier), loadKeys: () => loadKeys(verifier) };
}

async function chosen(
  token: string,
  choose: (issuer: string) => Verifier | undefined | Promise<Verifier | undefined>,
): Promise<Verifier> {
  const issuer = issuerOf(decodeForAny(core, token).claims);
  const verifier = issuer === undefined ? undefined : await choose(issuer);
  if (verifier !== undefined) return verifier;
  throw new CountersignError("issuer_mismatch", 401, "the token comes from an issuer that is not trusted here");
}

/** A verifier with a shared secret, or of the application's own, has none to load. */
async function loadKeys(verifier: Partial<Verifier>): Promise<unknown> {
  return verifier.loadKeys?.();
}
