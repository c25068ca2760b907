//! TypeScript, as prettier writes it.

use std::fmt::{Display, Write as _};

/// The `printWidth` of .prettierrc.json.
const WIDTH: usize = 120;

/// A module in the making.
pub(crate) struct File {
    text: String,
}

impl File {
    /// Begins with a comment.
    pub(crate) fn new(remark: &str) -> Self {
        Self { text: format!("// {remark}\n") }
    }

    pub(crate) fn into_text(self) -> String {
        self.text
    }

    /// A type of the given strings.
    pub(crate) fn union(&mut self, name: &str, remark: &str, members: &[&str]) {
        let head = format!("export type {name} =");
        let members: Vec<String> = members.iter().map(|member| format!("\"{member}\"")).collect();
        let line = members.join(" | ");
        let lines = [format!("{head} {line};"), format!("{head}\n  {line};")];
        let fitting = lines.into_iter().find(|text| text.lines().all(fits));
        let code = fitting.unwrap_or_else(|| format!("{head}\n  | {};", members.join("\n  | ")));
        self.item(remark, &code);
    }

    /// An array of the given strings, which are its type too.
    pub(crate) fn list(&mut self, name: &str, remark: &str, members: &[&str]) {
        let members: Vec<String> = members.iter().map(|member| format!("\"{member}\"")).collect();
        let line = format!("export const {name} = [{}] as const;", members.join(", "));
        let code = if fits(&line) {
            line
        } else {
            format!("export const {name} = [\n  {},\n] as const;", members.join(",\n  "))
        };
        self.item(remark, &code);
    }

    /// An object whose values are code.
    pub(crate) fn record<'a>(
        &mut self,
        name: &str,
        remark: &str,
        members: impl IntoIterator<Item = (&'a str, String)>,
    ) {
        let lines: String = members.into_iter().fold(String::new(), |mut lines, (key, value)| {
            // A `String` takes whatever is written.
            let _ = writeln!(lines, "  {key}: {value},");
            lines
        });
        self.item(remark, &format!("export const {name} = {{\n{lines}}} as const;"));
    }

    /// A text with double quotes and no single ones.
    pub(crate) fn text(&mut self, name: &str, remark: &str, value: &str) {
        let line = format!("export const {name} = '{value}';");
        let code = if fits(&line) { line } else { format!("export const {name} =\n  '{value}';") };
        self.item(remark, &code);
    }

    pub(crate) fn number(&mut self, name: &str, remark: &str, value: impl Display) {
        self.item(remark, &format!("export const {name} = {};", number(value)));
    }

    fn item(&mut self, remark: &str, code: &str) {
        let _ = write!(self.text, "\n/** {remark} */\n{code}\n");
    }
}

fn fits(line: &str) -> bool {
    line.chars().count() <= WIDTH
}

/// A whole number with its digits in groups of three, from five on.
pub(crate) fn number(value: impl Display) -> String {
    let digits: Vec<char> = value.to_string().chars().collect();
    let groups: Vec<String> = digits.rchunks(3).rev().map(|group| group.iter().collect()).collect();
    groups.join(if digits.len() < 5 { "" } else { "_" })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn groups_digits() {
        let text = [300, 1000, 16_384, 100_000, 1_048_576].map(number).join(" ");
        assert_eq!(text, "300 1000 16_384 100_000 1_048_576");
    }

    #[test]
    fn breaks_lines_that_are_too_long() {
        let mut file = File::new("a file");
        file.union("A", "short", &["a", "b"]);
        let half = "x".repeat(50);
        file.union("B", "broken once", &[half.as_str(), half.as_str()]);
        file.union("C", "broken everywhere", &[half.as_str(), half.as_str(), half.as_str()]);
        file.list("D", "broken", &[half.as_str(), half.as_str(), half.as_str()]);
        let broken = [
            "// a file\n\n/** short */\nexport type A = \"a\" | \"b\";\n",
            &format!("\n/** broken once */\nexport type B =\n  \"{half}\" | \"{half}\";\n"),
            &format!("\n/** broken everywhere */\nexport type C =\n  | \"{half}\"\n  | \"{half}\"\n  | \"{half}\";\n"),
            &format!("\n/** broken */\nexport const D = [\n  \"{half}\",\n  \"{half}\",\n  \"{half}\",\n] as const;\n"),
        ];
        assert_eq!(file.into_text(), broken.concat());
    }
}
