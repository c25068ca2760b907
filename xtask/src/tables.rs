//! `cargo xtask tables`: js/tables.ts, the names and numbers of the core that JavaScript has to know before it is loaded.

use std::fs;

use crate::failure::{Doing, Failure, Result};
use crate::process::ask;
use crate::workspace::Workspace;

const FILE: &str = "js/tables.ts";
/// The package that asks the core and prints the file.
const PACKAGE: &str = "countersign-tables";

/// Writes the file, if it is not what the core says.
pub(crate) fn write(workspace: &Workspace) -> Result {
    let text = text(workspace)?;
    if workspace.read(FILE).is_ok_and(|present| present == text) {
        return Ok(());
    }
    fs::write(workspace.path(FILE), text).doing(format_args!("cannot write {FILE}"))
}

/// Fails where the file is not what the core says.
pub(crate) fn check(workspace: &Workspace) -> Result {
    if workspace.read(FILE)? == text(workspace)? {
        Ok(())
    } else {
        Err(Failure::new(format!("{FILE} is not what the core says: run `cargo xtask tables`")))
    }
}

fn text(workspace: &Workspace) -> Result<String> {
    let arguments = ["run", "--quiet", "--locked", "--package", PACKAGE];
    let text = ask(workspace.cargo().args(arguments))
        .doing(format_args!("`cargo {}` failed: run it by hand to see why", arguments.join(" ")))?;
    Ok(text + "\n")
}
