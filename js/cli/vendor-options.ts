import * as presets from "../presets/index.js";
import { UsageError, usageOf } from "./exit.js";
import { kebab, type OptionSpec, type PresetPurpose, type Words } from "./words.js";
import { VENDORS, type VendorWords } from "./vendors.js";

/** Each preset, as its word: `--auth0`. */
export const PRESET_WORDS: ReadonlyMap<string, string> = new Map(
  Object.keys(VENDORS).map((name) => [kebab(name), name]),
);

/** Issuers that no user of a command line signs in at: their tokens are for machines, or come with requests. */
const WITHOUT_SIGN_IN: readonly string[] = [
  "googleServiceAccount",
  "firebase",
  "apple",
  "stytch",
  "stytchB2b",
  "cloudflareAccess",
  "cloudflareAccessService",
  "googleIap",
  "githubActions",
  "kubernetes",
  "shopify",
  "awsAlb",
  "spiffe",
];

/** The vendors that a command knows. */
export const vendorsFor = (purpose: PresetPurpose): readonly (readonly [string, VendorWords])[] =>
  Object.entries(VENDORS).filter(([name]) => purpose !== "sign-in" || !WITHOUT_SIGN_IN.includes(name));

function optionsFor(purpose: PresetPurpose): Readonly<Record<string, OptionSpec>> {
  const options: Record<string, OptionSpec> = {};
  const vendors = vendorsFor(purpose);
  for (const [name, { title }] of vendors) options[kebab(name)] = { what: title };
  for (const [, { parameters }] of vendors) {
    for (const { name, list, example } of parameters) {
      if (purpose !== "tokens" && list === true) continue;
      options[kebab(name)] ??= { value: "TEXT", what: `e.g. ${example}`, ...(list === true ? { multiple: true } : {}) };
    }
  }
  return options;
}

/** The words of all presets and of their parameters. */
export const PRESET_OPTIONS: Readonly<Record<PresetPurpose, Readonly<Record<string, OptionSpec>>>> = {
  tokens: optionsFor("tokens"),
  issuer: optionsFor("issuer"),
  "sign-in": optionsFor("sign-in"),
};

/** What a preset on the command line comes to. */
export interface PresetOptions {
  readonly issuer: string;
  readonly metadataUri?: string;
  readonly jwksUri?: string;
  readonly [option: string]: unknown;
}

/** The options that the preset stands for. `undefined`: there is none on the command line. @throws UsageError */
export function presetOf(
  words: Words,
  purpose: PresetPurpose,
): { options: PresetOptions; used: Set<string> } | undefined {
  const named = [...PRESET_WORDS.keys()].filter((word) => words.has(word));
  const [word, other] = named;
  if (word === undefined) return undefined;
  if (other !== undefined) throw new UsageError(`--${word} and --${other} are two issuers: give one of them`);
  const name = PRESET_WORDS.get(word) ?? word;
  const parameters = VENDORS[name]?.parameters ?? [];
  const used = new Set<string>();
  const values: Record<string, string | readonly string[]> = {};
  for (const { name: parameter, list, example, optional } of parameters) {
    const option = kebab(parameter);
    if (purpose !== "tokens" && list === true) {
      // Nothing of the issuer depends on whom tokens are for.
      if (optional !== true || parameter === "audience") values[parameter] = example;
      continue;
    }
    used.add(option);
    const given = list === true ? words.all(option) : words.one(option);
    if (given !== undefined) values[parameter] = given;
    else if (optional !== true)
      throw new UsageError(`--${word} wants --${option} as well, e.g. --${option} ${example}`);
  }
  const make = (presets as unknown as Readonly<Record<string, (options: object) => PresetOptions>>)[name];
  if (make === undefined) throw new UsageError(`there is no preset ${word}`);
  try {
    return { options: make(values), used };
  } catch (error) {
    throw usageOf(error as TypeError);
  }
}
