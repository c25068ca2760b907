import type { Core } from "../core/core.js";
import type { GuardGlue } from "../core/glue.js";
import type { Engines } from "../engine/signatures.js";
import { isValid } from "../engine/single.js";
import { CountersignError, internalError } from "../errors.js";
import { fromBase64url } from "../options/base64url.js";
import { inTime } from "../store/in-time.js";
import type { AtomicStore } from "../store/types.js";
import type { Fields } from "./guard.js";
import { PerRequest } from "./per-request.js";
import type { Rules } from "./rules.js";
import type { GuardRequest } from "./types.js";

/** A proof that holds for its request, as the core describes it. */
export interface Proof {
  /** Of the key that has signed it. */
  readonly thumbprint: string;
  readonly replayKey: string;
  /** For the client's next proof, where that of this one goes out of use. */
  readonly nextNonce?: string;
}

const encoder = new TextEncoder();

/** Verifies proofs of possession (RFC 9449), and sees to it that each is used once. */
export class Proofs {
  readonly #core: Core<GuardGlue>;
  readonly #rules: Rules;
  readonly #engines: Engines;
  readonly #replay: AtomicStore;
  readonly #hasResource: boolean;
  readonly #used = new PerRequest<void>();

  constructor(core: Core<GuardGlue>, rules: Rules, engines: Engines, replay: AtomicStore, hasResource: boolean) {
    this.#core = core;
    this.#rules = rules;
    this.#engines = engines;
    this.#replay = replay;
    this.#hasResource = hasResource;
  }

  /** @param now Seconds. */
  async verify({ method, url }: GuardRequest, fields: Fields, token: string, now: number): Promise<Proof> {
    if (!this.#hasResource && url.startsWith("/")) {
      throw internalError(
        "proofs are for a URL, of which the request has the path alone: give the guard its option `resource`",
      );
    }
    const lines = fields("dpop").join("\n");
    const { algorithm, jwk, engineKey, signature, signedLength } = this.#rules.beginProof(lines);
    const question = {
      algorithm,
      jwk,
      engineKey: fromBase64url(engineKey),
      signature: fromBase64url(signature),
      signed: encoder.encode(lines.slice(0, signedLength)),
    };
    const valid = await isValid(this.#core, this.#engines, question);
    return this.#rules.finishProof(lines, valid, method, url, token, now);
  }

  /** Notes that a proof was used, by this request. Where that cannot be done, the request is not judged. */
  async use({ replayKey }: Proof, request: object): Promise<void> {
    return this.#used.once(request, replayKey, async () => this.#note(replayKey));
  }

  async #note(replayKey: string): Promise<void> {
    const ttl = this.#rules.replayLifetime();
    let added: unknown;
    try {
      added = await inTime(async () => this.#replay.add(replayKey, "", { ttl }));
    } catch (cause) {
      throw unavailable("the store of used proofs failed: see `cause`", cause);
    }
    if (added === false) throw new CountersignError("replay_detected", 401, "the proof was used before");
    if (added !== true) throw unavailable("`add` of the store of used proofs answers neither true nor false");
  }
}

const unavailable = (message: string, cause?: unknown): CountersignError =>
  new CountersignError("store_unavailable", 503, message, cause === undefined ? {} : { cause });
