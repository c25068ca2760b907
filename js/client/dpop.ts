import type { Core } from "../core/core.js";
import type { CryptoKeyPairLike, DpopKeyStore, PrivateJwk } from "./client-types.js";
import { plain, signingKey, webCrypto, type SigningKey } from "./signing.js";

/** How the client's tokens are bound to a key (RFC 9449), as it was read of the options. */
export interface ReadDpop {
  readonly key: CryptoKeyPairLike | PrivateJwk | undefined;
  readonly alg: string | undefined;
  /** `undefined`: the key ends with this process. */
  readonly store: DpopKeyStore | undefined;
}

/** The key that binds tokens: its private half here, its public half as the core takes it. */
export interface BindingKey extends SigningKey {
  readonly jwk: string;
}

const WHERE = 'option "dpop"';

/** Keys of this process, by issuer and client. */
const ofProcess = new Map<string, CryptoKeyPair>();

/** The key that was given, the one that the store has, or a fresh one that nobody can read. */
export async function bindingKey(core: Core, name: string, { key, alg, store }: ReadDpop): Promise<BindingKey> {
  if (key !== undefined && "kty" in key) {
    const signing = await signingKey(core, WHERE, key, alg);
    return { ...signing, jwk: JSON.stringify(publicHalf(key)) };
  }
  const pair = (key as CryptoKeyPair | undefined) ?? (await storedPair(name, store));
  const signing = await signingKey(core, WHERE, pair.privateKey, alg);
  const jwk = plain(await webCrypto(WHERE).exportKey("jwk", pair.publicKey));
  return { ...signing, jwk: JSON.stringify(jwk) };
}

const PUBLIC = ["kty", "crv", "x", "y", "n", "e", "pub"];

/** A private JWK without what is private in it. */
const publicHalf = (jwk: PrivateJwk): object =>
  Object.fromEntries(Object.entries(jwk).filter(([name]) => PUBLIC.includes(name)));

async function storedPair(name: string, store: DpopKeyStore | undefined): Promise<CryptoKeyPair> {
  const known = store === undefined ? ofProcess.get(name) : await store.get(name);
  if (known !== undefined) return known as CryptoKeyPair;
  const fresh = await webCrypto(WHERE).generateKey({ name: "ECDSA", namedCurve: "P-256" }, false, ["sign", "verify"]);
  if (store !== undefined) return (await store.add(name, fresh)) as CryptoKeyPair;
  // Another request may have been quicker: tokens are bound to the first one.
  const first = ofProcess.get(name) ?? fresh;
  ofProcess.set(name, first);
  return first;
}
