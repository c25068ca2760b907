/** The ways in which a server departs from RFC 6749: each for a server that is known to do so. */
export interface ProviderQuirks {
  /** Scopes are separated by commas, in requests too. */
  readonly commaScopes?: true;
  /** Scopes are separated by commas in answers, and by spaces in requests. */
  readonly commaScopesInAnswers?: true;
  /** The token response may be a form. */
  readonly formAnswers?: true;
  /** A token response without `token_type` is read as if it said `Bearer`. */
  readonly missingTokenTypeIsBearer?: true;
  /** What else `token_type` says for `Bearer`. */
  readonly bearerNames?: readonly string[];
  /** Errors are objects with `type` and `message`, or a `message` alone. */
  readonly errors?: "object" | "message";
  /** ID tokens have no nonce, and are left unread. */
  readonly noNonce?: true;
}

/** What says who the user is: the answer of `url` to the access token or, where there is none, the token response. */
export interface ProviderUser {
  readonly url?: string;
  /** The way to the identifier: names, and positions in arrays. */
  readonly id: readonly string[];
  /** A header field that wants the client's ID. */
  readonly clientIdHeader?: "client-id";
}

/** What a client has to know of a server that departs from the standard: the option `provider` of `createClient`. */
export interface ProviderData {
  readonly name: string;
  readonly quirks?: ProviderQuirks;
  /** The response mode that it wants. */
  readonly responseMode?: "form_post";
  /** Parameters of the authorization request that it wants. */
  readonly params?: Readonly<Record<string, string>>;
  /** Absent: the ID token says who the user is. */
  readonly user?: ProviderUser;
}
