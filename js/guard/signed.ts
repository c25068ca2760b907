import { builtIn } from "../built-in.js";
import { engines, host } from "../engines.js";
import { readMomentary, tokenAnswer, type Verifying } from "../verifier/answers.js";
import { readVerifierOptions, type ReadOptions } from "../verifier/options.js";
import { VerifierImpl } from "../verifier/verifier.js";
import { core } from "./runtime.js";

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

/** Verifies the issuer's signed answers about tokens (RFC 9701 §5). */
export const answerVerifier = (options: Readonly<Record<string, unknown>>, clientId: string): Verifying =>
  momentary(options, tokenAnswer(clientId));

/** Verifies the issuer's signed answers, which are of this moment and have no `exp`. */
export const momentary = (options: Readonly<Record<string, unknown>>, expected: object): Verifying =>
  made(readMomentary({ ...keysOf(options), ...expected }));

/** Verifies the issuer's signed answers that say for how long they hold. */
export const lasting = (options: Readonly<Record<string, unknown>>, expected: object): Verifying =>
  made(readVerifierOptions({ ...keysOf(options), ...expected, profile: "jwt" }));

function keysOf(options: Readonly<Record<string, unknown>>): object {
  return Object.fromEntries(OF_KEYS.filter((name) => options[name] !== undefined).map((name) => [name, options[name]]));
}

const made = (read: ReadOptions): Verifying => new VerifierImpl(host, core, read, engines.for(read.engine, builtIn));
