import { optionsOf } from "./command-line.js";
import { WIDTH, wrapped } from "./shown.js";
import { PRESET_OPTIONS, vendorsFor } from "./vendor-options.js";
import { kebab, type CommandSpec, type OptionSpec, type PresetPurpose } from "./words.js";

const EXITS = `Exit status
  0   done: the token is accepted, nothing is wrong
  1   refused: the token is bad, the issuer is at fault, the sign-in was denied
  2   the command line, or a file that it names, cannot be used
  3   not judged: keys, metadata or a server cannot be had at the moment;
      logout: the files are deleted, and the tokens were not revoked
  4   nobody is signed in: countersign login
  130 interrupted`;

const ENVIRONMENT = `Environment
  BROWSER             the program that opens addresses; default: the system's
  COUNTERSIGN_FOLDER  where the files of accounts are, as --folder says
  NO_COLOR            no colours, if it is not empty`;

const SECRETS = `Tokens and secrets do not belong on a command line, where other users of the
machine and the history of the shell have them: use - (the standard input) or an
environment variable. Results go to the standard output, everything else to the
standard error. Colours are for terminals, and NO_COLOR turns them off.`;

/** The help of the program. */
export function overview(commands: readonly CommandSpec[]): string {
  const width = Math.max(...commands.map(({ name }) => name.length)) + 4;
  const rows = commands.map(({ name, summary }) => {
    const text = wrapped(summary, WIDTH - width).replaceAll("\n", `\n${" ".repeat(width)}`);
    return `  ${name.padEnd(width - 2)}${text}`;
  });
  return `countersign COMMAND [OPTION…]

${rows.join("\n")}

countersign COMMAND --help tells of a command, countersign --version the version.

${SECRETS}

${ENVIRONMENT}

${EXITS}
`;
}

/** The help of a command. */
export function helpOf(spec: CommandSpec): string {
  const { name, operand, summary, text, examples, presets } = spec;
  const own = Object.entries(optionsOf(spec)).filter(
    ([option]) => presets === undefined || spec.options[option] !== undefined || !(option in PRESET_OPTIONS[presets]),
  );
  const parts = [
    `countersign ${name}${operand === undefined ? "" : ` ${operand}`} [OPTION…]`,
    wrapped(summary),
    ...text.map((paragraph) => wrapped(paragraph)),
    `Options\n${rows(own)}`,
    ...(presets === undefined ? [] : [`Presets\n${presetRows(presets)}`]),
    `Examples\n${examples.map((example) => `  ${example}`).join("\n")}`,
    EXITS,
  ];
  return `${parts.join("\n\n")}\n`;
}

function rows(options: readonly (readonly [string, OptionSpec])[]): string {
  return options
    .map(([name, { value, what, multiple }]) => {
      const head = `  --${name}${value === undefined ? "" : ` ${value}`}${multiple === true ? " …" : ""}`;
      const body = wrapped(what, WIDTH - 6).replaceAll("\n", "\n      ");
      return `${head}\n      ${body}`;
    })
    .join("\n");
}

/** Each preset with what it wants. */
function presetRows(presets: PresetPurpose): string {
  return vendorsFor(presets)
    .map(([name, { title, parameters }]) => {
      const wanted = parameters.filter(({ list }) => presets === "tokens" || list !== true);
      const words = wanted.map(({ name: parameter, example, optional }) => {
        const word = `--${kebab(parameter)} ${example}`;
        return optional === true ? `[${word}]` : word;
      });
      return `  --${kebab(name)}  ${title}${words.map((word) => `\n      ${word}`).join("")}`;
    })
    .join("\n");
}
