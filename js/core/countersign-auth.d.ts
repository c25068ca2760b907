/**
 * The boundary of `auth.wasm`: what signs users in, and what `wasm/src/client/sign_in.rs`, `further_requests.rs`,
 * `further_calls.rs` and `wasm/src/decryption.rs` export beside it.
 */

import type { Call as CallOfPages, OAuthClient as ClientOfPages } from "./glue-client.js";

import { Verifier as VerifierByOptions } from "./glue-options.js";

export * from "./glue-client.js";

export class Verifier extends VerifierByOptions {}

/** A `PkcePair`. */
export function createPkcePair(): string;
/** Takes the options, answers an `AuthorizationRequest`. */
export function createAuthorizationRequest(options: string, now: number): string;
/** Takes the transaction, answers `{ code }`. */
export function parseAuthorizationResponse(response: string, transaction: string, now: number): string;
/** Takes the options, answers a `TokenRequest` whose headers are pairs. */
export function createTokenRequest(options: string): string;
export function parseTokenResponse(status: number, body: string, options: string): string;
/** Takes `{ decryptionKeys, answers }`, a list `[type, value, alg, kid, ...enc]` for each key. Answers what WebCrypto has to do next, or `{ text }`. */
export function decryptionStep(token: string, options: string): string;

/** A registration at one authorization server, with all that it can ask for. */
export class OAuthClient extends ClientOfPages {
  /** `undefined`: no resource says who the user is. */
  providerUser(accessToken: string, now: number): Call | undefined;
  userinfo(accessToken: string, subject: string, now: number): Call;
  /** The answer is `{ status }`, or `{ jwt }` for a verifier; with `signed` it is the latter. */
  introspect(token: string, hint: string | undefined, signed: boolean, now: number): Call;
  /** Takes `{ params }` as pairs. */
  grant(grantType: string, params: string, now: number): Call;
  /** Takes `{ params }` as pairs. The call has a `Device` after its answer. */
  device(scope: string, params: string, now: number): Call;
  logoutTokenOptions(): string;
  userinfoOptions(): string;
  /** Takes claims, answers a `LogoutToken`. */
  logoutToken(claims: string): string;
  metadataDocument(params: string): string;
  /** The thumbprint of the key that tokens are bound to. */
  keyThumbprint(): string | undefined;
}

/** A request under way, for any purpose. */
export class Call extends CallOfPages {
  acceptUserinfo(claims: string, now: number): void;
  device(): Device;
  /** Takes the claims of a signed answer about a token, answers a `TokenStatus`. */
  tokenStatus(claims: string): string;
}

/** A sign-in on another device. */
export class Device {
  /** Seconds to wait, or 0 to ask. */
  next(now: number): number;
  ask(now: number): Call;
  free(): void;
}
