//! One artifact: wasm-pack, then wasm-opt.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use super::fingerprint::Fingerprint;
use crate::failure::{Doing, Result};
use crate::matrix::{Artifact, Matrix};
use crate::process::watch;
use crate::setup::Tools;
use crate::workspace::Workspace;

/// npm's `binaryen`: what compilers emit today is beyond the wasm-opt of distributions.
pub(crate) const WASM_OPT: &str = "node_modules/binaryen/bin/wasm-opt";

const INPUTS: [&str; 8] = [
    "arithmetic",
    "src",
    "wasm",
    "Cargo.toml",
    "Cargo.lock",
    "wasm-pack.toml",
    "node_modules/binaryen/package.json",
    "xtask/src/build/core.rs",
];

/// The optimised wasm and the glue of an artifact.
pub(super) struct Output {
    pub(super) wasm: PathBuf,
    pub(super) glue: PathBuf,
}

impl Output {
    pub(super) fn of(workspace: &Workspace, artifact: &Artifact) -> Self {
        let folder = folder(workspace, artifact);
        Self {
            wasm: folder.join(format!("{}.wasm", artifact.name)),
            glue: folder.join(format!("{}.js", artifact.out_name())),
        }
    }
}

fn folder(workspace: &Workspace, artifact: &Artifact) -> PathBuf {
    workspace.path("target/wasm-pack").join(&artifact.name)
}

pub(super) fn build(workspace: &Workspace, tools: &Tools, artifact: &Artifact) -> Result {
    let output = Output::of(workspace, artifact);
    let fingerprint = Fingerprint::of(workspace, &artifact.name, &INPUTS)?;
    if fingerprint.is_current(&[&output.wasm, &output.glue]) {
        return Ok(());
    }
    let began = Instant::now();
    println!("Building {}.wasm with wasm-pack (features: {}) …", artifact.name, artifact.features.join(", "));
    let folder = folder(workspace, artifact);
    watch(&mut wasm_pack_build(workspace, tools, artifact, &folder)?)?;

    let raw = folder.join(format!("{}_bg.wasm", artifact.out_name()));
    let mut wasm_opt = workspace.node(WASM_OPT);
    wasm_opt.arg(&raw).args(&artifact.wasm_opt).arg("--output").arg(&output.wasm);
    watch(&mut wasm_opt)?;
    let size = |path| fs::metadata(path).map(|file| file.len()).doing("the wasm file");
    println!(
        "      {} bytes, {} after wasm-opt, in {:.0} s",
        size(&raw)?,
        size(&output.wasm)?,
        began.elapsed().as_secs_f64()
    );
    fingerprint.keep()
}

/// wasm-pack with the compiler's flags of an artifact.
pub(crate) fn wasm_pack(workspace: &Workspace, tools: &Tools, artifact: &Artifact) -> Result<Command> {
    let mut wasm_pack = tools.wasm_pack(workspace)?;
    if !artifact.rust_flags.is_empty() {
        wasm_pack
            .env("RUSTFLAGS", artifact.rust_flags.join(" "))
            .env("CARGO_TARGET_DIR", workspace.path("target").join(target(&workspace.matrix()?, artifact)));
    }
    Ok(wasm_pack)
}

/// The folder that cargo builds an artifact in. Dependencies too are built with the flags, and not anew each time that the
/// artifacts take turns; those with the same flags have the same dependencies, and so the folder of the first.
fn target(matrix: &Matrix, artifact: &Artifact) -> String {
    let is_alike = |other: &&Artifact| other.rust_flags == artifact.rust_flags && other.profile == artifact.profile;
    matrix.artifacts.iter().find(is_alike).unwrap_or(artifact).name.clone()
}

/// wasm-pack, about to build the artifact into `folder`.
pub(crate) fn wasm_pack_build(
    workspace: &Workspace,
    tools: &Tools,
    artifact: &Artifact,
    folder: &Path,
) -> Result<Command> {
    let mut wasm_pack = wasm_pack(workspace, tools, artifact)?;
    wasm_pack
        .args(["build", "--target", "web", "--mode", "no-install", "--no-pack", "--no-opt", "--no-typescript"])
        .args(["--profile", &artifact.profile, "--out-name", artifact.out_name(), "--out-dir"])
        .arg(folder)
        .args([&artifact.package, "--locked", "--features", &artifact.features.join(",")]);
    Ok(wasm_pack)
}
