import type { IdTokenClaims, Tokens } from "../client/client-types.js";

/** A session as it lies in the storage. The core reads it too, and says whether it is one. */
export interface SessionRecord {
  readonly version: 1;
  readonly issuer: string;
  readonly clientId: string;
  /** Random, new at each sign-in. */
  readonly session: string;
  /** Counts the refreshes. */
  readonly generation: number;
  /** When the tokens came, in seconds since the epoch by this browser's clock. */
  readonly receivedAt: number;
  /** When the session ends by itself: with its access token, where nothing can refresh that. */
  readonly endsAt?: number;
  readonly tokens: Tokens & { readonly claims: IdTokenClaims };
}

/** As much of a record as a page needs before it has the core. What the core thinks of the rest counts later. */
export function parseRecord(text: string | undefined, issuer: string, clientId: string): SessionRecord | undefined {
  try {
    const record = JSON.parse(text ?? "null") as SessionRecord | null;
    if (record?.version !== 1 || record.issuer !== issuer || record.clientId !== clientId) return undefined;
    const { sub, iss } = record.tokens.claims;
    return typeof sub === "string" && iss === issuer && typeof record.session === "string" ? record : undefined;
  } catch {
    return undefined;
  }
}

/** Whether a page that shows the user of one may use the tokens of the other. */
export const isSameUser = (one: SessionRecord, other: SessionRecord): boolean =>
  one.session === other.session || one.tokens.claims.sub === other.tokens.claims.sub;
