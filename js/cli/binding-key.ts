import type { CryptoKeyPairLike } from "../client/client-types.js";
import { CliAuthError } from "./error.js";
import { SecretFile } from "./token-file.js";

/** Of every server that binds tokens, and of WebCrypto everywhere (RFC 9449 §5, RFC 7518 §3.4). */
const ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;

/** The members of a key: no more is written, and no more is read. */
interface Jwk {
  readonly kty: "EC";
  readonly crv: "P-256";
  readonly x: string;
  readonly y: string;
  readonly d: string;
}

/** The key that tokens are bound to, of a file. `undefined`: there is none. */
export async function readBindingKey(file: string): Promise<CryptoKeyPairLike | undefined> {
  const text = await new SecretFile(file).read();
  return text === undefined ? undefined : pairOf(text, file);
}

/**
 * The key of a file, which is made where there is none. It outlives a sign-in: one that fails must not cost the tokens that
 * are there, which are bound to it.
 */
export async function bindingKeyIn(file: string): Promise<CryptoKeyPairLike> {
  return new SecretFile(file).locked(async (writer) => {
    const known = await readBindingKey(file);
    if (known !== undefined) return known;
    const { subtle } = globalThis.crypto;
    const made = await subtle.generateKey(ALGORITHM, true, ["sign", "verify"]);
    const { kty, crv, x, y, d } = await subtle.exportKey("jwk", made.privateKey);
    const text = `${JSON.stringify({ kty, crv, x, y, d })}\n`;
    const reserved = await writer.reserve();
    await reserved.commit(text);
    return pairOf(text, file);
  });
}

async function pairOf(text: string, file: string): Promise<CryptoKeyPairLike> {
  try {
    const { kty, crv, x, y, d } = JSON.parse(text) as Jwk;
    const { subtle } = globalThis.crypto;
    const [privateKey, publicKey] = await Promise.all([
      subtle.importKey("jwk", { kty, crv, x, y, d }, ALGORITHM, false, ["sign"]),
      subtle.importKey("jwk", { kty, crv, x, y }, ALGORITHM, true, ["verify"]),
    ]);
    return { privateKey, publicKey };
  } catch (error) {
    throw new CliAuthError("file_invalid", `${file} is no key of this program: delete it, and sign in again`, error);
  }
}
