import type { Core } from "../core/core.js";
import type { Call } from "../core/glue-client.js";
import type { SignInGlue } from "../core/glue.js";
import { internalError } from "../errors.js";
import type { Fetch } from "../fetch.js";
import { download } from "../jwks/download.js";
import { parseWithoutPrototypes } from "../options/own.js";

/** Something that a call wants signed. */
export interface SigningStep {
  readonly purpose: "assertion" | "proof";
  /** The name of the JWS algorithm. */
  readonly algorithm: string;
  /** ASCII */
  readonly input: string;
}

interface SendingStep {
  readonly purpose?: never;
  readonly method: "GET" | "POST";
  readonly url: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body?: string;
  /** Seconds */
  readonly timeout: number;
  readonly maxBytes: number;
}

/** The header fields of an answer that the core is told of, in the order of its arguments. */
const FIELDS = ["content-type", "dpop-nonce", "www-authenticate"];
const ANSWER = { fields: FIELDS, onlyOfSuccess: false };

/** Performs what calls ask for: requests and signatures. */
export class Driver {
  readonly #core: Core<SignInGlue>;
  readonly #fetch: Fetch | undefined;
  readonly #sign: (step: SigningStep) => Promise<Uint8Array>;
  /** Whether a request may have a header field `User-Agent`: in a page that would cost another request before it. */
  readonly #namesItself: boolean;

  constructor(
    core: Core<SignInGlue>,
    fetch: Fetch | undefined,
    namesItself: boolean,
    sign: (step: SigningStep) => Promise<Uint8Array>,
  ) {
    this.#core = core;
    this.#fetch = fetch;
    this.#namesItself = namesItself;
    this.#sign = sign;
  }

  /** Carries a call to its end. Answers what the core has read. */
  async carry(call: Call): Promise<unknown> {
    const core = this.#core;
    const { generation } = core;
    let cause: unknown;
    /** Runs a step, in the instance in which the call began. */
    const run = <T>(step: () => T): T => {
      if (core.generation !== generation) throw internalError("the core was restarted during the request");
      try {
        return step();
      } catch (thrown) {
        throw core.failure(thrown, cause);
      }
    };
    for (;;) {
      const step = parseWithoutPrototypes(run(() => call.step())) as SigningStep | SendingStep;
      if (step.purpose !== undefined) {
        const signature = await this.#sign(step);
        run(() => {
          call.signed(signature);
        });
        continue;
      }
      const { url, maxBytes, timeout, method, headers, body } = step;
      const outcome = await download(
        { url, maxBytes, timeout },
        this.#fetch,
        { method, headers: this.#headers(headers), ...(body !== undefined && { body }) },
        ANSWER,
      );
      if (!outcome.ok) {
        cause = outcome.cause;
        return JSON.parse(run(() => call.failed(outcome.reason, now()))) as unknown;
      }
      const [type, nonce, challenge] = outcome.fields.split("\n").map((field) => (field === "" ? undefined : field));
      const answer = run(() => call.response(outcome.status, type, nonce, challenge, outcome.body, now()));
      if (answer !== undefined) return JSON.parse(answer) as unknown;
    }
  }

  #headers(headers: SendingStep["headers"]): Record<string, string> {
    const fields = Object.fromEntries(headers);
    // GitHub and Reddit answer nobody without one.
    return this.#namesItself ? { "user-agent": "countersign", ...fields } : fields;
  }
}

/** The time in whole seconds. */
export const now = (): number => Math.floor(Date.now() / 1000);
