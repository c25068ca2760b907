//! Cause and remedy of each error code, out of the reference that people read.

use std::fmt::Write as _;

use countersign::ErrorCode;

const REFERENCE: &str = include_str!("../../../docs/reference/errors.md");

const HEAD: &str = "// Written by `cargo xtask tables` from docs/reference/errors.md: change that.

import type { ErrorCode } from \"../errors.js\";

/** Why an error comes, and what to do about it: Markdown without blocks, with `code` and [links](…) in it. */
export interface Remedy {
  readonly cause: string;
  readonly remedy: string;
}

/** The entries of the reference of errors, by their codes. */
export const REMEDIES: Readonly<Record<ErrorCode, Remedy>> = {
";

pub(crate) fn module() -> String {
    let mut text = HEAD.to_owned();
    for code in ErrorCode::ALL {
        let entry = entry(code.as_str());
        let (cause, remedy) = (part(entry, "- **Cause:**"), part(entry, "- **Remedy:**"));
        // A `String` takes whatever is written.
        let _ = writeln!(text, "  {code}: {{\n    cause: {cause:?},\n    remedy: {remedy:?},\n  }},");
    }
    text.push_str("};\n");
    text
}

/// What is below the heading of a code. That there is one for each, a test of the core makes sure.
fn entry(code: &str) -> &str {
    let below = REFERENCE.split_once(&format!("\n### `{code}`\n")).map_or("", |(_, below)| below);
    let end = below.find("\n#").unwrap_or(below.len());
    below.get(..end).unwrap_or_default()
}

/// One item of the entry's list, on one line.
fn part(entry: &str, name: &str) -> String {
    let text = entry.split_once(name).map_or("", |(_, text)| text);
    let end = [text.find("\n- **"), text.find("\n\n")].into_iter().flatten().min().unwrap_or(text.len());
    text.get(..end).unwrap_or_default().split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_is_what_the_reference_says() {
        let file = include_str!("../../../js/checks/remedies.ts");
        assert!(module() == file, "js/checks/remedies.ts is stale: run `cargo xtask tables`");
    }

    #[test]
    fn every_code_has_both() {
        for code in ErrorCode::ALL {
            for name in ["- **Cause:**", "- **Remedy:**"] {
                assert!(part(entry(code.as_str()), name).len() > 20, "{code} lacks {name}");
            }
        }
    }
}
