import type { Algorithm, SharedSecretAlgorithm } from "../token.js";
import type { Profile } from "../verifier/option-types.js";

/** What a value of the user's looks like. */
export type Form = "host" | "base" | "url" | "segment" | "uuid" | "text" | "texts" | "uuids";

/** A value that the user gives. */
export interface Parameter {
  readonly name: string;
  readonly form: Form;
  /** One that fits. */
  readonly example: string;
  readonly optional?: true;
  readonly default?: string;
}

/** A row of the core's table. Where a text has the name of a parameter in braces, its value is put. */
export interface Vendor {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly issuer: string;
  readonly issuerAliases?: readonly string[];
  /** `values` is the name of a parameter. */
  readonly issuerVariable?: {
    readonly name: string;
    readonly claim: string;
    readonly claimTemplate?: string;
    readonly values?: string;
  };
  readonly metadataUri?: string;
  readonly jwksUri?: string;
  /** The user shares a secret with the vendor. */
  readonly secret?: true;
  readonly algorithms?: readonly (Algorithm | SharedSecretAlgorithm)[];
  readonly profile?: Profile;
  readonly audience?: string;
  /** The audience where the user gives what the binding wants, and no audience. */
  readonly audienceBesideBinding?: string;
  readonly binding?: {
    readonly claim: string;
    readonly values: string;
    readonly inHeader?: true;
    readonly use?: { readonly claim: string; readonly value: string };
  };
  readonly acceptPadding?: true;
  readonly issuerFromSubject?: true;
  readonly keyUse?: string;
  readonly requiredClaims?: readonly string[];
  readonly permissions?: readonly (readonly string[])[];
  readonly header?: string;
  /** Another row, where the first parameter has one of these values. */
  readonly instead?: { readonly values: readonly string[]; readonly vendor: Vendor };
}
