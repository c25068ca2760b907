import process from "node:process";
import { ACCOUNT_OPTIONS, clientOf, filesOf, nobody, readAccount, removeAccount } from "./account.js";
import { createCliAuth } from "./auth.js";
import { CliAuthError } from "./error.js";
import { asUsage, EXIT, UsageError, type ExitCode } from "./exit.js";
import { shown, shownJson } from "./shown.js";
import type { Terminal } from "./terminal.js";
import type { CliAuth } from "./types.js";
import type { CommandSpec, Words } from "./words.js";

export const TOKEN: CommandSpec = {
  name: "token",
  summary: "Print a fresh access token, for scripts.",
  text: [
    "The token is renewed where it would be over soon. Of several processes at once, one asks the server.",
    "A token on the command line of another program can be seen by other users of this machine: give it to curl by its standard input, as in the second example, where that matters.",
  ],
  options: {
    "min-validity": { value: "SECONDS", what: "How long the token must be good for. Default 60." },
    renew: { what: "Renew it in any case, as after a refusal." },
    ...ACCOUNT_OPTIONS,
  },
  examples: [
    'curl -H "Authorization: Bearer $(npx countersign token)" https://api.example/',
    'printf "header = \\"Authorization: Bearer %s\\"" "$(npx countersign token)" | curl --config - https://api.example/',
  ],
};

export const LOGOUT: CommandSpec = {
  name: "logout",
  summary: "Revoke the tokens, and delete their file.",
  text: ["The tokens are deleted even where the server cannot be asked to revoke them, which is said."],
  options: ACCOUNT_OPTIONS,
  examples: ["countersign logout", "countersign logout --as work"],
};

export async function token(words: Words, terminal: Terminal): Promise<ExitCode> {
  const auth = await signedIn(words, TOKEN, words.count("min-validity"));
  const before = words.has("renew") ? (await auth.tokens())?.accessToken : undefined;
  let isInterrupted = false;
  const interrupt = () => {
    isInterrupted = true;
  };
  // The first one waits until the new tokens are in the file: the server takes the old ones no longer.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  const given = auth.accessToken(before === undefined ? {} : { stale: before });
  const accessToken = await terminal.during("Asking for a token", given);
  if (isInterrupted) return EXIT.interrupted;
  if (words.has("json")) {
    const { issuer, tokenType, expiresAt, scope } = (await auth.tokens()) ?? {};
    terminal.print(shownJson({ accessToken, tokenType, expiresAt, scope, issuer }));
  } else terminal.print(accessToken);
  return EXIT.good;
}

export async function logout(words: Words, terminal: Terminal): Promise<ExitCode> {
  const auth = await signedIn(words, LOGOUT);
  try {
    await terminal.during("Revoking", auth.logout());
  } catch (error) {
    if (error instanceof CliAuthError) throw error;
    const message = error instanceof Error ? error.message : String(error);
    terminal.say(terminal.messageStyle.warn(`! The tokens were not revoked: ${shown(message)}`));
  }
  await removeAccount(filesOf(words).account);
  terminal.say("Signed out");
  if (words.has("json")) terminal.print(shownJson({ signedOut: true }));
  return EXIT.good;
}

async function signedIn(words: Words, { name }: CommandSpec, minValidity?: number): Promise<CliAuth> {
  if (words.operands.length > 0) throw new UsageError(`${name} takes no operand`);
  const files = filesOf(words);
  const account = await readAccount(files.account);
  if (account === undefined) throw new CliAuthError("signed_out", nobody(files.name));
  return createCliAuth({
    client: await asUsage(() => clientOf(account)),
    file: files.tokens,
    ...(minValidity !== undefined && { minValidity }),
  });
}
