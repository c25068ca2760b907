import { isBytes } from "../options/bytes.js";
import { fromBase64url, toBase64url } from "../options/base64url.js";
import { mandatory, oneOf, optional, readOptions, someTexts, text, type Reader } from "../options/readers.js";
import type { Decrypt, KeyEncryption } from "./decryption-types.js";
import { core } from "./runtime.js";

type Step =
  | { readonly step: "unwrapRsa"; readonly number: number; readonly data: string }
  | { readonly step: "agree"; readonly number: number; readonly curve: string; readonly x: string; readonly y: string }
  | { readonly step: "unwrapAes"; readonly key: string; readonly data: string }
  | { readonly step: "openGcm"; readonly key: string; readonly iv: string; readonly aad: string; readonly data: string }
  | { readonly step: "openCbc"; readonly key: string; readonly iv: string; readonly data: string }
  | { readonly step?: never; readonly text: string };

/** A key as it was given: what the core is told of it, and how its private part is come by. */
export interface Given {
  readonly alg: KeyEncryption | "dir";
  readonly kid: string | undefined;
  readonly enc: readonly string[];
  readonly key: CryptoKey | JsonWebKey | undefined;
  /** `[type, value]` of a key for `dir` */
  readonly secret: readonly [type: string, value: string] | undefined;
}

const ALGORITHMS = ["RSA-OAEP-256", "ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A256KW", "dir"] as const;
/** As many as any client has, and few to look through. */
const MAX_KEYS = 64;

const object: Reader<object> = (value, label) => {
  if (typeof value !== "object" || value === null) throw new TypeError(`${label} must be a CryptoKey or a JWK`);
  return value;
};

const bytes: Reader<Uint8Array> = (value, label) => {
  if (!isBytes(value)) throw new TypeError(`${label} must be a Uint8Array`);
  return value;
};

const encryptions: Reader<readonly string[]> = (value, label) =>
  typeof value === "string" ? [text(value, label)] : someTexts(value, label);

function readKey(value: unknown, where: string): Given {
  const read = readOptions<Record<"alg" | "key" | "kid" | "enc" | "secret" | "clientSecret", unknown>>(where, value, {
    alg: mandatory(oneOf(...ALGORITHMS), "RSA-OAEP-256"),
    key: optional(object),
    kid: optional(text),
    enc: optional(encryptions),
    secret: optional(bytes),
    clientSecret: optional(text),
  }) as {
    alg: Given["alg"];
    key?: CryptoKey | JsonWebKey;
    kid?: string;
    enc?: readonly string[];
    secret?: Uint8Array;
    clientSecret?: string;
  };
  const { alg, key, secret, clientSecret } = read;
  const given = [key, secret, clientSecret].filter((one) => one !== undefined).length;
  if (given !== 1 || (alg === "dir") !== (key === undefined)) {
    throw new TypeError(
      `${where} must have one key: "key" for ${alg === "dir" ? "other values of" : "this"} "alg", "secret" or "clientSecret" for "dir"`,
    );
  }
  const named = key !== undefined && "kid" in key ? key.kid : undefined;
  return {
    alg,
    key,
    kid: read.kid ?? (typeof named === "string" && named !== "" ? named : undefined),
    enc: read.enc ?? [],
    secret:
      secret !== undefined
        ? ["oct", toBase64url(secret)]
        : clientSecret !== undefined
          ? ["client_secret", clientSecret]
          : undefined,
  };
}

export const readKeys: Reader<readonly Given[]> = (value, label) => {
  if (!Array.isArray(value) || value.length === 0 || value.length > MAX_KEYS) {
    throw new TypeError(`${label} must be an array of 1 to ${MAX_KEYS} decryption keys`);
  }
  return Array.from(value, (key, index) => readKey(key, `${label}, entry ${index},`));
};

/** Makes what decrypts the tokens of one client. Keys in JWK are imported once. */
export function decrypter(given: readonly Given[], acceptsUnencrypted = false): Decrypt {
  /** The keys, not their promise: on Workers, a promise belongs to one request. */
  let ready: readonly Ready[] | undefined;
  return async (token) => {
    const isText = typeof token === "string";
    if (acceptsUnencrypted && !(isText && token.split(".", 6).length === 5)) return token;
    if (!isText) throw new TypeError("the token must be a string");
    ready ??= await Promise.all(given.map(prepare));
    if (!core.isReady) await core.load();
    return decrypt(ready, token);
  };
}

interface Ready {
  readonly description: readonly string[];
  readonly key: CryptoKey | undefined;
}

async function prepare({ alg, kid, enc, key, secret }: Given): Promise<Ready> {
  const rest = [alg, kid ?? "", ...enc];
  if (key === undefined) return { description: [...(secret ?? ["", ""]), ...rest], key };
  const imported = "kty" in key ? await importKey(alg, key) : (key as CryptoKey);
  const { modulusLength, namedCurve, name, hash } = imported.algorithm as RsaHashedKeyAlgorithm & EcKeyAlgorithm;
  const isRsa = name === "RSA-OAEP" && hash.name === "SHA-256";
  const described = isRsa
    ? ["RSA", String(Math.ceil(modulusLength / 8))]
    : name === "ECDH"
      ? ["EC", namedCurve]
      : ["", ""];
  return { description: [...described, ...rest], key: imported };
}

async function importKey(alg: string, jwk: JsonWebKey): Promise<CryptoKey> {
  const isRsa = alg === "RSA-OAEP-256";
  // The JWK's own `alg` may be any of those that its key is for; `use` and `key_ops` are those of who made it.
  const names = ["kty", "n", "e", "d", "p", "q", "dp", "dq", "qi", "crv", "x", "y"] as const;
  const members = Object.fromEntries(names.map((name) => [name, jwk[name]] as const).filter(([, value]) => value));
  try {
    return await globalThis.crypto.subtle.importKey(
      "jwk",
      members,
      isRsa ? { name: "RSA-OAEP", hash: "SHA-256" } : { name: "ECDH", namedCurve: jwk.crv ?? "" },
      false,
      [isRsa ? "decrypt" : "deriveBits"],
    );
  } catch (cause) {
    throw new TypeError(`a decryption key for ${alg} is no private JWK that the host takes: see \`cause\``, { cause });
  }
}

async function decrypt(keys: readonly Ready[], token: string): Promise<string> {
  const decryptionKeys = keys.map(({ description }) => description);
  const answers: string[] = [];
  for (;;) {
    const json = JSON.stringify({ decryptionKeys, answers });
    const step = JSON.parse(core.run((glue) => glue.decryptionStep(token, json))) as Step;
    if (step.step === undefined) return step.text;
    answers.push(await perform(step, keys));
  }
}

/** The answer in base64url. That there is none is for the core to hear, which goes on as if there were. */
async function perform(step: Exclude<Step, { step?: never }>, keys: readonly Ready[]): Promise<string> {
  try {
    return toText(new Uint8Array(await ask(step, keys)));
  } catch {
    return "";
  }
}

async function ask(step: Exclude<Step, { step?: never }>, keys: readonly Ready[]): Promise<ArrayBuffer> {
  const { subtle } = globalThis.crypto;
  const ours = (number: number): CryptoKey => {
    const key = keys[number]?.key;
    if (key === undefined) throw new TypeError("the core asks for a key that is not there");
    return key;
  };
  switch (step.step) {
    case "unwrapRsa":
      return subtle.decrypt({ name: "RSA-OAEP" }, ours(step.number), fromBase64url(step.data));
    case "agree": {
      const curve = { name: "ECDH", namedCurve: step.curve };
      const { x, y } = step;
      const theirs = await subtle.importKey("jwk", { kty: "EC", crv: step.curve, x, y }, curve, false, []);
      const bits = { "P-256": 256, "P-384": 384 }[step.curve] ?? 528;
      return subtle.deriveBits({ name: "ECDH", public: theirs }, ours(step.number), bits);
    }
    case "unwrapAes": {
      const kek = await subtle.importKey("raw", fromBase64url(step.key), "AES-KW", false, ["unwrapKey"]);
      // The unwrapped key is only carried back: HMAC takes any length.
      const hmac = { name: "HMAC", hash: "SHA-256" };
      const key = await subtle.unwrapKey("raw", fromBase64url(step.data), kek, "AES-KW", hmac, true, ["sign"]);
      return subtle.exportKey("raw", key);
    }
    case "openGcm": {
      const key = await subtle.importKey("raw", fromBase64url(step.key), "AES-GCM", false, ["decrypt"]);
      const parameters = { name: "AES-GCM", iv: fromBase64url(step.iv), additionalData: fromBase64url(step.aad) };
      return subtle.decrypt(parameters, key, fromBase64url(step.data));
    }
    case "openCbc": {
      const key = await subtle.importKey("raw", fromBase64url(step.key), "AES-CBC", false, ["decrypt"]);
      return subtle.decrypt({ name: "AES-CBC", iv: fromBase64url(step.iv) }, key, fromBase64url(step.data));
    }
  }
}

/** {@link toBase64url} spreads its bytes over arguments, of which hosts take so many. */
function toText(bytes: Uint8Array): string {
  const PART = 3072;
  let out = "";
  for (let at = 0; at < bytes.length; at += PART) out += toBase64url(bytes.subarray(at, at + PART));
  return out;
}
