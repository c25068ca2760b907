/**
 * The boundary of `auth.wasm`: that of `core.wasm`, and what `wasm/src/client.rs`, its modules and `wasm/src/decryption.rs`
 * export beside it.
 */

export * from "./countersign.js";

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
  /** `undefined`: no resource says who the user is. */
  providerUser(accessToken: string, now: number): Call | undefined;
  /** Takes the parameters, answers `{ url, state? }`. */
  logoutUrl(params: string): string | undefined;
  userinfo(accessToken: string, subject: string, now: number): Call;
  revoke(token: string, hint: string | undefined, now: number): Call;
  introspect(token: string, hint: string | undefined, now: number): Call;
  /** Takes `{ params }` as pairs. */
  grant(grantType: string, params: string, now: number): Call;
  /** Takes `{ params }` as pairs. The call has a `Device` after its answer. */
  device(scope: string, params: string, now: number): Call;
  /** Takes an address as `URL` writes it, and `{ list }` of such. */
  mayReceive(url: string, allowed: string): boolean;
  proof(method: string, url: string, accessToken: string, nonce: string | undefined, now: number): Proof;
  wantsNonce(url: string, status: number, nonce: string, challenge: string | undefined): boolean;
  /** The options of a verifier of ID tokens. */
  idTokenOptions(): string;
  logoutTokenOptions(): string;
  userinfoOptions(): string;
  /** Takes claims, answers a `LogoutToken`. */
  logoutToken(claims: string): string;
  metadataDocument(params: string): string;
  free(): void;
}

/** A request under way. */
export class Call {
  /** `SigningStep` or `SendingStep`, as JSON */
  step(): string;
  signed(signature: Uint8Array): void;
  /** Whether there is another step. */
  response(
    status: number,
    contentType: string | undefined,
    dpopNonce: string | undefined,
    wwwAuthenticate: string | undefined,
    body: Uint8Array,
    now: number,
  ): boolean;
  /** Throws, or answers what is to be made of it. */
  failed(reason: string, now: number): string;
  /** What the response says, as JSON. */
  answer(now: number): string;
  /** Takes the claims of the ID token that came. */
  accept(claims: string): void;
  acceptUserinfo(claims: string, now: number): void;
  device(): Device;
  free(): void;
}

/** A sign-in on another device. */
export class Device {
  /** Seconds to wait, or 0 to ask. */
  next(now: number): number;
  ask(now: number): Call;
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

/** The rules of sign-in for a web application: `wasm/src/session.rs`. */
export class WebSignIn {
  constructor(options: string);
  /** The header fields that matter, as JSON. */
  static requestFields(): string;
  /** Begins an operation on a request, which is JSON as what it takes is. */
  begin(operation: string, request: string, params: string, now: number, random: Uint8Array): WebExchange;
  free(): void;
}

/** An operation under way. */
export class WebExchange {
  /** Takes the answer of the task before, answers a `Task` or an `Outcome`. */
  step(answer?: string): string;
  free(): void;
}

// What `wasm/src/spa.rs` exports.

/** Takes `{ address, redirectUri, issuer, states }`, answers `{ kind, state? }`. */
export function pageArrival(options: string): string;
/** The indices of those to remove. */
export function deadSignIns(expireAt: Float64Array, now: number): Uint32Array;
/** "use", "refresh", "refresh-early", "missing" or "end". `undefined`: the record is no session. */
export function pageStep(
  record: string,
  issuer: string,
  clientId: string,
  resource: string,
  now: number,
): string | undefined;
/** When it ends by itself, if it does. */
export function pageSessionEnd(record: string, issuer: string, clientId: string): number | undefined;
/** "use", "fail", "refused" or "end". */
export function afterFailure(code: string, answer: string | null | undefined, usable: boolean): string;
/** Takes `{ list }`, answers an index. */
export function resourceAt(address: string, resources: string): number | undefined;
/** Seconds. */
export function providerOffset(idToken: string, now: number): number;
