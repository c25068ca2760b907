/** `cognito-id-token` of `cognitoIdToken`. */
export const kebab = (name: string): string => name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/**
 * `tokens`: all parameters, since tokens are to be verified. `issuer`: those alone that say which issuer is meant. `sign-in`:
 * the same, for the issuers that users sign in at.
 */
export type PresetPurpose = "tokens" | "issuer" | "sign-in";

/** An option of a command. */
export interface OptionSpec {
  /** What stands for its value in the help. Absent: it has none. */
  readonly value?: string;
  readonly what: string;
  readonly multiple?: true;
}

/** A command: its words, and its help. */
export interface CommandSpec {
  readonly name: string;
  /** What stands behind the name. */
  readonly operand?: string;
  readonly summary: string;
  /** Paragraphs of the help. */
  readonly text: readonly string[];
  readonly options: Readonly<Record<string, OptionSpec>>;
  /** Which of the presets' parameters it takes. Absent: no presets. */
  readonly presets?: PresetPurpose;
  readonly examples: readonly string[];
}

/** What was on the command line. */
export interface Words {
  readonly operands: readonly string[];
  has(name: string): boolean;
  /** The value of an option. */
  one(name: string): string | undefined;
  /** The values of an option that may come several times. `undefined`: it did not come. */
  all(name: string): readonly [string, ...string[]] | undefined;
  /** A number of the standard's units. */
  count(name: string): number | undefined;
}
