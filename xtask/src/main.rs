//! The tasks of this checkout: `cargo xtask`.
#![forbid(unsafe_code)]
#![allow(clippy::print_stdout, reason = "a command-line tool")]

mod build;
mod failure;
mod process;
mod setup;
mod workspace;

use std::process::ExitCode;

use failure::{Failure, Result};
use setup::Needs;
use workspace::Workspace;

const HELP: &str = "\
Usage: cargo xtask COMMAND

  setup              install whatever is missing (every other command does so by itself)
  build              build the wasm artifacts, assemble pkg/, pack it into target/npm/
";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(code) => code,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &[String]) -> Result<ExitCode> {
    let Some((command, _rest)) = arguments.split_first() else {
        print!("{HELP}");
        return Ok(ExitCode::SUCCESS);
    };
    let workspace = Workspace::find()?;
    match command.as_str() {
        "setup" => setup::run(&workspace)?,
        "build" => {
            let tools = setup::ensure(&workspace, Needs::Build, false)?;
            let tarball = build::run(&workspace, &tools)?;
            println!("{}", tarball.display());
        }
        "help" | "--help" | "-h" => print!("{HELP}"),
        other => {
            return Err(Failure::new(format!(
                "no command `{other}`; bare `cargo xtask` lists them"
            )));
        }
    }
    Ok(ExitCode::SUCCESS)
}
