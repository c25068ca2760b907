import { parseWithoutPrototypes } from "../options/own.js";
import type { AlgorithmEntry, WebCryptoParameters } from "../core/algorithms.js";
import type { KnownAnswers } from "../core/known-answer.js";

/** A key with the parameters that `verify` takes. */
export interface WebCryptoKey {
  readonly parameters: WebCryptoParameters["verify"];
  readonly key: CryptoKey;
}

/** Signature checks by WebCrypto: native and asynchronous. */
export class WebCryptoEngine {
  readonly #subtle: SubtleCrypto;
  /** By algorithm, whether this host is right. The outcome, not its promise: on Workers, a promise belongs to one request. */
  readonly #right = new Map<string, boolean>();

  constructor(subtle: SubtleCrypto) {
    this.#subtle = subtle;
  }

  /** `undefined`: the host does not take the key, or is wrong about the algorithm. `null`: it could not answer for now. */
  async prepare(algorithm: AlgorithmEntry, jwk: string, known: KnownAnswers): Promise<WebCryptoKey | null | undefined> {
    const [key, isRight] = await Promise.all([this.#import(algorithm, jwk), this.#isRight(algorithm, known)]);
    if (isRight === undefined) return null;
    return isRight ? key : undefined;
  }

  /** `undefined`: the host could not answer, which may pass. */
  async #isRight(algorithm: AlgorithmEntry, known: KnownAnswers): Promise<boolean | undefined> {
    const before = this.#right.get(algorithm.name);
    if (before !== undefined) return before;
    const answer = known(algorithm.name);
    if (answer === undefined) return false;
    const { message } = answer;
    const key = await this.#import(algorithm, answer.jwk);
    if (key === undefined) return false;
    const [good, bad] = await Promise.all([
      this.verify(key, answer.good, message),
      this.verify(key, answer.bad, message),
    ]);
    if (good === undefined || bad === undefined) return undefined;
    const isRight = (good as unknown) === true && (bad as unknown) === false;
    this.#right.set(algorithm.name, isRight);
    return isRight;
  }

  async #import({ webcrypto }: AlgorithmEntry, jwk: string): Promise<WebCryptoKey | undefined> {
    if (webcrypto === null) return undefined;
    const { import: parameters, verify } = webcrypto;
    try {
      const key = await this.#subtle.importKey("jwk", parseWithoutPrototypes(jwk) as JsonWebKey, parameters, false, [
        "verify",
      ]);
      return { parameters: verify, key };
    } catch {
      return undefined;
    }
  }

  /** `undefined`: the host cannot tell. */
  async verify(key: WebCryptoKey, signature: BufferSource, data: BufferSource): Promise<boolean | undefined> {
    try {
      return await this.#subtle.verify(key.parameters, key.key, signature, data);
    } catch {
      return undefined;
    }
  }
}
