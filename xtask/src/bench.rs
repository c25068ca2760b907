//! `cargo xtask bench`: builds the libraries in Rust, and hands over to benches/run.mjs.

use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build;
use crate::failure::{Doing, Result};
use crate::process::{self, watch};
use crate::setup::{self, Needs, Tools};
use crate::workspace::Workspace;

const MANIFEST: &str = "benches/Cargo.toml";

pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result<bool> {
    let tools = setup::ensure(workspace, Needs::Everything, false)?;
    let tarball = build::run(workspace, &tools)?;
    // Both locks are of one resolution, so that what is measured is what is tested.
    fs::copy(workspace.path("Cargo.lock"), workspace.path("benches/Cargo.lock"))
        .doing("cannot write benches/Cargo.lock")?;

    let mut command = workspace.node("benches/run.mjs");
    command.args(arguments).env("COUNTERSIGN_TARBALL", tarball);
    let wants = |host: &str| {
        let named = arguments
            .iter()
            .any(|argument| argument.starts_with("--host") || argument == "--guards" || argument == "--sessions");
        !named || arguments.iter().any(|argument| argument == host || *argument == format!("--host={host}"))
    };
    if wants("native") {
        with(&mut command, "COUNTERSIGN_BENCH_NATIVE", native(workspace));
    }
    if wants("node") {
        with(&mut command, "COUNTERSIGN_BENCH_WASM_PEER", jsonwebtoken_in_wasm(workspace, &tools));
    }
    tools.browsers.tell(&mut command);
    process::run(&mut command).map(|()| true)
}

/// Tells `command` where a library is. One that cannot be built here, e.g. for want of a C compiler, is left out.
fn with(command: &mut Command, variable: &str, library: Result<OsString>) {
    match library {
        Ok(place) => drop(command.env(variable, place)),
        Err(reason) => println!("left out: {reason}"),
    }
}

/// The native program with our arithmetic, and with AWS-LC's.
fn native(workspace: &Workspace) -> Result<OsString> {
    let folder = workspace.path("target/bench");
    let program = |name: &str, features: &str| -> Result<PathBuf> {
        println!("Building the native libraries, {name} …");
        let mut cargo = workspace.cargo();
        cargo.args(["build", "--release", "--manifest-path", MANIFEST, "--package", "bench-native"]);
        cargo.args(["--features", features, "--target-dir"]).arg(&folder);
        watch(&mut cargo)?;
        let [from, to] = [folder.join("release/bench-native"), folder.join(name)];
        fs::copy(&from, &to).doing(format_args!("cannot copy {}", from.display()))?;
        Ok(to)
    };
    let programs = [program("bench-native-own", "")?, program("bench-native-aws-lc-rs", "aws-lc-rs")?];
    std::env::join_paths(programs).doing("target/bench")
}

/// The crate jsonwebtoken as a module for Node.
fn jsonwebtoken_in_wasm(workspace: &Workspace, tools: &Tools) -> Result<OsString> {
    let folder = workspace.path("target/bench/jsonwebtoken-wasm");
    println!("Building the crate jsonwebtoken with wasm-pack …");
    let mut wasm_pack = tools.wasm_pack(workspace)?;
    wasm_pack
        .args(["build", "--target", "nodejs", "--mode", "no-install", "--no-pack", "--no-opt", "--no-typescript"])
        .args(["--release", "--out-name", "jsonwebtoken", "--out-dir"])
        .arg(&folder)
        .arg("benches/jsonwebtoken-wasm");
    watch(&mut wasm_pack)?;
    optimized(workspace, &folder.join("jsonwebtoken_bg.wasm"))?;
    // CommonJS, wherever it lies.
    fs::write(folder.join("package.json"), "{}\n").doing("target/bench/jsonwebtoken-wasm/package.json")?;
    Ok(folder.join("jsonwebtoken.js").into())
}

/// With the passes that our own artifact gets.
fn optimized(workspace: &Workspace, wasm: &Path) -> Result {
    let matrix = workspace.matrix()?;
    let full = matrix.artifacts.iter().find(|artifact| artifact.table == "engine").doing("no [artifact.engine]")?;
    watch(workspace.node(build::WASM_OPT).arg(wasm).args(&full.wasm_opt).arg("--output").arg(wasm))
}
