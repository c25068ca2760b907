import type { AlgorithmEntry, WebCryptoParameters } from "../core.js";

/** A key with the parameters that `verify` takes. */
interface PreparedKey {
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

  /** Rejects with whatever the host throws at a key or an algorithm that it does not take. */
  async prepare({ webcrypto }: AlgorithmEntry, jwk: string): Promise<PreparedKey> {
    if (webcrypto === null) throw new Error("WebCrypto does not have the algorithm");
    const { import: parameters, verify } = webcrypto;
    const key = await this.#subtle.importKey("jwk", JSON.parse(jwk) as JsonWebKey, parameters, false, ["verify"]);
    return { parameters: verify, key };
  }

  verify({ parameters, key }: PreparedKey, signature: BufferSource, data: BufferSource): Promise<boolean> {
    return this.#subtle.verify(parameters, key, signature, data);
  }
}
