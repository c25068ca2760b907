import type { SessionTokens } from "./record.js";

/** What has to be remembered between a request and its response: `Transaction` of `countersign/client`. */
export interface PageTransaction {
  readonly state: string;
  readonly expiresAt: number;
}

/** What a page asks of the client of `countersign/client`. */
export interface PageClient<T extends PageTransaction = PageTransaction> {
  authorize(params: AuthorizeParams): Promise<{ readonly url: string; readonly transaction: T }>;
  callback(response: string, transaction: T): Promise<SessionTokens>;
  refresh(tokens: SessionTokens): Promise<SessionTokens>;
  revoke(tokens: SessionTokens): Promise<void>;
  logoutUrl(params: { readonly idToken?: string; readonly postLogoutRedirectUri: string }): Promise<string | undefined>;
  fetch(input: string | URL | Request, init: RequestInit | undefined, tokens: SessionTokens): Promise<Response>;
}

/** Further parameters of a sign-in. */
export type AuthorizeParams = Readonly<Record<string, string | readonly string[]>>;
