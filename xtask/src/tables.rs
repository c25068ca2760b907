//! `cargo xtask tables`: js/tables.ts, the names and numbers of the core that JavaScript has to know before it is loaded;
//! js/presets/index.ts and js/cli/vendors.ts, the core's table of vendors; js/checks/remedies.ts, the reference of errors.

use std::fs;

use crate::failure::{Doing, Failure, Result};
use crate::process::ask;
use crate::workspace::Workspace;

/// The files, and what the package that prints them is told.
const FILES: [(&str, &[&str]); 4] = [
    ("js/tables.ts", &[]),
    ("js/presets/index.ts", &["presets"]),
    ("js/cli/vendors.ts", &["vendors"]),
    ("js/checks/remedies.ts", &["remedies"]),
];
/// The package that asks the core and prints a file.
const PACKAGE: &str = "countersign-tables";

/// Writes the files that are not what the core says.
pub(crate) fn write(workspace: &Workspace) -> Result {
    for (file, words) in FILES {
        let text = text(workspace, words)?;
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
        if workspace.read(file)? != text(workspace, words)? {
            return Err(Failure::new(format!("{file} is not what the core says: run `cargo xtask tables`")));
        }
    }
    Ok(())
}

fn text(workspace: &Workspace, words: &[&str]) -> Result<String> {
    let arguments = [&["run", "--quiet", "--locked", "--package", PACKAGE, "--"], words].concat();
    let text = ask(workspace.cargo().args(&arguments))
        .doing(format_args!("`cargo {}` failed: run it by hand to see why", arguments.join(" ")))?;
    Ok(text + "\n")
}
