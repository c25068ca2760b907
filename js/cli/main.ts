import process from "node:process";
import { nearest, readWords } from "./command-line.js";
import { CliAuthError } from "./error.js";
import { EXIT, UsageError, type ExitCode } from "./exit.js";
import { helpOf, overview } from "./help.js";
import { INSPECT, inspect, KEYS, keys } from "./inspect.js";
import { explained, explanation, type Explained } from "./explain.js";
import { LOGIN, login } from "./login.js";
import { shown, shownJson } from "./shown.js";
import { Terminal } from "./terminal.js";
import { LOGOUT, logout } from "./logout.js";
import { TOKEN, token } from "./token.js";
import { VERIFY, verify } from "./verify.js";
import type { CommandSpec, Words } from "./words.js";

type Run = (words: Words, terminal: Terminal) => Promise<ExitCode>;

const COMMANDS: readonly (readonly [CommandSpec, Run])[] = [
  [LOGIN, login],
  [TOKEN, token],
  [LOGOUT, logout],
  [VERIFY, verify],
  [INSPECT, inspect],
  [KEYS, keys],
];

/** Runs the command line. */
export async function main(version: string): Promise<void> {
  const terminal = new Terminal();
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error) => {
      // Whoever reads has seen enough.
      if (error.code === "EPIPE") process.exit();
      throw error;
    });
  }
  process.exitCode = await run(process.argv.slice(2), version, terminal);
}

async function run(args: readonly string[], version: string, terminal: Terminal): Promise<ExitCode> {
  const [name, ...rest] = args;
  const specs = COMMANDS.map(([spec]) => spec);
  if (name === "--version") {
    terminal.print(version);
    return EXIT.good;
  }
  const asked = name === "help" ? rest[0] : name;
  const command = COMMANDS.find(([spec]) => spec.name === asked);
  if (asked === undefined || asked === "--help" || asked === "-h") {
    if (name === undefined) terminal.say(overview(specs));
    else terminal.print(overview(specs).trimEnd());
    return name === undefined ? EXIT.usage : EXIT.good;
  }
  try {
    if (command === undefined) throw unknownCommand(asked, specs);
    const [spec, perform] = command;
    if (name === "help" || rest.includes("--help") || rest.includes("-h")) {
      terminal.print(helpOf(spec).trimEnd());
      return EXIT.good;
    }
    return await perform(readWords(spec, rest), terminal);
  } catch (thrown) {
    return failed(thrown, args, terminal);
  }
}

function unknownCommand(name: string, specs: readonly CommandSpec[]): UsageError {
  const near = nearest(
    name,
    specs.map((spec) => spec.name),
  );
  return new UsageError(`there is no command ${name}.${near === undefined ? "" : ` Did you mean ${near}?`}`);
}

/** What ended a command before it had a result. */
function failed(thrown: unknown, args: readonly string[], terminal: Terminal): ExitCode {
  const { messageStyle: style } = terminal;
  const error = explained(thrown) ?? (thrown instanceof CliAuthError ? explained(thrown.cause) : undefined);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const isUsage = thrown instanceof UsageError;
  const code = thrown instanceof CliAuthError ? thrown.code : (error?.code ?? (isUsage ? "usage" : "failed"));
  if (args.includes("--json")) terminal.print(shownJson({ error: { ...error, code, message } }));
  terminal.say(`${style.bad("countersign")}: ${code === "usage" ? "" : `${code}: `}${shown(message)}`);
  if (error !== undefined) terminal.say(...explanation(error, style, "    "));
  if (!isUsage) return exitOf(thrown, error);
  const command = COMMANDS.find(([spec]) => spec.name === args[0])?.[0].name;
  terminal.say(`See countersign ${command === undefined ? "" : `${command} `}--help`);
  return EXIT.usage;
}

function exitOf(thrown: unknown, error: Explained | undefined): ExitCode {
  if (thrown instanceof CliAuthError) {
    if (thrown.code === "signed_out") return EXIT.signedOut;
    if (thrown.code === "aborted") return EXIT.interrupted;
    return thrown.code === "timed_out" || thrown.code === "device_unsupported" ? EXIT.refused : EXIT.usage;
  }
  // The server has said no, and will say it again.
  if (error?.code === "resource_refused") return EXIT.refused;
  if (error === undefined || error.status === 503 || error.status === 500) return EXIT.notJudged;
  return EXIT.refused;
}
