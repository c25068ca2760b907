//! The table of suites.

use std::path::Path;
use std::process::Command;
use std::{fs, io};

use super::Context;
use super::counts::{self, Counts};
use crate::build;
use crate::failure::{Doing, Failure, Result};
use crate::process::ask;
use crate::setup::DRIVER_OFFER;

/// The attribute that a wasm test has.
const WASM_TEST: &str = "#[wasm_bindgen_test";
/// The program that lists and runs the suites in JavaScript.
const JAVASCRIPT: &str = "tests/run.mjs";

pub(super) struct Suite {
    pub(super) name: String,
    /// Whether it tests the packed npm package.
    pub(super) needs_package: bool,
    /// Whether it is left out unless somebody names it.
    pub(super) only_by_name: bool,
    pub(super) run: Run,
}

pub(super) enum Run {
    Command {
        command: Command,
        read: fn(&str) -> Option<Counts>,
        /// How many tests there must be, where the sources tell.
        expected: Option<usize>,
    },
    /// This machine cannot, for the reason given.
    Unavailable(String),
}

/// Every suite, the quick ones first.
pub(super) fn all(context: &Context) -> Result<Vec<Suite>> {
    let mut suites = vec![
        cargo(context, "rust", &["--workspace", "--lib", "--bins", "--tests", "--examples"]),
        cargo(
            context,
            "rust:jsonwebtoken",
            &["--package", "countersign", "--lib", "--test", "jsonwebtoken", "--features", "jsonwebtoken"],
        ),
        cargo(
            context,
            "rust:aws-lc-rs",
            &[
                "--package",
                "countersign",
                "--lib",
                "--test",
                "corpus",
                "--test",
                "wycheproof",
                "--test",
                "vectors",
                "--test",
                "properties",
                "--features",
                "aws-lc-rs",
            ],
        ),
        cargo(
            context,
            "rust:without-engine",
            &["--package", "countersign", "--test", "without_engine", "--no-default-features", "--features", "std"],
        ),
        cargo(context, "rust:session", &["--package", "countersign", "--lib", "--features", "session", "session::"]),
        cargo(context, "rust:reqwest", &["--package", "countersign", "--test", "drivers", "--features", "reqwest"]),
        cargo(context, "rust:testing", &["--package", "countersign", "--test", "testing", "--features", "testing"]),
        cargo(
            context,
            "rust:tower",
            &["--package", "countersign-tower", "--lib", "--tests", "--examples", "--features", "session,testing"],
        ),
        this_program(context, "instructions", false)?,
        cargo(
            context,
            "rust:docs",
            &[
                "--package",
                "countersign",
                "--package",
                "countersign-arithmetic",
                "--package",
                "countersign-tower",
                "--doc",
                "--features",
                "countersign/aws-lc-rs,countersign/jsonwebtoken,countersign/reqwest,countersign/session,countersign/testing,\
                 countersign-tower/session,countersign-tower/testing",
            ],
        ),
        this_program(context, "size", true)?,
        node(context, "types", &["xtask/scripts/types.mjs"]),
    ];
    suites.extend(wasm(context)?);
    suites.extend(javascript(context)?);
    Ok(suites)
}

fn cargo(context: &Context, name: &str, arguments: &[&str]) -> Suite {
    let mut command = context.workspace.cargo();
    command.args(["test", "--locked", "--no-fail-fast"]).args(arguments);
    let run = Run::Command { command, read: counts::libtest, expected: None };
    Suite { name: name.to_owned(), needs_package: false, only_by_name: false, run }
}

/// Another command of this program.
fn this_program(context: &Context, name: &str, needs_package: bool) -> Result<Suite> {
    let mut command = context.workspace.command(std::env::current_exe().doing("xtask does not know its own file")?);
    command.arg(name);
    let run = Run::Command { command, read: counts::summary, expected: None };
    Ok(Suite { name: name.to_owned(), needs_package, only_by_name: false, run })
}

fn node(context: &Context, name: &str, arguments: &[&str]) -> Suite {
    let mut command = context.workspace.command("node");
    command.args(arguments);
    let run = Run::Command { command, read: counts::summary, expected: None };
    Suite { name: name.to_owned(), needs_package: true, only_by_name: false, run }
}

fn javascript(context: &Context) -> Result<Vec<Suite>> {
    let list = ask(context.workspace.command("node").args([JAVASCRIPT, "--list"]))
        .doing(format_args!("`node {JAVASCRIPT} --list` failed"))?;
    let suite = |line: &str| {
        let (name, remark) = line.split_once(' ').unwrap_or((line, ""));
        Suite { only_by_name: remark == "only-by-name", ..node(context, name, &[JAVASCRIPT, name]) }
    };
    Ok(list.lines().map(suite).collect())
}

/// What `wasm-pack test` is to build, and to run of it.
struct WasmBuild {
    /// Whose flags of the compiler
    artifact: &'static str,
    /// The package's folder
    package: &'static str,
    features: Vec<String>,
    targets: Vec<WasmTarget>,
}

/// The wasm tests in each browser that has its driver, built as the whole artifact is; and those of the arithmetic once
/// more without SIMD, in a package of their own that is built much faster.
fn wasm(context: &Context) -> Result<[Suite; 3]> {
    let browsers = &context.tools.browsers;
    let targets = wasm_targets(&context.workspace.path("tests")).doing("cannot read tests/")?;
    let arithmetic = targets.iter().filter(|target| target.name == "wycheproof").cloned().collect();
    let features = context.workspace.matrix()?.test.features;
    let whole = WasmBuild { artifact: "engine", package: ".", features, targets };
    let features = vec!["wasm".to_owned()];
    let scalar = WasmBuild { artifact: "engine-scalar", package: "tests/wycheproof", features, targets: arithmetic };
    let suite = |name: &str, browser: &str, driver: Option<&Path>, build: &WasmBuild| -> Result<Suite> {
        let run = match driver {
            Some(driver) => wasm_pack_test(context, build, browser, driver)?,
            None if browser == "gecko" && browsers.firefox.is_some() => Run::Unavailable(DRIVER_OFFER.to_owned()),
            None => Run::Unavailable(format!("this machine lacks {browser}driver, or its browser")),
        };
        Ok(Suite { name: format!("wasm:{name}"), needs_package: false, only_by_name: false, run })
    };
    let chrome = browsers.chromedriver.as_deref();
    let gecko = browsers.geckodriver.as_deref().filter(|_| browsers.firefox.is_some());
    Ok([
        suite("chromium", "chrome", chrome, &whole)?,
        suite("firefox", "gecko", gecko, &whole)?,
        suite("scalar", "chrome", chrome, &scalar)?,
    ])
}

fn wasm_pack_test(context: &Context, build: &WasmBuild, browser: &str, driver: &Path) -> Result<Run> {
    let artifacts = context.workspace.matrix()?.artifacts;
    let artifact = artifacts.iter().find(|artifact| artifact.table == build.artifact);
    let artifact =
        artifact.ok_or_else(|| Failure::new(format!("wasm-pack.toml has no artifact {}", build.artifact)))?;
    let mut command = build::wasm_pack(context.workspace, context.tools, artifact)?;
    command.args(["test", "--headless", "--mode", "no-install", "--release"]);
    command.arg(if browser == "gecko" { "--firefox" } else { "--chrome" });
    command.arg(format!("--{browser}driver")).arg(driver);
    command.args([build.package, "--locked", "--no-default-features", "--features", &build.features.join(",")]);
    for target in &build.targets {
        command.args(["--test", &target.name]);
    }
    // Without the variable, tests that name no browser are left out in silence. Hence the expected number, too.
    command.env("WASM_BINDGEN_USE_BROWSER", "1").env("WASM_BINDGEN_TEST_TIMEOUT", "300");
    let expected = build.targets.iter().map(|target| target.tests).sum();
    Ok(Run::Command { command, read: counts::libtest, expected: Some(expected) })
}

/// An integration test of the crate that has wasm tests, and their number.
#[derive(Clone)]
struct WasmTarget {
    name: String,
    tests: usize,
}

fn wasm_targets(folder: &Path) -> io::Result<Vec<WasmTarget>> {
    let mut targets = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        let is_target = path.extension().is_some_and(|extension| extension == "rs") || path.join("main.rs").is_file();
        let tests = if is_target { wasm_tests(&path)? } else { 0 };
        if let Some(name) = path.file_stem().filter(|_| tests > 0) {
            targets.push(WasmTarget { name: name.to_string_lossy().into_owned(), tests });
        }
    }
    Ok(targets)
}

fn wasm_tests(path: &Path) -> io::Result<usize> {
    if path.is_dir() {
        return fs::read_dir(path)?.map(|entry| wasm_tests(&entry?.path())).sum();
    }
    let is_rust = path.extension().is_some_and(|extension| extension == "rs");
    let text = if is_rust { fs::read_to_string(path)? } else { String::new() };
    Ok(text.lines().filter(|line| line.trim_start().starts_with(WASM_TEST)).count())
}
