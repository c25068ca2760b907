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

/** Runs what throws a TypeError for options that it cannot use: here they come from the command line. */
export async function asUsage<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    throw thrown instanceof TypeError ? new UsageError(thrown.message) : thrown;
  }
}
