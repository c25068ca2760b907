import type { Algorithm, SharedSecretAlgorithm } from "../token.js";
import type { Binding, GuardDefaults, IssuerVariable } from "../verifier/option-types.js";

interface Named {
  readonly issuer: string;
  readonly issuerAliases?: readonly string[];
  readonly issuerVariable?: IssuerVariable;
  readonly acceptPadding?: true;
  readonly issuerFromSubject?: true;
  readonly keyUse?: string;
  readonly requiredClaims?: readonly string[];
  readonly guard?: GuardDefaults;
}

interface Preset extends Named {
  readonly algorithms?: readonly [Algorithm, ...Algorithm[]];
}

/** Options for access tokens that name you in `aud`. */
export interface AudiencePreset extends Preset {
  readonly audience: readonly [string, ...string[]];
  readonly binding?: Binding;
}

/** Options for access tokens that name you in another claim. */
export interface BindingPreset extends Preset {
  readonly audience?: never;
  readonly binding: Binding;
}

/** Options for access tokens after RFC 9068. */
export interface AtJwtPreset extends AudiencePreset {
  readonly profile: "at+jwt";
}

/** Options for ID tokens. */
export interface IdTokenPreset extends AudiencePreset {
  readonly profile: "id-token";
}

/** Options for tokens of other kinds. */
export interface JwtPreset extends AudiencePreset {
  readonly profile: "jwt";
}

/** Options for tokens of other kinds that name you in another place. */
export interface JwtBindingPreset extends BindingPreset {
  readonly profile: "jwt";
}

/** Options for tokens whose keys are at an address of their own. */
export interface FromJwksUri {
  readonly jwksUri: string;
}

/** Options for tokens whose issuer has its metadata at another address than its own. */
export interface FromMetadataUri {
  readonly metadataUri: string;
}

/** Options of `createSharedSecretVerifier`, beside the secret. */
export interface SharedSecretPreset extends Named {
  readonly audience: readonly [string, ...string[]];
  readonly algorithm: SharedSecretAlgorithm;
}
