import { builtIn } from "../built-in.js";
import { withoutPrototype } from "../options/own.js";
import { engines, host } from "../engines.js";
import { core } from "../runtime.js";
import { readVerifierOptions } from "../verifier/options.js";
import { VerifierImpl } from "../verifier/verifier.js";
import type { Verifying } from "./introspection.js";

/** The options of a verifier that say by which keys of the issuer's something is signed. */
const OF_KEYS = [
  "issuer",
  "jwks",
  "jwksUri",
  "metadataUri",
  "allowInsecureHosts",
  "algorithms",
  "clockTolerance",
  "engine",
  "fetch",
  "now",
];

/** Seconds that an answer may have been under way. */
const MAX_AGE = 60;

/** Verifies the issuer's signed answers about tokens (RFC 9701 §5), which are of this moment and have no `exp`. */
export function answerVerifier(options: Readonly<Record<string, unknown>>, clientId: string): Verifying {
  const own = OF_KEYS.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]);
  const read = readVerifierOptions({
    ...Object.fromEntries(own),
    audience: clientId,
    profile: "jwt",
    typ: "token-introspection+jwt",
    maxTokenAge: MAX_AGE,
  });
  const lenient = { ...read, core: withoutPrototype({ ...read.core, expOptional: true }) };
  return new VerifierImpl(host, core, lenient, engines.for(read.engine, builtIn));
}
