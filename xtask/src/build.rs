//! `cargo xtask build`: the wasm artifacts of wasm-pack.toml, then the npm package.

mod core;
mod fingerprint;
mod package;

use std::path::PathBuf;

use crate::failure::Result;
use crate::setup::Tools;
use crate::workspace::Workspace;

/// Builds what changed. Answers the packed npm package.
pub(crate) fn run(workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    for artifact in workspace.matrix()?.artifact.values() {
        core::build(workspace, tools, artifact)?;
    }
    package::assemble(workspace)
}

/// The optimised WebAssembly of an artifact, in the assembled package.
pub(crate) fn packaged_wasm(workspace: &Workspace, name: &str) -> PathBuf {
    workspace.path(&format!("pkg/dist/core/{name}.wasm"))
}
