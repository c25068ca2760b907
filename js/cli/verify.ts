import { judge } from "../checks/index.js";
import { createSharedSecretVerifier, createVerifier } from "../index.js";
import type { Binding, SharedSecretVerifierOptions, VerifierOptions } from "../verifier/option-types.js";
import type { KeyReport } from "../verifier/types.js";
import { EXIT, UsageError, usageOf, type ExitCode } from "./exit.js";
import { explained, type Explained } from "./explain.js";
import { watchedFetch, type WatchedRequest } from "./requests.js";
import { shownJson } from "./shown.js";
import { fromEnvironment, KEY_OPTIONS, keySource, readToken } from "./source-options.js";
import type { Terminal } from "./terminal.js";
import { presetOf } from "./vendor-options.js";
import { contentsOf, documentOf, report, type Outcome } from "./verify-report.js";
import type { CommandSpec, Words } from "./words.js";

export const VERIFY: CommandSpec = {
  name: "verify",
  operand: "TOKEN",
  summary: "Verify a token, and say check by check why not.",
  text: [
    "TOKEN is the token, or - to read it from the standard input. Other users of this machine can see what is on a command line: pipe the token in, or name an environment variable with --token-env.",
    "Who issued the token, and for whom, is yours to say, by --issuer and --audience or by a preset: what a token says of itself is what is to be verified.",
  ],
  options: {
    issuer: { value: "URL", what: "Who issues the tokens, as iss has it." },
    audience: { value: "TEXT", multiple: true, what: "What the token must be meant for. Several: one of them." },
    "token-env": { value: "NAME", what: "The environment variable that has the token." },
    profile: { value: "KIND", what: "The kind of token: access-token (default), at+jwt, id-token, jwt." },
    typ: { value: "TEXT", what: "The one typ to take, with --profile jwt." },
    algorithm: { value: "NAME", multiple: true, what: "An algorithm to take. Default: what the keys are made for." },
    nonce: { value: "TEXT", what: "The nonce of the sign-in, with --profile id-token." },
    "accept-unchecked-nonce": { what: "Take an ID token with a nonce that is not known here." },
    binding: { value: "CLAIM=VALUE", multiple: true, what: "What binds the token to you, where it has no aud." },
    subject: { value: "TEXT", what: "The one subject to take." },
    "required-claim": { value: "NAME", multiple: true, what: "A claim that must be there." },
    "max-token-age": { value: "SECONDS", what: "The greatest age, counted from iat." },
    "clock-tolerance": { value: "SECONDS", what: "Allowance for clocks that differ. Default 30." },
    "secret-env": {
      value: "NAME",
      what: "The environment variable with the shared secret of HS256 and its like, as text.",
    },
    ...KEY_OPTIONS,
  },
  presets: "tokens",
  examples: [
    'echo "$TOKEN" | countersign verify - --issuer https://tenant.example/ --audience https://api.example',
    "countersign verify --token-env TOKEN --auth0 --domain tenant.us.auth0.com --audience https://api.example",
    "countersign verify - --profile id-token --issuer https://tenant.example/ --audience my-client --json < token.txt",
  ],
};

export async function verify(words: Words, terminal: Terminal): Promise<ExitCode> {
  if (words.operands.length > 1) throw new UsageError("verify takes one token");
  const options = await optionsOf(words);
  const token = await readToken(words);
  if (options["issuer"] === undefined) throw new UsageError(`whose token? Give --issuer URL or a preset${said(token)}`);
  const outcome = await terminal.during("Verifying", judged(options, words, token));
  if (words.has("json")) terminal.print(shownJson(documentOf(outcome, token)));
  else report(outcome, token, terminal);
  return exitOf(outcome.error);
}

function exitOf(error: Explained | undefined): ExitCode {
  if (error === undefined) return EXIT.good;
  if (error.status === 401) return EXIT.refused;
  // Keys or a secret on the command line that cannot be used.
  return error.status === 500 && /^(?:jwks|key)_/.test(error.code) ? EXIT.usage : EXIT.notJudged;
}

/** Who the token says that it is from: nothing to rely on, but something to compare with. */
function said(token: string): string {
  const issuer = contentsOf(token).claims?.["iss"];
  return typeof issuer === "string" ? `. The token says of itself, unverified: ${issuer}` : "";
}

/** Options of a verifier. */
async function optionsOf(words: Words): Promise<Record<string, unknown>> {
  const preset = presetOf(words, "tokens");
  const own: Record<string, unknown> = {};
  const take = (option: string, name: string, value: unknown) => {
    if (value !== undefined && preset?.used.has(option) !== true) own[name] = value;
  };
  for (const option of ["issuer", "profile", "typ", "subject"]) take(option, option, words.one(option));
  take("audience", "audience", words.all("audience"));
  take("algorithm", "algorithms", words.all("algorithm"));
  take("required-claim", "requiredClaims", words.all("required-claim"));
  take("max-token-age", "maxTokenAge", words.count("max-token-age"));
  take("clock-tolerance", "clockTolerance", words.count("clock-tolerance"));
  take("binding", "binding", bindingOf(words.all("binding")));
  if (words.has("accept-unchecked-nonce")) own["acceptUncheckedNonce"] = true;
  const source = await keySource(words);
  const options: Record<string, unknown> = { ...preset?.options, ...own };
  if (["jwks", "jwksUri", "metadataUri"].some((name) => name in source)) {
    delete options["jwksUri"];
    delete options["metadataUri"];
  }
  return { ...options, ...source };
}

function bindingOf(pairs: readonly string[] | undefined): Binding | undefined {
  if (pairs === undefined) return undefined;
  const parts = pairs.map((pair) => /^([^=]+)=(.*)$/s.exec(pair)?.slice(1) ?? []);
  const [claim] = parts[0] ?? [];
  if (claim === undefined || parts.some(([name]) => name !== claim)) {
    throw new UsageError("--binding wants CLAIM=VALUE, and the same claim each time");
  }
  return { claim, values: parts.map(([, value]) => value ?? "") as unknown as [string, ...string[]] };
}

async function judged(options: Record<string, unknown>, words: Words, token: string): Promise<Outcome> {
  const requests: WatchedRequest[] = [];
  let keys: KeyReport = { keys: [], skipped: [] };
  let error: Explained | undefined;
  const nonce = words.one("nonce");
  const expectations = nonce === undefined ? [] : [{ nonce }];
  const secretVariable = words.one("secret-env");
  try {
    if (secretVariable === undefined && !("algorithm" in options)) {
      const remote = options["jwks"] === undefined ? { fetch: watchedFetch(requests) } : {};
      const verifier = createVerifier({ ...options, ...remote } as unknown as VerifierOptions);
      keys = await verifier.loadKeys();
      await (verifier.verify as (jwt: string, ...more: object[]) => Promise<unknown>)(token, ...expectations);
    } else {
      if (secretVariable === undefined) throw new UsageError("these tokens want --secret-env NAME");
      const secret = new TextEncoder().encode(fromEnvironment("secret-env", secretVariable));
      const verifier = createSharedSecretVerifier(withSecret(options, secret));
      await (verifier.verify as (jwt: string, ...more: object[]) => Promise<unknown>)(token, ...expectations);
    }
  } catch (thrown) {
    if (thrown instanceof TypeError) throw usageOf(thrown);
    error = explained(thrown);
    if (error === undefined) throw thrown;
  }
  return { error, keys, requests, checks: judge(error, options["binding"] as Binding | undefined) };
}

function withSecret(options: Record<string, unknown>, secret: Uint8Array): SharedSecretVerifierOptions {
  const { algorithms, algorithm, ...others } = options;
  const [named = "HS256", ...more] = (algorithms ?? []) as readonly string[];
  if (more.length > 0) throw new UsageError("a shared secret has one --algorithm");
  return { algorithm: algorithm ?? named, ...others, secret } as unknown as SharedSecretVerifierOptions;
}
