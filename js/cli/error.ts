/** Why a sign-in from a terminal, or the file of its tokens, has failed. What a server refuses is a `CountersignError`. */
export type CliAuthErrorCode =
  | "signed_out"
  | "timed_out"
  | "aborted"
  | "listen_failed"
  | "device_unsupported"
  | "file_unsafe"
  | "file_invalid"
  | "file_failed"
  | "locked";

/**
 * An error of `countersign/node-cli`. The code is stable and is what programs should look at:
 * - `signed_out`: there are no tokens, or the access token is over and nothing can renew it: sign in;
 * - `timed_out`: nobody has finished the sign-in in time;
 * - `aborted`: the program has ended it by its `signal`;
 * - `listen_failed`: no port on loopback can be listened at;
 * - `device_unsupported`: the client cannot sign in by a device code;
 * - `file_unsafe`: others may read or change the file with the tokens;
 * - `file_invalid`: what is in it is not what this package writes there;
 * - `file_failed`: it cannot be read or written, and `cause` says why;
 * - `locked`: another process holds its lock for too long.
 */
export class CliAuthError extends Error {
  override readonly name: string = "CliAuthError";
  readonly code: CliAuthErrorCode;

  constructor(code: CliAuthErrorCode, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.code = code;
  }
}
