/** What a terminal or an eye takes for something else than text: controls, bidi and format characters, separators, halves. */
const UNSEEN = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/gu;

/** A text that a provider, a token or a URL has chosen, for one line of a terminal: what is no visible character is written out. */
export const shown = (text: string): string =>
  text.replaceAll(UNSEEN, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);

/** JSON in which strings have no such characters either. It means the same. */
export const shownJson = (value: unknown): string =>
  (JSON.stringify(value, undefined, 2) ?? "null").replaceAll(UNSEEN, (character) =>
    character === "\n" ? character : Array.from({ length: character.length }, (_, at) => unit(character, at)).join(""),
  );

const unit = (text: string, at: number): string => `\\u${text.charCodeAt(at).toString(16).padStart(4, "0")}`;

/** Markdown of the reference: the text of links alone, and code between its marks. */
export const plain = (markdown: string): string => markdown.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1");

/** A date from seconds since 1970, and how far away it is. */
export function dateOf(seconds: number, now: number = Date.now()): string {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return String(seconds);
  const away = Math.round(seconds - now / 1000);
  const [unitName, size] = UNITS.find(([, one]) => Math.abs(away) >= one) ?? (["second", 1] as const);
  const relative = new Intl.RelativeTimeFormat("en", { numeric: "auto" }).format(Math.round(away / size), unitName);
  return `${date.toISOString().replace(/\.000Z$/, "Z")} (${relative})`;
}

const UNITS = [
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
  ["second", 1],
] as const;

/** Columns of a text for people. */
export const WIDTH = 80;

/** Lines of a readable length. */
export function wrapped(text: string, width: number = WIDTH): string {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else line = line === "" ? word : `${line} ${word}`;
  }
  return [...lines, line].join("\n");
}
