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
            let mut files = Vec::new();
            let path = workspace.path(input);
            walk(&path, &mut files).doing(format_args!("cannot read {}", path.display()))?;
            files.sort();
            for file in files {
                file.hash(&mut hasher);
                fs::read(&file).doing(format_args!("cannot read {}", file.display()))?.hash(&mut hasher);
            }
        }
        Ok(Self { stamp: workspace.path("target/xtask").join(name), hash: format!("{:016x}", hasher.finish()) })
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

fn walk(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            let path = entry?.path();
            if path.file_name().is_none_or(|name| name != "node_modules") {
                walk(&path, files)?;
            }
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
    Ok(())
}
