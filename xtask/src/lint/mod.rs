//! `cargo xtask lint`: every check, past the first that fails.

mod arrows;

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use crate::build::TYPESCRIPT;
use crate::failure::Result;
use crate::process;
use crate::setup::Tools;
use crate::tables;
use crate::workspace::Workspace;

const ALL_WARNINGS: [&str; 3] = ["--", "--deny", "warnings"];

struct Check {
    name: String,
    command: Command,
}

/// Runs the checks over the sources and over the packed package. Answers whether all are content.
pub(crate) fn run(workspace: &Workspace, tools: &Tools, tarball: &Path) -> Result<bool> {
    let mut checks = rust(workspace);
    checks.extend(wasm(workspace, tools)?);
    checks.extend(javascript(workspace, tarball)?);
    checks.extend(dependencies(workspace));

    let mut failed = Vec::new();
    let own = [
        ("arrows", arrows::check(workspace).map(|seen| format!(", {seen} imports"))),
        ("tables", tables::check(workspace).map(|()| String::new())),
    ];
    for (name, outcome) in own {
        println!("── {name}");
        match outcome {
            Ok(remark) => println!("   ok{remark}"),
            Err(failure) => {
                println!("   {failure}");
                failed.push(name.to_owned());
            }
        }
    }
    for Check { name, mut command } in checks {
        let began = Instant::now();
        println!("── {name}");
        if let Err(failure) = process::run(&mut command) {
            println!("   {failure}");
            failed.push(name);
        } else {
            println!("   ok, {:.1} s", began.elapsed().as_secs_f64());
        }
    }
    if failed.is_empty() {
        println!("\nNothing to criticise.");
    } else {
        println!("\nNot content: {}", failed.join(", "));
    }
    Ok(failed.is_empty())
}

fn check(name: &str, mut command: Command, arguments: &[&str]) -> Check {
    command.args(arguments);
    Check { name: name.to_owned(), command }
}

fn clippy(name: &str, mut command: Command, arguments: &[&str]) -> Check {
    command.args(["clippy", "--quiet", "--locked"]).args(arguments);
    check(&format!("clippy ({name})"), command, &ALL_WARNINGS)
}

fn rust(workspace: &Workspace) -> Vec<Check> {
    let mut rustdoc = workspace.cargo();
    rustdoc.env("RUSTDOCFLAGS", "--deny warnings");
    vec![
        check("rustfmt", workspace.cargo(), &["fmt", "--all", "--check"]),
        // A workspace of its own.
        check(
            "rustfmt (benches)",
            workspace.cargo(),
            &["fmt", "--all", "--check", "--manifest-path", "benches/Cargo.toml"],
        ),
        clippy("default features", workspace.cargo(), &["--workspace", "--all-targets"]),
        clippy(
            "no engine",
            workspace.cargo(),
            &["--package", "countersign", "--no-default-features", "--features", "std"],
        ),
        check("no_std", workspace.cargo(), &["check", "--quiet", "--locked", "--lib", "--no-default-features"]),
        clippy(
            "jsonwebtoken",
            workspace.cargo(),
            &["--package", "countersign", "--all-targets", "--features", "jsonwebtoken"],
        ),
        clippy("reqwest", workspace.cargo(), &["--package", "countersign", "--all-targets", "--features", "reqwest"]),
        clippy("session", workspace.cargo(), &["--package", "countersign", "--all-targets", "--features", "session"]),
        clippy("testing", workspace.cargo(), &["--package", "countersign", "--all-targets", "--features", "testing"]),
        clippy(
            "tower",
            workspace.cargo(),
            &["--package", "countersign-tower", "--all-targets", "--features", "session,testing"],
        ),
        clippy(
            "aws-lc-rs",
            workspace.cargo(),
            &["--package", "countersign", "--all-targets", "--features", "aws-lc-rs"],
        ),
        check(
            "rustdoc",
            rustdoc,
            &[
                "doc",
                "--quiet",
                "--locked",
                "--no-deps",
                "--package",
                "countersign",
                "--package",
                "countersign-arithmetic",
                "--package",
                "countersign-tower",
                "--features",
                "countersign/jsonwebtoken,countersign/reqwest,countersign/session,countersign/testing,countersign-tower/axum,\
                 countersign-tower/session",
            ],
        ),
    ]
}

/// The artifacts as wasm-pack builds them, where the wasm toolchain has clippy.
fn wasm(workspace: &Workspace, tools: &Tools) -> Result<Vec<Check>> {
    let cargo = || {
        let mut command = workspace.command("cargo");
        tools.for_wasm(workspace, &mut command);
        command
    };
    if process::ask(cargo().args(["clippy", "--version"])).is_none() {
        println!("── clippy, wasm32: left out, since the toolchain of the wasm builds has no clippy");
        return Ok(Vec::new());
    }
    let artifacts = workspace.matrix()?.artifacts;
    let checks = artifacts.iter().map(|artifact| {
        let features = artifact.features.join(",");
        // The members of the workspace that the artifact consists of are checked with it.
        let manifest = format!("{}/Cargo.toml", artifact.package);
        let arguments = ["--manifest-path", &manifest, "--target", "wasm32-unknown-unknown", "--features", &features];
        clippy(&format!("wasm32 {}", artifact.table), cargo(), &arguments)
    });
    Ok(checks.collect())
}

fn javascript(workspace: &Workspace, tarball: &Path) -> Result<Vec<Check>> {
    let tool = |script: &str| workspace.node(&format!("node_modules/{script}"));
    let tarball = tarball.to_string_lossy();
    // Files have no types, and the scripts for pages that use no bundler are no CommonJS.
    let files: Vec<String> =
        workspace.matrix()?.artifacts.iter().map(|artifact| format!("{}.wasm", artifact.name)).collect();
    let mut attw = vec![&*tarball, "--format", "ascii", "--exclude-entrypoints"];
    attw.extend(["browser", "client/browser", "spa/browser"]);
    attw.extend(files.iter().map(String::as_str));
    Ok(vec![
        check("tsc", workspace.node(TYPESCRIPT), &["--project", "js", "--noEmit"]),
        check("eslint", tool("eslint/bin/eslint.js"), &["--max-warnings", "0", "."]),
        check("prettier", tool("prettier/bin/prettier.cjs"), &["--check", "--log-level", "warn", "."]),
        check("publint", tool("publint/src/cli.js"), &[&tarball, "--strict"]),
        check("attw", tool("@arethetypeswrong/cli/dist/index.js"), &attw),
    ])
}

/// Licences, sources and duplicate versions, where cargo-deny is at hand.
fn dependencies(workspace: &Workspace) -> Option<Check> {
    if process::find("cargo-deny").is_none() {
        println!("── cargo-deny: left out, since it is not installed (`cargo install cargo-deny`)");
        return None;
    }
    let arguments = ["deny", "--offline", "check", "licenses", "bans", "sources"];
    Some(check("cargo-deny", workspace.cargo(), &arguments))
}
