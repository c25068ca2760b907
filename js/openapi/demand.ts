import type { Description } from "../guard/guard.js";
import { isAmbient } from "../guard/sources.js";
import type { SecurityRequirement } from "./types.js";

/** What an operation asks for, the needs of the guards around it included. */
export interface Demand {
  readonly optional: boolean;
  readonly scopes: readonly string[];
  /** One of each of these. */
  readonly anyScopes: readonly (readonly string[])[];
  readonly permissions: readonly string[];
  readonly acr: readonly (readonly string[])[];
  readonly maxAge: number | undefined;
  /** Whether the application decides, too. */
  readonly isDecided: boolean;
  /** Whether pages of other origins are turned away. */
  readonly isAmbient: boolean;
  /** Every scope that is named. */
  readonly all: readonly string[];
}

/** A need in the core's form, as `readNeed` writes it. */
interface CoreNeed {
  readonly optional?: boolean;
  readonly scope?: readonly string[];
  readonly anyScope?: readonly (readonly string[])[];
  readonly permissions?: readonly string[];
  readonly acr?: readonly string[];
  readonly maxAge?: number;
}

export function demandOf({ options, needs }: Description): Demand {
  const parts = needs.map(({ json }) => JSON.parse(json) as CoreNeed);
  const scopes = unique(parts.flatMap(({ scope = [] }) => scope));
  const anyScopes = parts
    .flatMap(({ anyScope = [] }) => anyScope)
    .filter((any) => !any.some((one) => scopes.includes(one)));
  const ages = parts.flatMap(({ maxAge }) => maxAge ?? []);
  return {
    optional: parts.length > 0 && parts.every(({ optional }) => optional === true),
    scopes,
    anyScopes,
    permissions: unique(parts.flatMap(({ permissions = [] }) => permissions)),
    acr: parts.flatMap(({ acr }) => (acr === undefined ? [] : [acr])),
    maxAge: ages.length === 0 ? undefined : Math.min(...ages),
    isDecided: needs.some(({ authorize }) => authorize.length > 0),
    isAmbient: options.tokens.some(isAmbient),
    all: unique([...scopes, ...anyScopes.flat()]),
  };
}

/** The alternatives: each scheme with each choice of scopes and, where a token is not needed, none. */
export function alternativesOf(
  { optional, scopes, anyScopes }: Demand,
  schemes: readonly string[],
): SecurityRequirement[] {
  let choices: readonly (readonly string[])[] = [scopes];
  for (const any of anyScopes) choices = choices.flatMap((chosen) => any.map((one) => unique([...chosen, one])));
  const alternatives = schemes.flatMap((name) => choices.map((chosen) => ({ [name]: [...chosen] })));
  return optional ? [{}, ...alternatives] : alternatives;
}

const unique = (list: readonly string[]): string[] => [...new Set(list)];
