import {
  ACCOUNT_OPTIONS,
  clientOf,
  filesOf,
  keyOf,
  nobody,
  readAccount,
  removeFile,
  type AccountFiles,
} from "./account.js";
import { createCliAuth } from "./auth.js";
import { CliAuthError } from "./error.js";
import { asUsage, EXIT, UsageError, type ExitCode } from "./exit.js";
import { dateOf, shown, shownJson } from "./shown.js";
import type { Terminal } from "./terminal.js";
import { SecretFile } from "./token-file.js";
import type { Tokens } from "./types.js";
import type { CommandSpec, Words } from "./words.js";

export const LOGOUT: CommandSpec = {
  name: "logout",
  summary: "Revoke the tokens, and delete their file.",
  text: [
    "The files are deleted in any case, even where they cannot be read. Where the server cannot be asked to revoke the tokens, that is said, and the exit status is 3. A server that has no revocation is no failure.",
  ],
  options: ACCOUNT_OPTIONS,
  examples: ["countersign logout", "countersign logout --as work"],
};

/** What became of the tokens at the server. */
type Revocation =
  | { readonly revoked: true }
  /** `isOffered`: it could have been, at another time. */
  | { readonly revoked: false; readonly isOffered: boolean; readonly reason: string; readonly left: Left };

/** What is good still, for whoever has it. */
interface Left {
  readonly token: "refresh_token" | "access_token" | "unknown";
  readonly expiresAt?: number;
}

export async function logout(words: Words, terminal: Terminal): Promise<ExitCode> {
  if (words.operands.length > 0) throw new UsageError("logout takes no operand");
  const files = filesOf(words);
  const { account, tokens, key } = files;
  const isAnything = await Promise.all([account, tokens].map(async (file) => isThere(file)));
  if (!isAnything.includes(true)) throw new CliAuthError("signed_out", nobody(files.name));
  const outcome = await terminal.during("Revoking", revocation(files));
  for (const file of [tokens, account, key]) await removeFile(file);
  if (!outcome.revoked) {
    terminal.say(terminal.messageStyle.warn(`! ${named(outcome.left)} not revoked: ${shown(outcome.reason)}`));
  }
  terminal.say("Signed out");
  if (words.has("json")) {
    const { reason, left } = outcome.revoked ? { reason: undefined, left: undefined } : outcome;
    const notRevoked = left && { ...left, reason };
    terminal.print(shownJson({ signedOut: true, revoked: outcome.revoked, notRevoked }));
  }
  return outcome.revoked || !outcome.isOffered ? EXIT.good : EXIT.notJudged;
}

async function revocation(files: AccountFiles): Promise<Revocation> {
  let left: Left = { token: "unknown" };
  try {
    const account = await readAccount(files);
    if (account === undefined) throw new UsageError(`${files.account} is gone, which says whom to ask`);
    const key = await keyOf(account, files);
    const client = await asUsage(() => clientOf(account, key));
    const auth = createCliAuth({ client, file: files.tokens });
    const tokens = await auth.tokens();
    left = leftOf(tokens);
    if (tokens !== undefined && tokens.issuer !== account.issuer) {
      throw new UsageError(`they are of another issuer than ${files.account} names`);
    }
    await auth.logout();
    return { revoked: true };
  } catch (error) {
    // Then nothing is deleted either.
    if (error instanceof CliAuthError && (error.code === "locked" || error.code === "file_failed")) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    // What a client takes for a mistake is here that its server has no such endpoint.
    return { revoked: false, isOffered: !(error instanceof TypeError), reason, left };
  }
}

const leftOf = ({ refreshToken, expiresAt }: Partial<Tokens> = {}): Left => ({
  token: refreshToken === undefined ? "access_token" : "refresh_token",
  ...(expiresAt !== undefined && { expiresAt }),
});

function named({ token, expiresAt }: Left): string {
  if (token === "unknown") return "What was in the file was";
  if (token === "refresh_token") return "The refresh token was";
  return `The access token${expiresAt === undefined ? "" : `, which is good until ${dateOf(expiresAt)},`} was`;
}

/** Whether there is such a file, whatever is in it. */
async function isThere(file: string): Promise<boolean> {
  try {
    return (await new SecretFile(file).read()) !== undefined;
  } catch (error) {
    if (error instanceof CliAuthError && error.code !== "file_failed") return true;
    throw error;
  }
}
