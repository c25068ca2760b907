import { fromBase64url } from "../options/base64url.js";

/**
 * What a host's engine has to answer rightly, once for each algorithm, before it is believed. There are hosts whose
 * `node:crypto` refuses every Ed25519 signature, takes one padding for the other, or refuses half of the good signatures.
 */
export interface KnownAnswer {
  readonly jwk: string;
  readonly message: Uint8Array<ArrayBuffer>;
  readonly good: Uint8Array<ArrayBuffer>;
  readonly bad: Uint8Array<ArrayBuffer>;
}

/** The known answer for an algorithm, from the core's table. */
export type KnownAnswers = (algorithm: string) => KnownAnswer | undefined;

/** Makes one of what the core writes. */
export function readKnownAnswer(json: string): KnownAnswer {
  const { jwk, message, good, bad } = JSON.parse(json) as Record<keyof KnownAnswer, string>;
  return { jwk, message: fromBase64url(message), good: fromBase64url(good), bad: fromBase64url(bad) };
}
