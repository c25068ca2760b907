import { REMEDIES } from "../checks/index.js";
import { createVerifier, discover } from "../index.js";
import type { DiscoveryOptions, ServerMetadata } from "../jwks/metadata.js";
import type { VerifierOptions } from "../verifier/option-types.js";
import type { KeyReport } from "../verifier/types.js";
import { EXIT, NO_URL, UsageError, usageOf, type ExitCode } from "./exit.js";
import { explained, explanation, type Explained } from "./explain.js";
import { watchedFetch, type WatchedRequest } from "./requests.js";
import { plain, shown, shownJson } from "./shown.js";
import { signInFaults } from "./sign-in-faults.js";
import { KEY_OPTIONS, keySource } from "./source-options.js";
import type { Terminal } from "./terminal.js";
import { presetOf } from "./vendor-options.js";
import type { CommandSpec, Words } from "./words.js";

const { jwks: JWKS, "jwks-uri": JWKS_URI, ...METADATA_OPTIONS } = KEY_OPTIONS;

export const INSPECT: CommandSpec = {
  name: "inspect",
  operand: "ISSUER",
  summary: "Show an issuer's metadata and keys, with what is wrong with them.",
  text: [
    "ISSUER is the issuer's URL as its tokens have it in iss. A preset stands in for it.",
    "Ends with 1 where something is wrong with the issuer, and with 3 where it cannot be asked.",
  ],
  options: METADATA_OPTIONS,
  presets: "issuer",
  examples: [
    "countersign inspect https://accounts.google.com",
    "countersign inspect --auth0 --domain tenant.us.auth0.com",
  ],
};

export const KEYS: CommandSpec = {
  name: "keys",
  operand: "[ISSUER]",
  summary: "Show an issuer's keys, with what is wrong with them.",
  text: [
    "ISSUER is the issuer's URL as its tokens have it in iss. A preset, --jwks or --jwks-uri stands in for it.",
    "A thumbprint is the SHA-256 one of RFC 7638. Ends with 1 where a key cannot be used, and with 3 where the keys cannot be had.",
  ],
  options: { jwks: JWKS, "jwks-uri": JWKS_URI, ...METADATA_OPTIONS },
  presets: "issuer",
  examples: ["countersign keys https://accounts.google.com", "countersign keys --jwks keys.json --json"],
};

/** Something that is wrong, or not as good as it could be. */
export interface Fault {
  /** `warning`: tokens and sign-ins work all the same. */
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly remedy: string;
}

/** What was found out of an issuer. */
interface Findings {
  readonly issuer?: string;
  metadata?: ServerMetadata;
  keys: KeyReport;
  readonly faults: Fault[];
  readonly errors: Explained[];
  readonly requests: WatchedRequest[];
}

export async function inspect(words: Words, terminal: Terminal): Promise<ExitCode> {
  const { issuer, preset } = issuerOf(words, INSPECT);
  if (issuer === undefined) throw new UsageError("inspect which issuer? Give its URL, or a preset");
  const findings = newFindings(issuer);
  const own = await keySource(words);
  const { metadataUri, allowInsecureHosts } = { ...preset, ...own } as DiscoveryOptions;
  const where = { ...(metadataUri && { metadataUri }), ...(allowInsecureHosts && { allowInsecureHosts }) };
  const work = async () => {
    const fetch = watchedFetch(findings.requests);
    await noting(findings, async () => {
      findings.metadata = await discover(issuer, { ...where, fetch });
    });
    const { metadata } = findings;
    if (metadata === undefined) return;
    findings.faults.push(...(await signInFaults(metadata)));
    const source = metadata.jwks_uri === undefined ? undefined : { jwksUri: metadata.jwks_uri, allowInsecureHosts };
    if (source !== undefined) await loadKeys(findings, source);
  };
  await terminal.during(`Asking ${issuer}`, work());
  return conclude(findings, words, terminal);
}

export async function keys(words: Words, terminal: Terminal): Promise<ExitCode> {
  const { issuer, preset } = issuerOf(words, KEYS);
  const own = await keySource(words);
  if (issuer === undefined && !("jwks" in own) && !("jwksUri" in own)) {
    throw new UsageError("whose keys? Give the issuer's URL, a preset, --jwks or --jwks-uri");
  }
  const findings = newFindings(issuer);
  const { jwksUri, metadataUri } = preset ?? {};
  const isOwn = "jwks" in own || "jwksUri" in own || "metadataUri" in own;
  const fromPreset = isOwn ? {} : { ...(jwksUri && { jwksUri }), ...(metadataUri && { metadataUri }) };
  await terminal.during("Fetching keys", loadKeys(findings, { ...fromPreset, ...own }));
  return conclude(findings, words, terminal);
}

const newFindings = (issuer: string | undefined): Findings => ({
  ...(issuer !== undefined && { issuer }),
  keys: { keys: [], skipped: [] },
  faults: [],
  errors: [],
  requests: [],
});

function issuerOf(
  words: Words,
  { name }: CommandSpec,
): { issuer?: string; preset?: { jwksUri?: string; metadataUri?: string } } {
  const [operand, more] = words.operands;
  if (more !== undefined) throw new UsageError(`${name} takes one issuer`);
  if (operand !== undefined && /^eyJ[\w-]*\./.test(operand)) {
    throw new UsageError(`${name} takes an issuer's URL, and that is a token: see countersign verify`);
  }
  const preset = presetOf(words, "issuer")?.options;
  if (preset !== undefined && operand !== undefined) throw new UsageError("give the issuer or a preset, not both");
  if (operand !== undefined && !URL.canParse(operand)) throw new UsageError(NO_URL);
  const issuer = operand ?? preset?.issuer;
  return { ...(issuer !== undefined && { issuer }), ...(preset && { preset }) };
}

/** Runs a step whose refusals are findings. */
async function noting(findings: Findings, step: () => Promise<void>): Promise<void> {
  try {
    await step();
  } catch (thrown) {
    if (thrown instanceof TypeError) throw usageOf(thrown);
    const error = explained(thrown);
    if (error === undefined) throw thrown;
    findings.errors.push(error);
  }
}

async function loadKeys(findings: Findings, source: Readonly<Record<string, unknown>>): Promise<void> {
  const { issuer = "https://issuer.invalid/" } = findings;
  const remote = source["jwks"] === undefined ? { fetch: watchedFetch(findings.requests) } : {};
  const present = Object.fromEntries(
    Object.entries({ ...source, ...remote }).filter(([, value]) => value !== undefined),
  );
  // Keys alone are asked for: no token will be verified.
  const policy = { issuer, audience: "none", profile: "jwt" };
  await noting(findings, async () => {
    findings.keys = await createVerifier({ ...policy, ...present } as unknown as VerifierOptions).loadKeys();
  });
  findings.faults.push(...keyFaults(findings.keys));
}

function keyFaults({ keys, skipped }: KeyReport): Fault[] {
  const faults: Fault[] = skipped.map(({ kid, code, reason }) => ({
    severity: code === "key_invalid" ? "error" : "warning",
    code,
    message: `${kid === undefined ? "a key without kid" : `the key ${kid}`} is left out: ${reason}`,
    remedy: REMEDIES[code].remedy,
  }));
  for (const kid of new Set(keys.map((key) => key.kid))) {
    const sharing = keys.filter((key) => key.kid === kid);
    // One key may stand there for several algorithms.
    if (new Set(sharing.map(({ thumbprint }) => thumbprint)).size < 2) continue;
    faults.push({
      severity: "warning",
      code: "key_ambiguous",
      message: kid === undefined ? "several keys have no kid" : `several keys have the kid ${kid}`,
      remedy: REMEDIES.key_ambiguous.remedy,
    });
  }
  return faults;
}

function conclude(findings: Findings, words: Words, terminal: Terminal): ExitCode {
  const { errors, faults } = findings;
  if (words.has("json")) terminal.print(shownJson(findings));
  else report(findings, terminal);
  if (errors.some(({ code, status }) => status === 500 && /^(?:jwks|key)_/.test(code))) return EXIT.usage;
  if (errors.some(({ code }) => UNREACHED.has(code))) return EXIT.notJudged;
  return errors.length > 0 || faults.some(({ severity }) => severity === "error") ? EXIT.refused : EXIT.good;
}

/** The codes that say nothing about the issuer. */
const UNREACHED: ReadonlySet<string> = new Set(["jwks_unavailable", "core_unavailable", "internal_error"]);

function report({ issuer, metadata, keys: { keys }, faults, errors, requests }: Findings, terminal: Terminal): void {
  const { style } = terminal;
  if (issuer !== undefined) terminal.print(`${style.bold("Issuer")}  ${shown(issuer)}`);
  if (metadata !== undefined) {
    terminal.print();
    terminal.print(style.bold("Metadata"));
    terminal.print(shownJson(metadata));
  }
  if (keys.length > 0) {
    terminal.print();
    terminal.print(style.bold("Keys"));
    for (const { kid, algorithm, thumbprint } of keys) {
      terminal.print(`${style.good("✓")} ${shown(kid ?? "(no kid)")}  ${algorithm}  ${style.dim(thumbprint)}`);
    }
  }
  terminal.print();
  for (const error of errors) {
    terminal.print(style.bad(`✕ ${error.code}: ${shown(error.message)}`));
    terminal.print(...explanation(error, style, "    "));
  }
  for (const { severity, code, message, remedy } of faults) {
    const line = `${severity === "error" ? "✕" : "!"} ${code}: ${shown(message)}`;
    terminal.print(severity === "error" ? style.bad(line) : style.warn(line));
    terminal.print(`    ${style.dim("remedy")}    ${plain(remedy)}`);
  }
  for (const { url, status } of requests) terminal.print(style.dim(`GET ${shown(url)} ${status}`));
  if (errors.length === 0 && faults.length === 0) terminal.print(style.good("Nothing is wrong with it."));
}
