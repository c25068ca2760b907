import { parseBare } from "../bare.js";
import type { AlgorithmEntry, WebCryptoParameters } from "../core.js";

/** A key with the parameters that `verify` takes. */
export interface WebCryptoKey {
  readonly parameters: WebCryptoParameters["verify"];
  readonly key: CryptoKey;
}

/** Signature checks by WebCrypto: native and asynchronous. */
export class WebCryptoEngine {
  readonly #subtle: SubtleCrypto;

  constructor(subtle: SubtleCrypto) {
    this.#subtle = subtle;
  }

  has({ webcrypto }: AlgorithmEntry): boolean {
    return webcrypto !== null;
  }

  /** `undefined`: the host does not take the key. */
  async prepare({ webcrypto }: AlgorithmEntry, jwk: string): Promise<WebCryptoKey | undefined> {
    if (webcrypto === null) return undefined;
    const { import: parameters, verify } = webcrypto;
    try {
      const key = await this.#subtle.importKey("jwk", parseBare(jwk) as JsonWebKey, parameters, false, ["verify"]);
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
