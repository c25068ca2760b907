/** The boundary of `guard.wasm`: that of the core, and what `wasm/src/guard.rs` and `wasm/src/proofs.rs` export beside it. */

import { Verifier as AnyVerifier } from "./countersign.js";

export * from "./countersign.js";

export class Verifier extends AnyVerifier {
  /** Throws what is wrong with the issuer's answer about a token that is no JWT, which is in the input buffer. */
  checkIntrospected(length: number, now: number): void;
}

/**
 * Publishes the token among a request's header fields of one name, which are in the input buffer, a line each, by the kind of
 * the source; see `guard/sources.ts`. False: there is none.
 */
export function credentials(kind: number, name: string | undefined, length: number): boolean;
export function isPreflight(method: string, hasOrigin: boolean, hasRequestMethod: boolean): boolean;

export class Guard {
  constructor(options: string, nonceSecret: Uint8Array | undefined);
  /** Takes `{ optional?, scope?, anyScope?, permissions?, acr?, maxAge? }`, and the number of the requirement around it. */
  require(json: string, outer: number | undefined): number;
  release(requirement: number): void;
  isOptional(requirement: number): boolean;
  /** Takes the claims in the input buffer. The thumbprints are those of the key of a proof that holds, and of the client certificate. */
  authorize(
    length: number,
    requirement: number,
    now: number,
    key: string | undefined,
    certificate: string | undefined,
  ): void;
  /** What an engine has to be asked about the proof, a line for each field: `{ algorithm, jwk, engineKey, signature, signedLength }`. */
  beginProof(lines: string): string;
  /** `{ thumbprint, replayKey, nextNonce? }` */
  finishProof(lines: string, valid: boolean, method: string, url: string, token: string, now: number): string;
  replayLifetime(): number;
  /** `{ scopes, permissions, clientId? }` */
  grants(claims: string): string;
  /** Takes `{ method, upgrade, secFetchSite?, origin?, csrfHeader? }`. */
  checkContext(context: string): void;
  /** `{ status, headers, body }` */
  refusal(code: string, status: number, requirement: number, now: number): string;
  /** `{ status, headers, body }` */
  metadataResponse(method: string, path: string): string | undefined;
  free(): void;
}
