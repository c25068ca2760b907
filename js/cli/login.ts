import process from "node:process";
import {
  ACCOUNT_OPTIONS,
  announceAccount,
  clientOf,
  filesOf,
  removeFile,
  writeAccount,
  type Account,
} from "./account.js";
import { authOf } from "./auth.js";
import { bindingKeyIn } from "./binding-key.js";
import { asUsage, EXIT, NO_URL, UsageError, type ExitCode } from "./exit.js";
import { dateOf, shown, shownJson } from "./shown.js";
import type { Terminal } from "./terminal.js";
import type { LoginParams, Tokens } from "./types.js";
import { presetOf } from "./vendor-options.js";
import type { CommandSpec, Words } from "./words.js";

export const LOGIN: CommandSpec = {
  name: "login",
  operand: "[ISSUER]",
  summary: "Sign in by the browser or by a device code, and write the tokens to a file.",
  text: [
    "ISSUER is the issuer's URL. A preset stands in for it. The client has to be registered there as a native, public one, with the redirect URI http://127.0.0.1/callback of any port (RFC 8252 §7.3). Where the server wants exactly one address, see --port, --host and --path.",
    "The tokens are in a file that you alone can read. countersign token prints a fresh access token, countersign logout ends it. For a refresh token most servers want the scope offline_access.",
  ],
  options: {
    "client-id": { value: "ID", what: "The client's ID at the issuer." },
    "client-secret-env": {
      value: "NAME",
      what: "The environment variable with the client's secret, for servers that give native clients one. It is wanted for countersign token as well.",
    },
    scope: { value: "SCOPES", what: 'Scopes, separated by spaces. Default: "openid offline_access".' },
    resource: {
      value: "URL",
      multiple: true,
      what: "The API that access tokens are for (RFC 8707). Of several each gets its own: see countersign token --resource.",
    },
    param: {
      value: "NAME=VALUE",
      multiple: true,
      what: "Another parameter, e.g. audience=https://api.example (Auth0) or prompt=consent.",
    },
    dpop: {
      what: "Bind the tokens to a key, so that they are of no use without it (RFC 9449). It is in a file beside them. See countersign token --headers.",
    },
    device: { what: "Sign in by a code that you enter in a browser anywhere (RFC 8628)." },
    "no-browser": { what: "Only print the address." },
    host: { value: "HOST", what: "Where the browser comes back to: 127.0.0.1 (default), [::1] or localhost." },
    port: { value: "PORT", what: "The port there. Default: any that is free." },
    path: { value: "PATH", what: "The path there. Default: /callback." },
    timeout: { value: "SECONDS", what: "How long you have. Default: 300." },
    "metadata-uri": { value: "URL", what: "Where the issuer's metadata is, if not under its name." },
    ...ACCOUNT_OPTIONS,
  },
  presets: "sign-in",
  examples: [
    "countersign login https://tenant.example/ --client-id my-cli",
    "countersign login --auth0 --domain tenant.us.auth0.com --client-id my-cli --param audience=https://api.example",
    "countersign login https://tenant.example/ --client-id my-cli --device --as work",
    "countersign login https://tenant.example/ --client-id my-cli --dpop",
  ],
};

export async function login(words: Words, terminal: Terminal): Promise<ExitCode> {
  const account = accountOf(words);
  const files = filesOf(words);
  const params = paramsOf(words);
  const key = account.dpop === undefined ? undefined : await bindingKeyIn(files.key);
  const client = await asUsage(() => clientOf(account, key));
  const { resources } = account;
  const options = { client, file: files.tokens, ...(resources && { resources }) };
  const { signIn = "" } = account;
  const auth = authOf(options, { signIn, announce: async () => announceAccount(files, account) });
  const { messageStyle: style } = terminal;
  let end = (): void => undefined;
  const controller = new AbortController();
  const interrupt = () => {
    controller.abort();
  };
  process.once("SIGINT", interrupt);
  try {
    const begun: LoginParams = {
      ...params,
      signal: controller.signal,
      ...(words.has("no-browser") && { openBrowser: () => false }),
      onAuthorize: ({ url, isOpened }) => {
        terminal.say(
          isOpened ? "Go on in the browser. If it shows nothing, open:" : "Open in a browser on this machine:",
        );
        terminal.say(style.bold(shown(url)));
        end = terminal.progress("Waiting for the browser to come back");
      },
      onPrompt: ({ userCode, verificationUri, verificationUriComplete, expiresAt }) => {
        end();
        terminal.say(`Open    ${style.bold(shown(verificationUri))}`);
        terminal.say(`Enter   ${style.bold(shown(userCode))}`);
        if (verificationUriComplete !== undefined) terminal.say(`or open ${shown(verificationUriComplete)}`);
        terminal.say(style.dim(`The code is good until ${dateOf(expiresAt)}.`));
        end = terminal.progress("Waiting for the code to be entered");
      },
    };
    const tokens = await asUsage(() => auth.login(begun));
    end();
    await writeAccount(files, account);
    // Nothing is bound to it any more.
    if (key === undefined) await removeFile(files.key);
    conclude(tokens, account, files.tokens, words, terminal);
    return EXIT.good;
  } finally {
    end();
    process.removeListener("SIGINT", interrupt);
  }
}

function conclude(tokens: Tokens, account: Account, file: string, words: Words, terminal: Terminal): void {
  const { issuer, claims, scope, expiresAt, tokenType, refreshToken } = tokens;
  const { messageStyle: style } = terminal;
  const subject = claims?.sub;
  if (words.has("json")) {
    const facts = {
      issuer,
      clientId: account.clientId,
      subject,
      scope,
      expiresAt,
      tokenType,
      renewable: refreshToken !== undefined,
    };
    terminal.print(shownJson({ ...facts, file }));
  }
  terminal.say(style.good(`Signed in${subject === undefined ? "" : ` as ${shown(subject)}`} at ${shown(issuer)}`));
  if (expiresAt !== undefined) terminal.say(style.dim(`The access token is good until ${dateOf(expiresAt)}.`));
  if (refreshToken === undefined) {
    terminal.say(style.warn("! There is no refresh token: when the access token is over, sign in anew."));
  }
}

function accountOf(words: Words): Account {
  const [operand, more] = words.operands;
  if (more !== undefined) throw new UsageError("login takes one issuer");
  const preset = presetOf(words, "sign-in")?.options;
  if (preset !== undefined && operand !== undefined) throw new UsageError("give the issuer or a preset, not both");
  const issuer = operand ?? preset?.issuer;
  if (issuer === undefined) throw new UsageError("sign in where? Give the issuer's URL, or a preset");
  if (!URL.canParse(issuer)) throw new UsageError(NO_URL);
  const clientId = words.one("client-id");
  if (clientId === undefined) throw new UsageError("as which client? Give --client-id ID");
  const metadataUri = words.one("metadata-uri") ?? preset?.metadataUri;
  const secretVariable = words.one("client-secret-env");
  const resources = words.all("resource");
  return {
    issuer,
    clientId,
    ...(metadataUri !== undefined && { metadataUri }),
    ...(secretVariable !== undefined && { secretVariable }),
    ...(resources !== undefined && { resources }),
    signIn: globalThis.crypto.randomUUID(),
    ...(words.has("dpop") && { dpop: true as const }),
  };
}

const HOSTS: readonly string[] = ["127.0.0.1", "[::1]", "localhost"];

function paramsOf(words: Words): LoginParams {
  const host = words.one("host") ?? "127.0.0.1";
  if (!HOSTS.includes(host))
    throw new UsageError(`--host is one of ${HOSTS.join(", ")}: nothing else is on loopback alone`);
  const path = words.one("path") ?? "/callback";
  if (!/^\/[\w./~-]*$/.test(path)) throw new UsageError("--path wants a path of letters, digits, and / . _ ~ -");
  const port = words.count("port") ?? 0;
  if (port > 65_535) throw new UsageError("--port wants a port: 1 to 65535");
  const timeout = words.count("timeout") ?? 300;
  if (timeout < 1 || timeout > 3600) throw new UsageError("--timeout wants 1 to 3600 seconds");
  const params: Record<string, string> = {};
  for (const pair of words.all("param") ?? []) {
    const [, name, value] = /^([^=]+)=(.*)$/s.exec(pair) ?? [];
    if (name === undefined || value === undefined) throw new UsageError("--param wants NAME=VALUE");
    if (Object.hasOwn(params, name)) throw new UsageError(`--param ${name} is there twice`);
    params[name] = value;
  }
  return {
    scope: words.one("scope") ?? "openid offline_access",
    host: host as NonNullable<LoginParams["host"]>,
    port,
    path,
    timeout,
    device: words.has("device"),
    ...(Object.keys(params).length > 0 && { params }),
  };
}
