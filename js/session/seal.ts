import { fromBase64url, toBase64url } from "../options/base64url.js";

const VERSION = 1;
const KEY_ID = 4;
const IV = 12;
const TAG = 16;
const KEY = 32;

interface SealingKey {
  readonly id: Uint8Array;
  readonly key: CryptoKey;
}

/** What a text is sealed for. The core says it with each task. */
export interface Sealing {
  /** The info of HKDF: keys differ by it. */
  readonly info: string;
  /** What the ciphertext is bound to. */
  readonly associated: string;
}

/**
 * The seal over cookies by WebCrypto: AES-256-GCM, HKDF-SHA-256. `src/session/seal.rs` describes the format, and is the same
 * in software.
 */
export class Seal {
  readonly #secrets: readonly Uint8Array<ArrayBuffer>[];
  /** The keys by their info, not promises of them: those of another request cannot be awaited on Workers. */
  readonly #keys = new Map<string, readonly SealingKey[]>();

  /** @param secrets The first seals, all of them open. */
  constructor(secrets: readonly string[]) {
    this.#secrets = secrets.map(utf8);
  }

  async seal({ info, associated }: Sealing, text: string): Promise<string> {
    const [newest] = await this.#derived(info);
    if (newest === undefined) throw new TypeError("there is no secret to seal by");
    const iv = crypto.getRandomValues(new Uint8Array(IV));
    const algorithm = { name: "AES-GCM", iv, additionalData: utf8(associated) };
    const ciphertext = new Uint8Array(await crypto.subtle.encrypt(algorithm, newest.key, utf8(text)));
    const sealed = new Uint8Array(1 + KEY_ID + IV + ciphertext.length);
    sealed[0] = VERSION;
    sealed.set(newest.id, 1);
    sealed.set(iv, 1 + KEY_ID);
    sealed.set(ciphertext, 1 + KEY_ID + IV);
    return base64urlOf(sealed);
  }

  /** `undefined`: it was not sealed for this, or by another secret, or it was altered. */
  async open({ info, associated }: Sealing, text: string): Promise<string | undefined> {
    const sealed = bytesOf(text);
    if (sealed?.[0] !== VERSION || sealed.length < 1 + KEY_ID + IV + TAG) return undefined;
    const iv = sealed.slice(1 + KEY_ID, 1 + KEY_ID + IV);
    const algorithm = { name: "AES-GCM", iv, additionalData: utf8(associated) };
    for (const { id, key } of await this.#derived(info)) {
      if (id.some((byte, at) => byte !== sealed[1 + at])) continue;
      try {
        const opened = await crypto.subtle.decrypt(algorithm, key, sealed.slice(1 + KEY_ID + IV));
        return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(opened);
      } catch {
        // Altered, or by another secret with the same identifier.
      }
    }
    return undefined;
  }

  async #derived(info: string): Promise<readonly SealingKey[]> {
    const known = this.#keys.get(info);
    if (known !== undefined) return known;
    const derived = await Promise.all(this.#secrets.map(async (secret) => derive(secret, info)));
    this.#keys.set(info, derived);
    return derived;
  }
}

async function derive(secret: Uint8Array<ArrayBuffer>, info: string): Promise<SealingKey> {
  const material = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
  const parameters = { name: "HKDF", hash: "SHA-256", salt: new Uint8Array(), info: utf8(info) };
  const bits = new Uint8Array(await crypto.subtle.deriveBits(parameters, material, 8 * (KEY + KEY_ID)));
  const key = await crypto.subtle.importKey("raw", bits.slice(0, KEY), "AES-GCM", false, ["encrypt", "decrypt"]);
  return { id: bits.slice(KEY), key };
}

const utf8 = (text: string): Uint8Array<ArrayBuffer> => new TextEncoder().encode(text);

/** A piece at a time: an argument for each byte is more than engines take. */
function base64urlOf(bytes: Uint8Array): string {
  const pieces: string[] = [];
  // A multiple of three, so that the pieces join.
  for (let at = 0; at < bytes.length; at += 3072) pieces.push(toBase64url(bytes.subarray(at, at + 3072)));
  return pieces.join("");
}

/** The bytes of the one spelling that the text may have. */
function bytesOf(text: string): Uint8Array<ArrayBuffer> | undefined {
  if (!/^[\w-]*$/.test(text) || text.length % 4 === 1) return undefined;
  const bytes = fromBase64url(text);
  return base64urlOf(bytes) === text ? bytes : undefined;
}
