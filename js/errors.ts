import { withoutPrototype, ownProperty, parseWithoutPrototypes } from "./options/own.js";
import { mayCompile } from "./wasm/permission.js";
import type {
  ERROR_STATUS,
  GuardErrorCode,
  KeysErrorCode,
  LoginErrorCode,
  SessionErrorCode,
  TokenErrorCode,
} from "./tables.js";

export type { GuardErrorCode, KeysErrorCode, LoginErrorCode, SessionErrorCode, TokenErrorCode };

/**
 * Every code that a {@link CountersignError} can carry. `docs/reference/errors.md` has the cause and the remedy of each.
 */
export type ErrorCode = keyof typeof ERROR_STATUS;

/** An own property of every error of this class, whichever copy of the package has made it. */
const BRAND: unique symbol = /* @__PURE__ */ Symbol.for("countersign.CountersignError");

/** What an error says beside its code. */
export interface ErrorDetails {
  claim?: string;
  expected?: string;
  actual?: string;
  cause?: unknown;
}

/**
 * A refusal, or a failure on the way to a verdict.
 *
 * The code is stable and is what programs should look at; the message is for people. Neither holds anything of the token.
 * A mistake in the configuration is a `TypeError` instead, thrown where the mistake is made.
 *
 * @example
 * ```ts
 * try {
 *   await verifier.verify(jwt);
 * } catch (error) {
 *   if (!(error instanceof CountersignError)) throw error;
 *   return new Response(null, { status: error.status }); // 401: a bad token; 503: no keys at the moment
 * }
 * ```
 */
export class CountersignError extends Error {
  /**
   * There may be two copies of this class in one program: by `import` and by `require` on Node before 20.19 and 22.12, in
   * bundles, or of two versions. An error of one is an instance of the other.
   */
  static override [Symbol.hasInstance](value: unknown): boolean {
    if (this !== CountersignError) return Function.prototype[Symbol.hasInstance].call(this, value);
    return typeof value === "object" && value !== null && Object.hasOwn(value, BRAND);
  }

  override readonly name: string = "CountersignError";
  /** What happened, as a stable name. */
  readonly code: ErrorCode;
  /**
   * The HTTP status that answers it: 401 for a bad token, 503 for missing keys, 400 and 502 during a sign-in, else 500.
   *
   * Also 500, whatever the code: keys or a secret in a verifier's options that are bad. No caller can do anything about it.
   */
  readonly status: number;
  /** The claim that is missing, malformed or not as expected. */
  declare readonly claim?: string;
  /** What the verifier was configured to expect. */
  declare readonly expected?: string;
  /** What there was instead, where that is no secret. */
  declare readonly actual?: string;

  constructor(code: ErrorCode, status: number, message: string, details: ErrorDetails = {}) {
    super(message, Object.hasOwn(details, "cause") ? { cause: details.cause } : undefined);
    Object.defineProperty(this, BRAND, withoutPrototype({ value: true }));
    this.code = code;
    this.status = status;
    const claim = ownProperty(details, "claim");
    const expected = ownProperty(details, "expected");
    const actual = ownProperty(details, "actual");
    if (claim !== undefined) this.claim = claim;
    if (expected !== undefined) this.expected = expected;
    if (actual !== undefined) this.actual = actual;
  }
}

/** What the core throws, as JSON: a refusal, or what is wrong with the configuration. */
type CoreError =
  (ErrorDetails & { code: ErrorCode; status: number; message: string; config?: never }) | { config: string };

/**
 * Makes an error of what an export of the core threw. `undefined`: it trapped.
 *
 * @param cause Why the latest download failed, which is the cause where keys are missing.
 */
export function fromCore(thrown: unknown, cause?: unknown): Error | undefined {
  if (thrown instanceof CountersignError) return thrown;
  if (typeof thrown !== "string") return undefined;
  const error = parseWithoutPrototypes(thrown) as CoreError;
  if (error.config !== undefined) return new TypeError(error.config);
  const { code, status, message } = error;
  return new CountersignError(
    code,
    status,
    message,
    cause === undefined || status !== 503 ? error : withoutPrototype({ ...error, cause }),
  );
}

/** An error over keys that stand in the options: the operator's mistake, not that of whoever sent a token. */
export function misconfigured(error: Error): Error {
  return error instanceof CountersignError ? new CountersignError(error.code, 500, error.message, error) : error;
}

/** An error that is made outside the core. The compiler compares its status with the core's table. */
const refusal = <C extends ErrorCode>(
  code: C,
  status: (typeof ERROR_STATUS)[C],
  message: string,
  details?: ErrorDetails,
): CountersignError => new CountersignError(code, status, message, details);

export const tokenMalformed = (message: string): CountersignError => refusal("token_malformed", 401, message);

export const tokenTooLarge = (limit: number): CountersignError =>
  refusal("token_too_large", 401, `the token is longer than ${limit} bytes`);

export const tokenMissing = (): CountersignError =>
  new CountersignError("token_missing", 401, "the request has no access token");

export const keyInvalid = (message: string): CountersignError => refusal("key_invalid", 401, message);

export const keysInvalid = (message: string): CountersignError => refusal("jwks_invalid", 503, message);

export const keysUnavailable = (message: string): CountersignError => refusal("jwks_unavailable", 503, message);

/** An error over the application's function that names the verifier of an issuer. */
export const verifierUnavailable = (cause: unknown): CountersignError =>
  refusal("jwks_unavailable", 503, "`verifier` has failed to say what verifies the tokens of the issuer: see `cause`", {
    cause,
  });

export const responseTooLarge = (message: string): CountersignError => refusal("response_too_large", 503, message);

export const authorizationResponseInvalid = (message: string): CountersignError =>
  refusal("authorization_response_invalid", 400, message);

export const tokenResponseInvalid = (message: string): CountersignError =>
  refusal("token_response_invalid", 502, message);

/** An error over a wasm core that cannot be loaded or instantiated: none of the tokens' doing, nor of the core's. */
export const coreUnavailable = (cause: unknown, host: string): CountersignError =>
  refusal("core_unavailable", 500, whatIsMissing(host), { cause });

export const storeUnavailable = (message: string, cause: unknown): CountersignError =>
  refusal("store_unavailable", 503, message, { cause });

export const internalError = (message: string, cause?: unknown): CountersignError =>
  refusal("internal_error", 500, message, cause === undefined ? {} : { cause });

function whatIsMissing(host: string): string {
  if (typeof WebAssembly !== "object")
    return `the host "${host}" has no WebAssembly, and Countersign's core is made of it`;
  if (!mayCompile()) {
    return `the host "${host}" forbids to compile WebAssembly: a page's Content-Security-Policy has to have \`script-src 'self' 'wasm-unsafe-eval'\`, and a Worker has to import the wasm file as a module and give that to \`init\``;
  }
  return `the wasm core cannot be loaded by what the package has for the host "${host}", see \`cause\`: its file has to lie where the package looks for it, or is given to \`await init(source)\` as a module, as bytes or as a URL`;
}
