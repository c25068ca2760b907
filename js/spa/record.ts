import type { IdTokenClaims, Tokens } from "../client/client-types.js";

/** An access token of a session, for one resource. */
export interface AccessToken {
  /** What it is good for. Empty where the application names none. */
  readonly resource: string;
  /** When it came, in seconds since the epoch by this browser's clock. */
  readonly receivedAt: number;
  readonly accessToken: string;
  readonly tokenType: "Bearer" | "DPoP";
  readonly expiresAt?: number;
  readonly scope?: string;
}

/** A session as it lies in the storage. The core reads it too, and says whether it is one. */
export interface SessionRecord {
  readonly version: 1;
  readonly issuer: string;
  readonly clientId: string;
  /** Random, new at each sign-in. */
  readonly session: string;
  /** Counts the refreshes. */
  readonly generation: number;
  /** When the session ends by itself: with its last access token, where nothing can refresh them. */
  readonly endsAt?: number;
  /** What is there once, whatever the number of resources. */
  readonly tokens: Pick<Tokens, "issuer" | "refreshToken" | "idToken"> & { readonly claims: IdTokenClaims };
  readonly accessTokens: readonly AccessToken[];
}

/** Whose records a page reads. */
export interface RecordOwner {
  readonly issuer: string;
  readonly clientId: string;
  /** Whether the page has the key that binds tokens. */
  readonly isBound: boolean;
}

/** As much of a record as a page needs before it has the core. What the core thinks of the rest counts later. */
export function parseRecord(text: string | undefined, owner: RecordOwner): SessionRecord | undefined {
  try {
    const record = JSON.parse(text ?? "null") as SessionRecord | null;
    if (record?.issuer !== owner.issuer || record.clientId !== owner.clientId) return undefined;
    if ((record.version as number) !== 1 || !Array.isArray(record.accessTokens)) return undefined;
    // They are of no use without their key, and their refresh token is bound to it too (RFC 9449 §5).
    if (!owner.isBound && record.accessTokens.some(({ tokenType }) => tokenType === "DPoP")) return undefined;
    const { sub, iss } = record.tokens.claims;
    return typeof sub === "string" && iss === owner.issuer && typeof record.session === "string" ? record : undefined;
  } catch {
    return undefined;
  }
}

/** What a session has once, whatever the number of resources. */
export function sharedOf(tokens: Tokens & { readonly claims: IdTokenClaims }): SessionRecord["tokens"] {
  const { issuer, refreshToken, idToken, claims } = tokens;
  const known = { ...(refreshToken !== undefined && { refreshToken }), ...(idToken !== undefined && { idToken }) };
  return { issuer, claims, ...known };
}

/** The access token of an answer, if there is one. */
export function accessTokenOf(tokens: Tokens, resource: string, receivedAt: number): readonly AccessToken[] {
  const { accessToken, tokenType, expiresAt, scope } = tokens;
  if (accessToken === undefined || tokenType === undefined) return [];
  const known = { ...(expiresAt !== undefined && { expiresAt }), ...(scope !== undefined && { scope }) };
  return [{ resource, receivedAt, accessToken, tokenType, ...known }];
}

/** Whether a page that shows the user of one may use the tokens of the other. */
export const isSameUser = (one: SessionRecord, other: SessionRecord): boolean =>
  one.session === other.session || one.tokens.claims.sub === other.tokens.claims.sub;
