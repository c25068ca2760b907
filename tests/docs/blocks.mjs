// The code blocks of a Markdown file, as their readers will copy them.

/**
 * Answers { name, line, language, words, code, notRun }: `words` are what follows the language, and `notRun` is the reason
 * that a comment `<!-- not run: … -->` right before the block gives.
 */
export function blocksOf(file, text) {
  const blocks = [];
  const lines = text.split("\n");
  let open;
  let notRun;
  lines.forEach((line, index) => {
    const fence = /^( *)```(.*)$/.exec(line);
    if (open === undefined) {
      const comment = /^ *<!-- not run: (.+) -->$/.exec(line);
      if (comment) notRun = comment[1];
      if (fence) {
        const [language = "", ...words] = fence[2].split(/[ ,]/).filter(Boolean);
        open = { name: `${file}:${index + 1}`, indent: fence[1].length, language, words, code: [], notRun };
      }
      if (fence || (line.trim() !== "" && !comment)) notRun = undefined;
    } else if (fence && fence[2] === "") {
      const { indent, code, ...block } = open;
      blocks.push({ ...block, code: `${code.map((text) => text.slice(indent)).join("\n")}\n` });
      open = undefined;
    } else {
      open.code.push(line);
    }
  });
  if (open) throw new Error(`${open.name}: the code block has no end`);
  return blocks;
}

/** The text without its code blocks. */
export const prose = (text) => text.replace(/^ *```[^]*?^ *```$/gm, "");
