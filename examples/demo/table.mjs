// A table for the terminal.

const headings = ["", "host", "case", "HTTP", "error code", "claims or reason", "µs"];
const widest = 72;

/** Rows are { ok, host, name, status?, code?, detail?, microseconds? }. */
export function table(rows) {
  const cells = rows.map(({ ok, host, name, status, code, detail, microseconds }) =>
    [ok ? "✓" : "✗", host, name, status ?? "", code ?? "", shorten(detail ?? ""), microseconds ?? ""].map(String),
  );
  const widths = headings.map((heading, column) =>
    Math.max(...[headings, ...cells].map((row) => [...row[column]].length)),
  );
  const line = (row) =>
    row
      .map((text, column) => (column === row.length - 1 ? text.padStart(widths[column]) : text.padEnd(widths[column])))
      .join("  ");
  return [line(headings), widths.map((width) => "─".repeat(width)).join("  "), ...cells.map(line)].join("\n");
}

const shorten = (text) => (text.length > widest ? `${text.slice(0, widest - 1)}…` : text);
