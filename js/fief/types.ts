import type { IdTokenClaims, Tokens } from "../client/client-types.js";
import type { Fetch, ResponseParameters } from "../fetch.js";
import type { Transaction } from "../client/types.js";

/** Options of {@link createFief}. */
export interface FiefOptions {
  /** The address of the tenant at your Fief server, without a slash at its end. */
  readonly baseUrl: string;
  readonly clientId: string;
  /** Absent for a public client. */
  readonly clientSecret?: string;
  /** The private key that ID tokens are encrypted for, as Fief has shown it once: a JWK, or its JSON. */
  readonly encryptionKey?: object | string;
  /** `issuer` of Fief's metadata, where it is not the address: Fief always writes `https`. */
  readonly issuer?: string;
  /** Stands in for the global `fetch`. */
  readonly fetch?: Fetch;
}

/** What an authorization request of Fief's takes. */
export interface FiefAuthOptions {
  /** Default: `openid`. With `offline_access` a refresh token comes too. */
  readonly scope?: readonly string[];
  /** The language of Fief's pages. */
  readonly lang?: string;
  readonly screen?: "login" | "register";
  readonly loginHint?: string;
  /** The level of authentication that is wanted, such as `"1"`. */
  readonly acrValues?: string;
  readonly prompt?: "none" | "login" | "consent";
  /** The greatest time since the user signed in, in seconds. */
  readonly maxAge?: number;
}

/** What an access token must have. */
export interface FiefRequirement {
  /** All of these scopes. */
  readonly scope?: readonly string[];
  /** This level of authentication at least. */
  readonly acr?: "0" | "1";
  /** All of these permissions. */
  readonly permissions?: readonly string[];
}

/** What a verified access token says. */
export interface FiefAccessTokenInfo {
  /** The user's ID. */
  readonly id: string;
  readonly scope: readonly string[];
  readonly acr: string | undefined;
  readonly permissions: readonly string[];
  readonly accessToken: string;
}

/** What Fief says of a user. */
export interface FiefUserInfo {
  readonly sub: string;
  readonly email?: string;
  readonly tenant_id?: string;
  readonly fields?: Readonly<Record<string, unknown>>;
  readonly [claim: string]: unknown;
}

/** What becomes of a change of a user's account: what Fief refuses is for the user to correct. */
export type FiefAnswer =
  | { readonly ok: true; readonly status: number; readonly body: unknown }
  | { readonly ok: false; readonly status: number; readonly body: unknown };

/** A client of Fief. */
export interface Fief {
  /** Begins a sign-in. Keep the transaction for this browser until the callback comes. */
  authUrl(
    redirectUri: string,
    options?: FiefAuthOptions,
  ): Promise<{ readonly url: string; readonly transaction: Transaction }>;
  /** Ends a sign-in: the tokens, and the claims of the ID token. */
  authCallback(
    response: string | ResponseParameters,
    transaction: Transaction | readonly Transaction[],
  ): Promise<readonly [tokens: Tokens, user: IdTokenClaims]>;
  /** New tokens. Give those of before, so that the ID token is compared with its predecessor. */
  authRefreshToken(
    tokens: Tokens | string,
    options?: { readonly scope?: readonly string[] },
  ): Promise<readonly [tokens: Tokens, user: IdTokenClaims | undefined]>;
  /**
   * Verifies an access token: signature, issuer, audience, times and kind, then what it must have.
   *
   * It rejects with a CountersignError of those of verifiers, `insufficient_scope`, `insufficient_authentication` or
   * `insufficient_permission`.
   */
  validateAccessToken(token: string, requirement?: FiefRequirement): Promise<FiefAccessTokenInfo>;
  /** What Fief says of the user, whose `sub` is compared with that of the tokens. */
  userinfo(tokens: Tokens): Promise<FiefUserInfo>;
  /** Changes fields of the user's profile. */
  updateProfile(accessToken: string, fields: object): Promise<FiefAnswer>;
  /** Changes the password. Fief wants a token with `acr` "1". */
  changePassword(accessToken: string, newPassword: string): Promise<FiefAnswer>;
  /** Asks for another e-mail address, to which Fief sends a code. */
  emailChange(accessToken: string, email: string): Promise<FiefAnswer>;
  /** Confirms the e-mail address with that code. */
  emailVerify(accessToken: string, code: string): Promise<FiefAnswer>;
  /** Where to send the browser for signing out at Fief. It comes back to `redirectUri`. */
  logoutUrl(redirectUri: string): string;
}
