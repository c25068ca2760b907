//! The tasks of this checkout: `cargo xtask`.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line tool")]
#![allow(clippy::arithmetic_side_effects, reason = "it counts tests")]

mod bench;
mod build;
mod failure;
mod instructions;
mod lint;
mod matrix;
mod process;
mod settings;
mod setup;
mod size;
mod tables;
mod test;
mod workspace;

use std::path::PathBuf;
use std::process::ExitCode;

use failure::{Failure, Result};
use setup::{Needs, Tools};
use workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  demo               go from a sign-in at a real OpenID Connect server to protected APIs, in workerd, Node and Chromium;
                     in a terminal, or with --serve, all of it then stays, with what to click; with --check nothing does
  test [SUITE…]      run every test, or the suites named
  setup              install whatever is missing (every other command does so by itself); --geckodriver: Firefox's
                     driver too, which takes six minutes and which only the suite wasm:firefox needs
  build              build the wasm artifacts, assemble pkg/, pack it into target/npm/
  lint               rustfmt, clippy, rustdoc, tsc, eslint, prettier, publint, attw
  tables             write js/tables.ts, what JavaScript has to know of the core before it is loaded
  size               what users download, against the budgets, and what has grown; --record: from now on
  bench [ARGUMENT]…  time verification beside other libraries: --quick, --host HOST, --write (the documentation)
  instructions       count what the native core executes, against its baseline; --bless: make that anew
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

/// Answers whether what was to be shown holds.
fn run(arguments: &[String]) -> Result<bool> {
    let Some((command, rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(true);
    };
    let workspace = Workspace::find()?;
    match command.as_str() {
        "setup" => setup::run(&workspace, rest).map(|()| true),
        "build" => {
            let (_, tarball) = build(&workspace, Needs::Build)?;
            println!("{}", tarball.display());
            Ok(true)
        }
        "lint" => {
            let (tools, tarball) = build(&workspace, Needs::Build)?;
            lint::run(&workspace, &tools, &tarball)
        }
        "tables" => tables::write(&workspace).map(|()| true),
        "test" => test::run(&workspace, rest),
        "size" => {
            let (tools, _) = build(&workspace, Needs::Build)?;
            size::run(&workspace, &tools, rest.iter().any(|argument| argument == "--record"))
        }
        "demo" => program(&workspace, "examples/demo/run.mjs", rest),
        "bench" => bench::run(&workspace, rest),
        "instructions" => instructions::run(&workspace, rest.iter().any(|argument| argument == "--bless")),
        "help" | "--help" | "-h" => {
            print!("{HELP}");
            Ok(true)
        }
        other => Err(Failure::new(format!("no command `{other}`; bare `cargo xtask` lists them"))),
    }
}

fn build(workspace: &Workspace, needs: Needs) -> Result<(Tools, PathBuf)> {
    let tools = setup::ensure(workspace, needs, false)?;
    let tarball = build::run(workspace, &tools)?;
    Ok((tools, tarball))
}

/// A Node program that works with the packed package.
fn program(workspace: &Workspace, script: &str, arguments: &[String]) -> Result<bool> {
    let (tools, tarball) = build(workspace, Needs::Everything)?;
    let mut command = workspace.command("node");
    command.arg(script).args(arguments).env("COUNTERSIGN_TARBALL", tarball);
    tools.browsers.tell(&mut command);
    process::run(&mut command).map(|()| true)
}
