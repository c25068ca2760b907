//! `cargo xtask tables`: js/tables.ts, the names and numbers of the core that JavaScript has to know before it is loaded;
//! js/presets/index.ts and js/cli/vendors.ts, the core's table of vendors; js/checks/remedies.ts, the reference of errors; and
//! the table of providers, in js/providers/index.ts and in their guide.

use std::fs;

use crate::failure::{Doing, Failure, Result};
use crate::process::ask;
use crate::workspace::Workspace;

/// The files, and what the package that prints them is told.
const FILES: [(&str, &[&str]); 6] = [
    ("js/tables.ts", &[]),
    ("js/presets/index.ts", &["presets"]),
    ("js/providers/index.ts", &["providers"]),
    ("js/cli/vendors.ts", &["vendors"]),
    ("js/checks/remedies.ts", &["remedies"]),
    (GUIDE, &["providers-guide"]),
];
/// A page of which the table alone is printed, between these marks.
const GUIDE: &str = "docs/guides/providers.md";
const MARKS: [&str; 2] =
    ["<!-- The table: `cargo xtask tables` writes it. -->\n\n", "\n<!-- The end of the table. -->"];
/// The package that asks the core and prints a file.
const PACKAGE: &str = "countersign-tables";

/// Writes the files that are not what the core says.
pub(crate) fn write(workspace: &Workspace) -> Result {
    for (file, words) in FILES {
        let text = whole(workspace, file, words)?;
        if workspace.read(file).is_ok_and(|present| present == text) {
            continue;
        }
        fs::write(workspace.path(file), text).doing(format_args!("cannot write {file}"))?;
    }
    Ok(())
}

/// Fails where a file is not what the core says.
pub(crate) fn check(workspace: &Workspace) -> Result {
    for (file, words) in FILES {
        if workspace.read(file)? != whole(workspace, file, words)? {
            return Err(Failure::new(format!("{file} is not what the core says: run `cargo xtask tables`")));
        }
    }
    Ok(())
}

/// The whole file, as it should be.
fn whole(workspace: &Workspace, file: &str, words: &[&str]) -> Result<String> {
    let text = text(workspace, words)?;
    if file != GUIDE {
        return Ok(text);
    }
    let page = workspace.read(file)?;
    let parts = page.split_once(MARKS[0]).and_then(|(before, rest)| Some((before, rest.split_once(MARKS[1])?.1)));
    let (before, after) = parts.ok_or_else(|| Failure::new(format!("{file} has no marks around its table")))?;
    Ok([before, MARKS[0], &text, MARKS[1], after].concat())
}

fn text(workspace: &Workspace, words: &[&str]) -> Result<String> {
    let arguments = [&["run", "--quiet", "--locked", "--package", PACKAGE, "--"], words].concat();
    let text = ask(workspace.cargo().args(&arguments))
        .doing(format_args!("`cargo {}` failed: run it by hand to see why", arguments.join(" ")))?;
    Ok(text + "\n")
}
