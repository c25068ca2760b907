/** The boundary of the artifacts that sign users in: what `wasm/src/client/handle.rs`, `call.rs` and `proof.rs` export. */

import type { Signatures, Verifier } from "./glue-verifier.js";

export * from "./glue-verifier.js";

/** A registration at one authorization server. What has parts is JSON. */
export class OAuthClient {
  /** Takes the options as far as the core has to know them, with `metadata` as JSON text and `dpop` as `{ jwk, alg }`. */
  constructor(options: string);
  mustPush(): boolean;
  /** Takes the parameters, answers `{ url, transaction }`. */
  authorize(params: string, now: number): string;
  push(params: string, now: number): Call;
  /** Takes the response and `{ list }` of the transactions that it may be to. */
  callback(response: string, transactions: string, now: number): Call;
  /** Takes `{ refreshToken, idToken?, scope?, claims? }`, the last as JSON text. */
  refresh(tokens: string, scope: string | undefined, resource: string | undefined, now: number): Call;
  /** `undefined`: the server has no place to sign out at. */
  logoutUrl(
    idToken: string | undefined,
    redirectUri: string | undefined,
    state: string | undefined,
    hint: string | undefined,
  ): string | undefined;
  revoke(token: string, hint: string | undefined, now: number): Call;
  /** Takes an address as `URL` writes it, and such, a line each. */
  mayReceive(url: string, allowed: string): boolean;
  proof(method: string, url: string, accessToken: string, nonce: string | undefined, now: number): Proof;
  wantsNonce(url: string, status: number, nonce: string, challenge: string | undefined): boolean;
  /** A verifier of this client's ID tokens. Takes a random number. */
  idTokenVerifier(seed: number, signatures: Signatures | undefined): Verifier;
  free(): void;
}

/** A request under way. */
export class Call {
  /** `SigningStep` or `SendingStep`, as JSON */
  step(): string;
  signed(signature: Uint8Array): void;
  /** What the response says, as JSON. `undefined`: there is another step. */
  response(
    status: number,
    contentType: string | undefined,
    dpopNonce: string | undefined,
    wwwAuthenticate: string | undefined,
    body: Uint8Array,
    now: number,
  ): string | undefined;
  /** Throws, or answers what is to be made of it. */
  failed(reason: string, now: number): string;
  /** Takes the claims of the ID token that came. */
  accept(claims: string): void;
  free(): void;
}

/** A proof of possession. */
export class Proof {
  /** `SigningStep`, as JSON */
  step(): string;
  /** Takes the signature, answers the header field. */
  header(signature: Uint8Array): string;
  free(): void;
}
