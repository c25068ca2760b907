import process from "node:process";
import type { CryptoKeyPairLike } from "../client/client-types.js";
import { ACCOUNT_OPTIONS, clientOf, filesOf, keyOf, nobody, readAccount, type Account } from "./account.js";
import { createCliAuth } from "./auth.js";
import { CliAuthError } from "./error.js";
import { asUsage, EXIT, UsageError, type ExitCode } from "./exit.js";
import { shownJson } from "./shown.js";
import type { Terminal } from "./terminal.js";
import type { CommandSpec, Words } from "./words.js";

export const TOKEN: CommandSpec = {
  name: "token",
  operand: "[URL]",
  summary: "Print a fresh access token, for scripts.",
  text: [
    "The token is renewed where it would be over soon. Of several processes at once, one asks the server. Where login was given several APIs, --resource says whose token is wanted.",
    "With --headers the lines of a request are printed that has the token, as curl reads them by -H @-. So it is on no command line, where other users of this machine can see it. A token that is bound to a key (login --dpop) is good with a proof alone: one for each request, made for its URL and its --method.",
  ],
  options: {
    "min-validity": { value: "SECONDS", what: "How long the token must be good for. Default 60." },
    resource: { value: "URL", what: "The API that it is for: one of those that countersign login was given." },
    renew: { what: "Renew it in any case, as after a refusal." },
    headers: { what: "Print the header lines of a request to URL: Authorization, and DPoP for a bound token." },
    method: { value: "METHOD", what: "The method of that request. Default: GET." },
    nonce: { value: "NONCE", what: "What the API has sent as DPoP-Nonce, with status 401." },
    ...ACCOUNT_OPTIONS,
  },
  examples: [
    "countersign token --headers | curl -H @- https://api.example/",
    "countersign token --headers --method POST https://api.example/notes | curl -H @- -d 'Buy milk' https://api.example/notes",
    'curl -H "Authorization: Bearer $(countersign token)" https://api.example/',
  ],
};

export async function token(words: Words, terminal: Terminal): Promise<ExitCode> {
  const request = requestOf(words);
  const minValidity = words.count("min-validity");
  const files = filesOf(words);
  const account = await readAccount(files);
  if (account === undefined) throw new CliAuthError("signed_out", nobody(files.name));
  const key = await keyOf(account, files);
  const auth = createCliAuth({
    client: await asUsage(() => clientOf(account, key)),
    file: files.tokens,
    ...(minValidity !== undefined && { minValidity }),
    ...(account.resources && { resources: account.resources }),
  });
  const resource = resourceOf(words, account);
  const whose = resource === undefined ? {} : { resource };
  const before = words.has("renew") ? (await auth.tokens(whose))?.accessToken : undefined;
  let isInterrupted = false;
  const interrupt = () => {
    isInterrupted = true;
  };
  // The first one waits until the new tokens are in the file: the server takes the old ones no longer.
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, interrupt);
  const given = auth.accessToken({ ...whose, ...(before !== undefined && { stale: before }) });
  const accessToken = await terminal.during("Asking for a token", given);
  if (isInterrupted) return EXIT.interrupted;
  const { issuer, tokenType, expiresAt, scope } = (await auth.tokens(whose)) ?? {};
  const headers = request === undefined ? undefined : await headersOf(request, accessToken, account, key);
  if (words.has("json")) {
    terminal.print(shownJson({ accessToken, tokenType, expiresAt, scope, issuer, resource, headers }));
  } else if (headers === undefined) {
    terminal.print(accessToken);
    if (tokenType === "DPoP") {
      const remedy = "a request needs a proof beside it, and the scheme DPoP: see --headers";
      terminal.say(terminal.messageStyle.warn(`! The token is bound to a key: ${remedy}`));
    }
  } else terminal.print(...Object.entries(headers).map(([name, value]) => `${name}: ${value}`));
  return EXIT.good;
}

/** The API that a token is wanted for. `undefined`: login was given none. */
function resourceOf(words: Words, { resources = [] }: Account): string | undefined {
  const named = words.one("resource");
  if (named === undefined && resources.length < 2) return resources[0];
  if (named !== undefined && resources.includes(named)) return named;
  if (resources.length === 0)
    throw new UsageError("--resource is for an account that countersign login was given it for");
  throw new UsageError(`--resource wants one of those that login was given: ${resources.join(", ")}`);
}

/** A request that a script is about to make. */
interface ScriptRequest {
  readonly url: string | undefined;
  readonly method: string;
  readonly nonce: string | undefined;
}

function requestOf(words: Words): ScriptRequest | undefined {
  const [url, more] = words.operands;
  if (more !== undefined) throw new UsageError("token takes one URL");
  const [method, nonce] = [words.one("method"), words.one("nonce")];
  if (!words.has("headers")) {
    if (url !== undefined) throw new UsageError("the URL of a request is for --headers");
    if (method !== undefined || nonce !== undefined) throw new UsageError("--method and --nonce are for --headers");
    return undefined;
  }
  const isWeb = url === undefined || (URL.canParse(url) && /^https?:$/.test(new URL(url).protocol));
  if (!isWeb) throw new UsageError("--headers wants the request's URL, with https:// or http://");
  if (method !== undefined && !/^[A-Za-z]{1,32}$/.test(method))
    throw new UsageError("--method wants a word, e.g. POST");
  if (nonce !== undefined && !/^[\x21\x23-\x5b\x5d-\x7e]{1,1024}$/.test(nonce)) {
    throw new UsageError("--nonce wants the value of DPoP-Nonce as it came (RFC 9449 §8.1)");
  }
  return { url, method: method ?? "GET", nonce };
}

/** The header lines of a request. Nobody is asked: a proof needs the key alone. */
async function headersOf(
  { url, method, nonce }: ScriptRequest,
  accessToken: string,
  { issuer, clientId }: Account,
  key: CryptoKeyPairLike | undefined,
): Promise<Readonly<Record<string, string>>> {
  if (key === undefined) return { Authorization: `Bearer ${accessToken}` };
  if (url === undefined) throw new UsageError("the token is bound to a key: --headers wants the URL of the request");
  const { createClient } = await import("../client/index.js");
  const client = createClient({ metadata: { issuer }, clientId, dpop: { key } });
  const proof = await client.proof({ method, url, ...(nonce !== undefined && { nonce }) }, { issuer, accessToken });
  return { Authorization: `DPoP ${accessToken}`, DPoP: proof };
}
