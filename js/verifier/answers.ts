import { CountersignError } from "../errors.js";
import { withoutPrototype } from "../options/own.js";
import type { UnverifiedClaims } from "../token.js";
import { readVerifierOptions, type ReadOptions } from "./options.js";

/** The part of a verifier that is used. */
export interface Verifying {
  verify(jwt: string): Promise<{ readonly claims: UnverifiedClaims }>;
}

/** Seconds that an answer may have been under way. */
const MAX_AGE = 60;

/** What is expected of a signed answer about a token (RFC 9701 §5), which is for the client that asks. */
export const tokenAnswer = (clientId: string): object => ({ audience: clientId, typ: "token-introspection+jwt" });

/** The options of a verifier of an issuer's signed answers, which are of this moment and have no `exp`. */
export function readMomentary(options: object): ReadOptions {
  const read = readVerifierOptions({ ...options, profile: "jwt", maxTokenAge: MAX_AGE });
  return { ...read, core: withoutPrototype({ ...read.core, expOptional: true }) };
}

/** The claims of a signed answer about a token. That it does not hold is not the doing of whoever has sent the token. */
export async function claimsOfAnswer(verifier: Verifying, jwt: string): Promise<UnverifiedClaims> {
  try {
    return (await verifier.verify(jwt)).claims;
  } catch (cause) {
    if (cause instanceof CountersignError && cause.status >= 500) throw cause;
    throw new CountersignError("introspection_invalid", 502, "the signed answer does not hold: see `cause`", { cause });
  }
}
