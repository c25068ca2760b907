import type { AlgorithmEntry } from "../core.js";

/** A `KeyObject`. */
type KeyObject = object;

/** The part of `node:crypto` that is used here, so that no host has to have all of it. */
export interface NodeCrypto {
  createPublicKey(key: { key: object; format: "jwk" }): KeyObject;
  verify(hash: string | null, data: Uint8Array, key: object, signature: Uint8Array): boolean;
  readonly constants: { readonly RSA_PKCS1_PSS_PADDING: number };
}

/** A key with everything that `verify` wants to be told, made once. */
interface PreparedKey {
  readonly hash: string | null;
  readonly key: object;
}

/** Signature checks by `node:crypto`: native and synchronous. */
export class NodeEngine {
  readonly #crypto: NodeCrypto;
  /** workerd's takes a `KeyObject` alone but not with options, and ignores `padding`: it must not be asked for PSS. */
  readonly #isWorkerd: boolean;

  constructor(crypto: NodeCrypto, isWorkerd: boolean) {
    this.#crypto = crypto;
    this.#isWorkerd = isWorkerd;
  }

  has({ node }: AlgorithmEntry): boolean {
    return node !== null && !(this.#isWorkerd && node.padding === "pss");
  }

  /** @throws whatever the host throws at a key that it does not take. */
  prepare({ node }: AlgorithmEntry, jwk: string): PreparedKey {
    if (node === null) throw new Error("node:crypto does not have the algorithm");
    const { hash, padding, saltLength, dsaEncoding } = node;
    const source = { key: JSON.parse(jwk) as object, format: "jwk" } as const;
    const key = this.#crypto.createPublicKey(source);
    if (padding === undefined && dsaEncoding === undefined) return { hash, key };
    return {
      hash,
      key: {
        ...(this.#isWorkerd ? source : { key }),
        ...(padding === undefined ? {} : { padding: this.#crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength }),
        ...(dsaEncoding === undefined ? {} : { dsaEncoding }),
      },
    };
  }

  verify({ hash, key }: PreparedKey, signature: Uint8Array, data: Uint8Array): boolean {
    return this.#crypto.verify(hash, data, key, signature);
  }
}
