import type { ClientAuthenticationOptions } from "../client/client-types.js";
import type { ProviderData } from "../client/provider-types.js";
import type { ServerMetadata } from "../jwks/metadata.js";

export type { ProviderData, ProviderQuirks, ProviderUser } from "../client/provider-types.js";

/** What a provider is told: who you are there. */
export interface ProviderOptions {
  /** The client's ID at the provider. */
  readonly clientId: string;
  /** The client's secret there, which goes where the provider wants it. */
  readonly clientSecret?: string;
  /** Or how else the client authenticates itself. */
  readonly clientAuthentication?: ClientAuthenticationOptions;
}

/** Options of `createClient`, beside which `redirectUri` and others are spread. */
export interface ProviderPreset {
  readonly metadata: ServerMetadata;
  readonly clientId: string;
  readonly clientAuthentication?: ClientAuthenticationOptions;
  /** The scopes that say who the user is. Empty: the provider asks for none. */
  readonly scope: string;
  readonly provider: ProviderData;
}

/** A row of the core's table. */
export interface Provider extends ProviderData {
  readonly issuer: string;
  readonly authorizationEndpoint: string;
  readonly tokenEndpoint: string;
  readonly revocationEndpoint?: string;
  readonly jwksUri?: string;
  /** How a secret is sent. Absent: clients have none. */
  readonly secret?: "client_secret_basic" | "client_secret_post";
  readonly scope: string;
}
