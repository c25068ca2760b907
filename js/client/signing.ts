import type { AlgorithmEntry } from "../core/algorithms.js";
import type { Core } from "../core/core.js";
import { tagOf } from "../wasm/tag.js";

/** A private key, and the JWS algorithm that it signs by. */
export interface SigningKey {
  readonly algorithm: string;
  sign(input: string): Promise<Uint8Array>;
}

/** What the two kinds of parameters have of these. */
interface KeyParameters {
  readonly name: string;
  readonly namedCurve?: string;
  readonly hash?: string | { readonly name: string };
}

const encoder = new TextEncoder();

/** WebCrypto, which pages have over https and on loopback alone. */
export function webCrypto(what: string): SubtleCrypto {
  const { subtle } = globalThis.crypto as { readonly subtle?: SubtleCrypto };
  if (subtle === undefined) throw new TypeError(`${what} needs WebCrypto, which this page has over https alone`);
  return subtle;
}

export const isCryptoKey = (value: unknown): value is CryptoKey => tagOf(value) === "CryptoKey";

/** Finds out what a private key signs by, and imports it where it is a JWK. */
export async function signingKey(core: Core, where: string, given: object, alg?: string): Promise<SigningKey> {
  const entry = algorithmOf(core, where, given, alg);
  const { webcrypto } = entry;
  if (webcrypto === null) throw new TypeError(`${where}: WebCrypto has no ${entry.name}`);
  const subtle = webCrypto(where);
  try {
    const key = isCryptoKey(given)
      ? given
      : await subtle.importKey("jwk", plain(given), webcrypto.import, false, ["sign"]);
    const sign = async (input: string): Promise<Uint8Array> =>
      new Uint8Array(await webCrypto("a signature").sign(webcrypto.verify, key, encoder.encode(input)));
    return { algorithm: entry.name, sign };
  } catch (cause) {
    throw new TypeError(`${where} is no private key for ${entry.name}: see \`cause\``, { cause });
  }
}

const USES = ["use", "key_ops", "ext", "alg"];

/** A JWK without what says how it is to be used, which WebCrypto compares with how it is imported. */
export const plain = (jwk: object): JsonWebKey =>
  Object.fromEntries(Object.entries(jwk).filter(([name]) => !USES.includes(name)));

function algorithmOf({ algorithms }: Core, where: string, key: object, alg: string | undefined): AlgorithmEntry {
  const name = alg ?? (isCryptoKey(key) ? undefined : (key as JsonWebKey).alg);
  const suits = byParameters(key);
  const isNamed = (entry: AlgorithmEntry): boolean => entry.name === name;
  const entry = algorithms.find(name === undefined ? suits : isNamed);
  // A CryptoKey has its hash, and signs by that whatever the header says.
  if (entry !== undefined && isCryptoKey(key) && !suits(entry)) {
    throw new TypeError(`${where} is a CryptoKey for another algorithm than ${entry.name}`);
  }
  if (entry !== undefined) return entry;
  throw new TypeError(
    name === undefined
      ? `${where} does not say what it signs by: write the option "alg", e.g. "RS256"`
      : `${where}: there is no algorithm ${JSON.stringify(name.slice(0, 20))}`,
  );
}

/** By its curve, or by its scheme and its hash. */
function byParameters(key: object): (entry: AlgorithmEntry) => boolean {
  const { name, namedCurve, hash } = isCryptoKey(key) ? (key.algorithm as KeyParameters) : parametersOf(key);
  const hashName = typeof hash === "object" ? hash.name : hash;
  return ({ webcrypto }) => {
    const own = webcrypto?.import as KeyParameters | undefined;
    return own?.name === name && own.namedCurve === namedCurve && own.hash === hashName;
  };
}

function parametersOf({ kty, crv }: JsonWebKey): KeyParameters {
  if (kty === "EC") return { name: "ECDSA", ...(crv !== undefined && { namedCurve: crv }) };
  return { name: kty === "OKP" ? (crv ?? "") : "" };
}
