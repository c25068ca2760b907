//! Whether anything changed since the last time: a hash over input files, kept beside the output.

use std::fs;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::{Path, PathBuf};

use crate::failure::{Doing, Result};
use crate::workspace::Workspace;

/// The state of some input files, and where the state of the last build is kept.
pub(super) struct Fingerprint {
    stamp: PathBuf,
    hash: String,
}

impl Fingerprint {
    /// Over `inputs` (files or folders, relative to the root; a missing one counts as empty).
    pub(super) fn of(workspace: &Workspace, name: &str, inputs: &[&str]) -> Result<Self> {
        let mut hasher = DefaultHasher::new();
        for input in inputs {
            for file in workspace.files(input)? {
                file.hash(&mut hasher);
                fs::read(&file).doing(format_args!("cannot read {}", file.display()))?.hash(&mut hasher);
            }
        }
        Ok(Self { stamp: workspace.path(&Self::stamp(name)), hash: format!("{:016x}", hasher.finish()) })
    }

    /// Where the state of a build is kept, for what is built from it.
    pub(super) fn stamp(name: &str) -> String {
        format!("target/xtask/{name}")
    }

    /// Whether the last build saw the same, and `outputs` are still there.
    pub(super) fn is_current(&self, outputs: &[&Path]) -> bool {
        fs::read_to_string(&self.stamp).is_ok_and(|last| last == self.hash)
            && outputs.iter().all(|output| output.is_file())
    }

    /// To be called when the build succeeded.
    pub(super) fn keep(&self) -> Result {
        let folder = self.stamp.parent().doing("a stamp without folder")?;
        fs::create_dir_all(folder)
            .and_then(|()| fs::write(&self.stamp, &self.hash))
            .doing(format_args!("cannot write {}", self.stamp.display()))
    }
}
