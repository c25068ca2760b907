/** The boundary of `auth.wasm`: that of `core.wasm`, and what `wasm/src/client.rs` and its modules export beside it. */

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
  refresh(tokens: string, scope: string | undefined, now: number): Call;
  /** Takes the parameters, answers `{ url, state? }`. */
  logoutUrl(params: string): string | undefined;
  /** The options of a verifier of ID tokens. */
  idTokenOptions(): string;
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
  failed(reason: string): string;
  /** What the response says, as JSON. */
  answer(now: number): string;
  /** Takes the claims of the ID token that came. */
  accept(claims: string): void;
  free(): void;
}
