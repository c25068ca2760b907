import { kebab } from "./words.js";

/** What the process ends with. */
export const EXIT = {
  /** Done, or accepted. */
  good: 0,
  /** The token is refused; something is wrong with the issuer; the sign-in was denied. */
  refused: 1,
  /** The command line, or a file that it names, cannot be used. */
  usage: 2,
  /** Nothing was judged: keys, metadata or a server cannot be had now. */
  notJudged: 3,
  /** Nobody is signed in, or no longer. */
  signedOut: 4,
  /** By SIGINT, as shells have it. */
  interrupted: 130,
} as const;

export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A mistake on the command line. The message is text of ours, with what was given in it as it came. */
export class UsageError extends Error {}

/** What is said of an operand that should be an issuer. */
export const NO_URL = "the issuer is a URL, e.g. https://tenant.example/";

/** Options of the API that are not called the same here. */
const WORDS: Readonly<Record<string, string>> = {
  allowInsecureHosts: "--allow-insecure-host",
  algorithms: "--algorithm",
  // Most commands take it without a word before it.
  issuer: "the issuer",
  requiredClaims: "--required-claim",
  resources: "--resource",
};
const word = (option: string): string => WORDS[option] ?? `--${kebab(option)}`;

/** The usage error of a TypeError of the API's, in the words of the command line. */
export const usageOf = ({ message }: TypeError): UsageError =>
  new UsageError(
    message
      .replace(/^\w+: /, "")
      .replaceAll(/(?:the )?option ["`](\w+)["`]/g, (_, option: string) => word(option))
      .replaceAll(/`((?:metadata|jwks)Uri|allowInsecureHosts)`/g, (_, option: string) => word(option))
      .replaceAll(/: \{ claim: "(\w+)", values: \["([\w-]+)"\] \}/g, " $1=$2"),
  );

/** Runs what throws a TypeError for options that it cannot use: here they come from the command line. */
export async function asUsage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof TypeError ? usageOf(thrown) : thrown;
  }
}
