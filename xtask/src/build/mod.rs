//! `cargo xtask build`: the wasm artifacts of wasm-pack.toml, then the npm package.

mod core;
mod fingerprint;
mod notices;
mod package;

pub(crate) use core::{WASM_OPT, wasm_pack, wasm_pack_build};
pub(crate) use package::TYPESCRIPT;

use std::path::PathBuf;

use crate::failure::Result;
use crate::setup::Tools;
use crate::workspace::Workspace;

/// Builds what changed. Answers the packed npm package.
pub(crate) fn run(workspace: &Workspace, tools: &Tools) -> Result<PathBuf> {
    for artifact in &workspace.matrix()?.artifacts {
        core::build(workspace, tools, artifact)?;
    }
    package::assemble(workspace)
}
