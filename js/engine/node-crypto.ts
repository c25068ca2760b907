import { bare, parseBare } from "../bare.js";
import type { AlgorithmEntry } from "../core.js";

/** A `KeyObject`. */
type KeyObject = object;

/** The part of `node:crypto` that is used here, so that no host has to have all of it. */
export interface NodeCrypto {
  createPublicKey(key: { key: object; format: "jwk" }): KeyObject;
  verify(hash: string | null, data: Uint8Array, key: object, signature: Uint8Array): boolean;
  readonly constants: { readonly RSA_PKCS1_PSS_PADDING: number };
}

/** A host's `node:crypto`, and what is to be known about it. */
export interface NativeCrypto {
  readonly crypto: NodeCrypto;
  /** The names of algorithms that it gets wrong. Those that it only lacks it refuses by itself. */
  readonly avoid: ReadonlySet<string>;
  /** `verify` takes a `KeyObject` together with options, not only alone. */
  readonly wrapsKeyObjects: boolean;
}

/** A key with everything that `verify` wants to be told, made once. */
export interface NodeKey {
  readonly hash: string | null;
  readonly key: object;
}

/** Signature checks by `node:crypto`: native and synchronous. */
export class NodeEngine {
  readonly #native: NativeCrypto;

  constructor(native: NativeCrypto) {
    this.#native = native;
  }

  has({ name, node }: AlgorithmEntry): boolean {
    return node !== null && !this.#native.avoid.has(name);
  }

  /** `undefined`: the host does not take the key. */
  prepare({ node }: AlgorithmEntry, jwk: string): NodeKey | undefined {
    if (node === null) return undefined;
    // Without prototypes, here and below: `node:crypto` looks for options that most algorithms must not have.
    const { hash, padding, saltLength, dsaEncoding } = node;
    const { crypto, wrapsKeyObjects } = this.#native;
    try {
      const source = bare({ key: parseBare(jwk) as object, format: "jwk" } as const);
      const key = crypto.createPublicKey(source);
      if (padding === undefined && dsaEncoding === undefined && !wrapsKeyObjects) return { hash, key: shadowed(key) };
      return {
        hash,
        key: bare({
          ...(wrapsKeyObjects ? { key } : source),
          ...(padding === undefined ? {} : { padding: crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength }),
          ...(dsaEncoding === undefined ? {} : { dsaEncoding }),
        }),
      };
    } catch {
      return undefined;
    }
  }

  /** `undefined`: the host cannot tell. */
  verify({ hash, key }: NodeKey, signature: Uint8Array, data: Uint8Array): boolean | undefined {
    try {
      return this.#native.crypto.verify(hash, data, key, signature);
    } catch {
      return undefined;
    }
  }
}

/** Options are looked for on a `KeyObject` too, and so on the prototype of all objects. */
function shadowed(key: KeyObject): KeyObject {
  for (const name of ["padding", "saltLength", "dsaEncoding"]) {
    Object.defineProperty(key, name, bare({ value: undefined }));
  }
  return key;
}
