// Numbers as Markdown tables.

/** Of numbers that a reader compares: three digits, no more. */
export const short = (number) => (number >= 100 ? String(Math.round(number)) : String(Number(number.toPrecision(3))));

/** `header` and each of `rows` are lists of cells. `column` is how those after the first are aligned. */
export function table(header, rows, column = "---:") {
  const line = (cells) => `| ${cells.join(" | ")} |`;
  const rule = ["---", ...header.slice(1).map(() => column)];
  return [header, rule, ...rows].map(line).join("\n");
}

/** Of one host: a row per library, a column per scenario. `baseline` is the library that the ratios are to. */
export function timesTable(times, ids, baseline, clock = "wall") {
  const names = [...new Set(ids.flatMap((id) => Object.keys(times[id] ?? {})))];
  const cell = (id, name) => {
    const entry = times[id]?.[name]?.[clock];
    if (entry === undefined) return "–";
    const floor = times[id][baseline]?.[clock];
    const ratio = floor && name !== baseline ? ` ×${short(entry.median / floor.median)}` : "";
    return `${short(entry.median)}${ratio} ±${spread(entry)} %`;
  };
  return table(
    ["µs", ...ids],
    names.map((name) => [name, ...ids.map((id) => cell(id, name))]),
  );
}

/** Half of what lies between the quartiles, as a percentage of the median. */
const spread = ({ median, low, high }) => Math.round(((high - low) / 2 / median) * 100);
