import { CliAuthError } from "./error.js";
import type { Tokens } from "./types.js";

/** What is in the file. */
const FORMAT = 1;

/** What tokens have for each access token. The rest they have once. */
const OF_EACH = ["accessToken", "tokenType", "expiresAt", "scope"] as const;

/** The access token of a sign-in for one API. */
type AccessToken = Pick<Tokens, (typeof OF_EACH)[number]> & { readonly resource: string };

/** The tokens of a sign-in: one refresh token, and an access token for each API. */
export interface StoredTokens {
  /** What the server has said last. */
  readonly tokens: Tokens;
  /** The API that its access token is for. `undefined`: none was named. */
  readonly resource?: string | undefined;
  /** The access tokens for others. */
  readonly others?: readonly AccessToken[];
  /** The name of the sign-in, where it has one. */
  readonly signIn?: string | undefined;
}

/** The tokens for an API. Without an access token: none has come yet. */
export function tokensFor({ tokens, resource: own, others = [] }: StoredTokens, resource: string | undefined): Tokens {
  if (own === resource) return tokens;
  const found = others.find((other) => other.resource === resource);
  const members = Object.entries({ ...tokens, ...part(found ?? {}) });
  return Object.fromEntries(members.filter(([, value]) => value !== undefined)) as unknown as Tokens;
}

/** The same after a refresh that was for an API. Access tokens for what the application names no more are dropped. */
export function afterRefresh(
  { tokens, resource: before, others = [], signIn }: StoredTokens,
  next: Tokens,
  resource: string | undefined,
  resources: readonly string[],
): StoredTokens {
  if (resource === undefined) return { tokens: next, signIn };
  const isNamed = before !== undefined && tokens.accessToken !== undefined;
  const known = isNamed ? [...others, { ...part(tokens), resource: before }] : others;
  const kept = known.filter((other) => other.resource !== resource && resources.includes(other.resource));
  return { tokens: next, resource, others: kept, signIn };
}

/** What these have of an access token, each member in any case. */
const part = (tokens: Partial<Tokens>): Omit<AccessToken, "resource"> =>
  Object.fromEntries(OF_EACH.map((name) => [name, tokens[name]]));

/** What is written. */
export const text = ({ tokens, resource, others = [], signIn }: StoredTokens): string =>
  `${JSON.stringify({ format: FORMAT, tokens, resource, ...(others.length > 0 && { others }), signIn })}\n`;

/** What was written. `undefined`: nothing. */
export function parsed(content: string | undefined, file: string): StoredTokens | undefined {
  if (content === undefined) return undefined;
  const invalid = (cause?: unknown) =>
    new CliAuthError("file_invalid", `${file} is no file with tokens: delete it`, cause);
  let value: { format?: unknown; tokens?: unknown; resource?: unknown; others?: unknown; signIn?: unknown } | null;
  try {
    value = JSON.parse(content) as typeof value;
  } catch (error) {
    throw invalid(error);
  }
  const { format, tokens, resource, others = [], signIn } = value ?? {};
  const isSound =
    format === FORMAT &&
    areTokens(tokens, ["issuer"]) &&
    [resource, signIn].every((one) => one === undefined || typeof one === "string") &&
    Array.isArray(others) &&
    others.every((other) => areTokens(other, ["resource", "accessToken"]));
  if (!isSound) throw invalid();
  return { tokens, resource, others, signIn } as StoredTokens;
}

/** Whether it has what is used of tokens, and these members in any case. */
function areTokens(value: unknown, needed: readonly string[]): boolean {
  if (typeof value !== "object" || value === null) return false;
  const members = value as Readonly<Record<string, unknown>>;
  const texts = ["issuer", "accessToken", "refreshToken", "idToken", "resource"];
  return (
    needed.every((name) => typeof members[name] === "string") &&
    texts.every((name) => members[name] === undefined || typeof members[name] === "string") &&
    (members["expiresAt"] === undefined || typeof members["expiresAt"] === "number")
  );
}
