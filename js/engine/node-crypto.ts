import { withoutPrototype, parseWithoutPrototypes } from "../options/own.js";
import type { AlgorithmEntry, NodeParameters } from "../core/algorithms.js";
import type { KnownAnswers } from "../core/known-answer.js";

/** A `KeyObject`. */
type KeyObject = object;

/** A key as it comes into `createPublicKey`. */
interface KeySource {
  readonly key: object;
  readonly format: "jwk";
}

/** The part of `node:crypto` that is used here, so that no host has to have all of it. */
export interface NodeCrypto {
  createPublicKey(key: KeySource): KeyObject;
  verify(hash: string | null, data: Uint8Array, key: object, signature: Uint8Array): boolean;
  readonly constants: { readonly RSA_PKCS1_PSS_PADDING: number };
}

/** A key with everything that `verify` wants to be told, made once. */
export interface NodeKey {
  readonly hash: string | null;
  readonly key: object;
}

/** What `verify` gets for a key. Not every host takes, or heeds, every form that is documented. */
type Form = (key: KeyObject, parameters: object, source: KeySource) => object | undefined;

const FORMS: readonly Form[] = [
  (key, parameters) => withoutPrototype({ key, ...parameters }),
  // workerd takes a `KeyObject` alone only, and so a key with parameters as JWK only.
  (key, parameters) => (Object.keys(parameters).length === 0 ? shadowed(key) : undefined),
  (_, parameters, source) => withoutPrototype({ ...source, ...parameters }),
];

/** Signature checks by `node:crypto`: native and synchronous. */
export class NodeEngine {
  readonly #crypto: NodeCrypto;
  /** By algorithm, the form in which this host is right. `undefined`: in none. */
  readonly #forms = new Map<string, Form | undefined>();

  constructor(crypto: NodeCrypto) {
    this.#crypto = crypto;
  }

  /** `undefined`: the host does not take the key, or is wrong about the algorithm. */
  prepare(algorithm: AlgorithmEntry, jwk: string, known: KnownAnswers): NodeKey | undefined {
    const form = this.#formOf(algorithm, known);
    return form && this.#prepare(algorithm.node, jwk, form);
  }

  /** `undefined`: the host cannot tell. */
  verify({ hash, key }: NodeKey, signature: Uint8Array, data: Uint8Array): boolean | undefined {
    try {
      return this.#crypto.verify(hash, data, key, signature);
    } catch {
      return undefined;
    }
  }

  #formOf({ name, node }: AlgorithmEntry, known: KnownAnswers): Form | undefined {
    if (this.#forms.has(name)) return this.#forms.get(name);
    const answer = node === null ? undefined : known(name);
    if (answer === undefined) return undefined;
    for (const form of FORMS) {
      const key = this.#prepare(node, answer.jwk, form);
      if (key === undefined) continue;
      const good = this.verify(key, answer.good, answer.message);
      const bad = this.verify(key, answer.bad, answer.message);
      const isRight = good === true && bad === false;
      if (good === undefined || bad === undefined) continue;
      // Remembered where it has answered: whatever prevented an answer may pass.
      this.#forms.set(name, isRight ? form : undefined);
      if (isRight) return form;
    }
    return undefined;
  }

  #prepare(parameters: NodeParameters | null, jwk: string, form: Form): NodeKey | undefined {
    if (parameters === null) return undefined;
    // Without prototypes, here and above: `node:crypto` looks for options that most algorithms must not have.
    const { hash, padding, saltLength, dsaEncoding } = parameters;
    try {
      const source = withoutPrototype({ key: parseWithoutPrototypes(jwk) as object, format: "jwk" } as const);
      const options = {
        ...(padding === undefined ? {} : { padding: this.#crypto.constants.RSA_PKCS1_PSS_PADDING, saltLength }),
        ...(dsaEncoding === undefined ? {} : { dsaEncoding }),
      };
      const key = form(this.#crypto.createPublicKey(source), options, source);
      return key && { hash, key };
    } catch {
      return undefined;
    }
  }
}

/** Options are looked for on a `KeyObject` too, and so on the prototype of all objects. */
function shadowed(key: KeyObject): KeyObject {
  for (const name of ["padding", "saltLength", "dsaEncoding"]) {
    Object.defineProperty(key, name, withoutPrototype({ value: undefined }));
  }
  return key;
}
