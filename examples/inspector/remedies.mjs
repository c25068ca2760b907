// The entries of the error reference: `{ code: { status, cause, remedy } }`, so that the page repeats nothing by hand.

export function remediesOf(markdown) {
  const entries = markdown.split(/^### /m).slice(1);
  return Object.fromEntries(
    entries.map((entry) => {
      const [, code] = /^`(\w+)`/.exec(entry) ?? [];
      const part = (name) => {
        const [, text] =
          new RegExp(`^- \\*\\*${name}:\\*\\* ([^]*?)(?=\\n- \\*\\*|\\n\\n|\\n*$(?![^]))`, "m").exec(entry) ?? [];
        if (code === undefined || text === undefined) throw new Error(`the entry ${entry.slice(0, 40)} has no ${name}`);
        return text.replace(/\s+/g, " ").trim();
      };
      return [code, { status: Number(part("Status").slice(0, 3)), cause: part("Cause"), remedy: part("Remedy") }];
    }),
  );
}
