import { parseArgs } from "node:util";
import { UsageError } from "./exit.js";
import { PRESET_OPTIONS } from "./vendor-options.js";
import { kebab, type CommandSpec, type OptionSpec, type Words } from "./words.js";

/** Options that every command has. */
export const COMMON: Readonly<Record<string, OptionSpec>> = {
  json: { what: "Print one JSON document in place of text." },
  help: { what: "Print this." },
};

/** The options of a command, with those of the presets. */
export const optionsOf = (spec: CommandSpec): Readonly<Record<string, OptionSpec>> => ({
  ...(spec.presets === undefined ? {} : PRESET_OPTIONS[spec.presets]),
  ...spec.options,
  ...COMMON,
});

/** Reads the words behind the name of a command. @throws UsageError */
export function readWords(spec: CommandSpec, args: readonly string[]): Words {
  const specs = optionsOf(spec);
  const options = Object.fromEntries(
    Object.entries(specs).map(([name, { value, multiple }]) => [
      name,
      {
        type: value === undefined ? ("boolean" as const) : ("string" as const),
        ...(value === undefined ? {} : { multiple: true }),
        ...(name === "help" ? { short: "h" } : {}),
        ...(multiple === undefined ? {} : { multiple }),
      },
    ]),
  );
  const { values, positionals } = parsed(spec, args, options);
  const all = (name: string) => {
    const value = values[name];
    return Array.isArray(value) ? (value as readonly string[]) : [];
  };
  for (const [name, { value, multiple }] of Object.entries(specs)) {
    if (value === undefined || multiple === true) continue;
    if (all(name).length > 1) throw new UsageError(`--${name} is there twice`);
  }
  return {
    operands: positionals,
    has: (name) => values[name] !== undefined,
    one: (name) => all(name)[0],
    all: (name) => (all(name).length === 0 ? undefined : (all(name) as readonly [string, ...string[]])),
    count: (name) => {
      const text = all(name)[0];
      if (text === undefined) return undefined;
      if (!/^\d{1,9}$/.test(text)) throw new UsageError(`--${name} wants a whole number of seconds, not ${text}`);
      return Number(text);
    },
  };
}

type Parsed = ReturnType<typeof parseArgs>;

function parsed(
  spec: CommandSpec,
  args: readonly string[],
  options: Parameters<typeof parseArgs>[0]["options"],
): Parsed {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    const { message } = error as Error;
    const [, unknown] = /^Unknown option '(-[^']*)'/.exec(message) ?? [];
    if (unknown === undefined) throw new UsageError(message.split("\n")[0] ?? message);
    const near = nearest(unknown.replace(/^-+/, ""), Object.keys(options));
    const hint = near === undefined ? "" : `. Did you mean --${near}?`;
    throw new UsageError(`countersign ${spec.name} has no option ${unknown}${hint}`);
  }
}

/** The one of `names` that a slip of the fingers is nearest to. */
export function nearest(word: string, names: readonly string[]): string | undefined {
  const wanted = kebab(word);
  const ranked = names.map((name) => ({ name, distance: distance(wanted, name) }));
  const best = ranked.sort((a, b) => a.distance - b.distance)[0];
  return best !== undefined && best.distance <= Math.max(1, Math.floor(wanted.length / 3)) ? best.name : undefined;
}

/** Levenshtein's, of texts that are short. */
function distance(from: string, to: string): number {
  if (from.length > 64) return Infinity;
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (let left = 0; left < from.length; left += 1) {
    const next = [left + 1];
    for (let right = 0; right < to.length; right += 1) {
      const change = (row[right] ?? 0) + (from[left] === to[right] ? 0 : 1);
      next.push(Math.min(change, (row[right + 1] ?? 0) + 1, (next[right] ?? 0) + 1));
    }
    row = next;
  }
  return row[to.length] ?? Infinity;
}
