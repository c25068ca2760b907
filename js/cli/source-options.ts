import { readFile } from "node:fs/promises";
import process from "node:process";
import { UsageError } from "./exit.js";
import type { OptionSpec, Words } from "./words.js";

/** Where keys come from: options of several commands. */
export const KEY_OPTIONS: Readonly<Record<"jwks" | "jwks-uri" | "metadata-uri" | "allow-insecure-host", OptionSpec>> = {
  jwks: {
    value: "FILE",
    what: "The keys themselves: a JWK set, a JWK, or a public key in PEM. Nothing is fetched then.",
  },
  "jwks-uri": { value: "URL", what: "Where the key set is, if not where the issuer's metadata says." },
  "metadata-uri": { value: "URL", what: "Where the issuer's metadata is, if not under its name." },
  "allow-insecure-host": {
    value: "HOST",
    multiple: true,
    what: "A host that may be asked by plain http. Whoever is on the way to it can put keys of their own in place.",
  },
};

/** Options of `createVerifier` for the keys. @throws UsageError for a file that cannot be read. */
export async function keySource(words: Words): Promise<Record<string, unknown>> {
  const source: Record<string, unknown> = {};
  const jwks = words.one("jwks");
  if (jwks !== undefined) source["jwks"] = await textOf(jwks);
  for (const [option, name] of [
    ["jwks-uri", "jwksUri"],
    ["metadata-uri", "metadataUri"],
  ] as const) {
    const value = words.one(option);
    if (value !== undefined) source[name] = value;
  }
  if (Object.keys(source).length > 1) {
    throw new UsageError("--jwks, --jwks-uri and --metadata-uri are three ways to say where the keys are: give one");
  }
  const insecure = words.all("allow-insecure-host");
  if (insecure !== undefined) source["allowInsecureHosts"] = insecure;
  return source;
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, "utf8");
  } catch (error) {
    throw new UsageError(`${file} cannot be read: ${(error as { code?: string }).code ?? String(error)}`);
  }
}

/** The value of an environment variable that an option names. @throws UsageError where it is not set. */
export function fromEnvironment(option: string, name: string): string {
  const value = process.env[name];
  if (value === undefined || value === "") throw new UsageError(`--${option}: the environment has no variable ${name}`);
  return value;
}

/** The longest token that is read from a pipe, in bytes: more than any that would be accepted. */
const MAX_INPUT = 1_048_576;

/**
 * The token: the operand, the standard input where that is `-`, or an environment variable. Blanks around it are dropped,
 * since files end with a line end.
 */
export async function readToken(words: Words): Promise<string> {
  const [operand] = words.operands;
  const variable = words.one("token-env");
  if (variable !== undefined) {
    if (operand !== undefined) throw new UsageError("give the token or --token-env, not both");
    return fromEnvironment("token-env", variable).trim();
  }
  if (operand === undefined) {
    throw new UsageError("which token? Give - to read it from the standard input, or --token-env NAME");
  }
  return (operand === "-" ? await standardInput() : operand).trim();
}

async function standardInput(): Promise<string> {
  const decoder = new TextDecoder();
  let text = "";
  let size = 0;
  for await (const chunk of process.stdin) {
    size += chunk.length;
    if (size > MAX_INPUT) throw new UsageError("what came through the standard input is too long for a token");
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}
