import { homedir } from "node:os";
import path from "node:path";
import process from "node:process";
import type { Client, CryptoKeyPairLike } from "../client/client-types.js";
import { readBindingKey } from "./binding-key.js";
import { CliAuthError } from "./error.js";
import { UsageError } from "./exit.js";
import { isDeviceName, stateFolder } from "./platform.js";
import { fromEnvironment } from "./source-options.js";
import { parsed } from "./stored-tokens.js";
import { SecretFile } from "./token-file.js";
import type { OptionSpec, Words } from "./words.js";

/** Who signed in where: what `token` and `logout` have to know beside the tokens. No secret is in it. */
export interface Account {
  readonly issuer: string;
  readonly clientId: string;
  readonly metadataUri?: string;
  /** The environment variable with the client's secret. */
  readonly secretVariable?: string;
  /** The APIs that tokens are for. */
  readonly resources?: readonly string[];
  /** The tokens are bound to a key, in a file of its own. */
  readonly dpop?: true;
  /** The sign-in that it is of, which the file with the tokens names too. */
  readonly signIn?: string;
}

/** What is in the file: the account, and during a sign-in the one that comes next. */
type AccountFile = Partial<Account> & { readonly next?: Account };

export const ACCOUNT_OPTIONS: Readonly<Record<"as" | "folder", OptionSpec>> = {
  as: { value: "NAME", what: "The name of the account, where there are several. Default: default." },
  folder: {
    value: "PATH",
    what: "Where the tokens are. Default: COUNTERSIGN_FOLDER, or countersign in the user's folder for the state of programs.",
  },
};

/** The files of an account. */
export interface AccountFiles {
  readonly name: string;
  readonly tokens: string;
  readonly account: string;
  /** The key that tokens are bound to. */
  readonly key: string;
}

export function filesOf(words: Words): AccountFiles {
  const name = words.one("as") ?? "default";
  // It becomes the name of a file.
  if (!/^[A-Za-z\d][\w.-]{0,63}$/.test(name)) {
    throw new UsageError("--as wants up to 64 letters, digits, dots, - and _, a letter or digit first");
  }
  if (isDeviceName(name)) throw new UsageError(`--as ${name} is the name of a device on Windows`);
  const folder = words.one("folder") ?? defaultFolder();
  // An unset variable of a script would have the tokens put where it happens to run.
  if (folder === "") throw new UsageError("--folder wants a path");
  const file = (what: string): string => path.join(folder, `${name}.${what}.json`);
  return { name, tokens: file("tokens"), account: file("account"), key: file("key") };
}

function defaultFolder(): string {
  const { COUNTERSIGN_FOLDER: own } = process.env;
  return own !== undefined && own !== ""
    ? own
    : stateFolder(process.platform, process.env, homedir(), (...parts) => path.join(...parts));
}

/** Writes who signed in. It is no secret, but whoever could change it could have tokens sent elsewhere. */
export const writeAccount = async (files: AccountFiles, account: Account): Promise<void> =>
  write(files.account, () => account);

/**
 * Writes who is about to have signed in, beside who has. Of two files the one is always written first: where the process ends
 * before the other is, the tokens say whose they are.
 */
export const announceAccount = async (files: AccountFiles, next: Account): Promise<void> =>
  write(files.account, async () => ({ ...(await readAccount(files).catch(() => undefined)), next }));

async function write(file: string, make: () => AccountFile | Promise<AccountFile>): Promise<void> {
  await new SecretFile(file).locked(async (writer) => {
    const content = await make();
    const reserved = await writer.reserve();
    await reserved.commit(`${JSON.stringify(content)}\n`);
  });
}

/** Who signed in. `undefined`: nobody has. */
export async function readAccount({ account: file, tokens }: AccountFiles): Promise<Account | undefined> {
  const text = await new SecretFile(file).read();
  if (text === undefined) return undefined;
  const { next, ...known } = contentOf(text);
  const signIn = next === undefined ? undefined : await signInOf(tokens);
  if (signIn !== undefined && isAccount(next) && next.signIn === signIn) return next;
  if (isAccount(known)) return known;
  if (next !== undefined) return undefined;
  throw new UsageError(`${file} is no account: delete it, and sign in again`);
}

function contentOf(text: string): AccountFile {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}

function isAccount(value: Partial<Account> | undefined): value is Account {
  const { issuer, clientId, resources = [] } = value ?? {};
  const areTexts = Array.isArray(resources) && resources.every((one) => typeof one === "string");
  return typeof issuer === "string" && typeof clientId === "string" && areTexts;
}

/** The sign-in that the tokens are of. What is wrong with their file is said where they are wanted. */
async function signInOf(file: string): Promise<string | undefined> {
  try {
    return parsed(await new SecretFile(file).read(), file)?.signIn;
  } catch {
    return undefined;
  }
}

/** Deletes a file, if it is there. */
export async function removeFile(file: string): Promise<void> {
  await new SecretFile(file).locked(async (writer) => writer.remove());
}

/** The client of an account. The core for sign-in is loaded here, and by no command that needs none. */
export async function clientOf(account: Account, key: CryptoKeyPairLike | undefined): Promise<Client> {
  const { issuer, clientId, secretVariable, metadataUri } = account;
  const { createClient, discover } = await import("../client/index.js");
  const secret = secretVariable === undefined ? undefined : fromEnvironment("client-secret-env", secretVariable);
  return createClient({
    clientId,
    ...(metadataUri === undefined ? { issuer } : { metadata: await discover(issuer, { metadataUri }) }),
    ...(secret !== undefined && { clientAuthentication: { method: "client_secret_basic", secret } }),
    ...(key !== undefined && { dpop: { key } }),
  });
}

/** The key of an account whose tokens are bound to one. */
export async function keyOf({ dpop }: Account, { key }: AccountFiles): Promise<CryptoKeyPairLike | undefined> {
  if (dpop === undefined) return undefined;
  const found = await readBindingKey(key);
  if (found === undefined) throw new CliAuthError("signed_out", `${key}, which the tokens are bound to, is gone`);
  return found;
}

/** What is said where there are no tokens. */
export const nobody = (name: string): string =>
  `nobody is signed in${name === "default" ? "" : ` as ${name}`}: countersign login`;
