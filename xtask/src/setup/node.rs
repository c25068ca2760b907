//! The npm tools of package-lock.json.

use std::fs;

use super::Step;
use crate::failure::{Doing, Failure, Result};
use crate::process::{ask, watch};
use crate::workspace::Workspace;

const OLDEST_NODE: u32 = 20;
/// A copy of the lock that node_modules was installed from.
const INSTALLED: &str = "node_modules/.countersign-lock.json";
const LOCK: &str = "package-lock.json";

pub(super) struct Packages<'a> {
    workspace: &'a Workspace,
}

impl<'a> Packages<'a> {
    pub(super) fn of(workspace: &'a Workspace) -> Self {
        Self { workspace }
    }
}

impl Step for Packages<'_> {
    fn name(&self) -> String {
        "npm tools".to_owned()
    }

    fn state(&self) -> std::result::Result<String, String> {
        let read = |path: &str| fs::read(self.workspace.path(path)).ok();
        if read(LOCK).is_some() && read(LOCK) == read(INSTALLED) {
            Ok("node_modules is that of package-lock.json".to_owned())
        } else {
            Err("run `npm ci`, about a minute".to_owned())
        }
    }

    fn install(&self) -> Result {
        let version = ask(self.workspace.command("node").arg("--version")).unwrap_or_default();
        let major = version.trim_start_matches('v').split('.').next().and_then(|n| n.parse().ok());
        if major.is_none_or(|major: u32| major < OLDEST_NODE) {
            return Err(Failure::new(format!(
                "Node {OLDEST_NODE} or later with npm is needed: install it from https://nodejs.org (found: {})",
                if version.is_empty() { "none" } else { &version }
            )));
        }
        watch(self.workspace.npm().args(["ci", "--no-audit", "--no-fund"]))?;
        fs::copy(self.workspace.path(LOCK), self.workspace.path(INSTALLED))
            .doing(format_args!("cannot write {INSTALLED}"))
            .map(drop)
    }
}
