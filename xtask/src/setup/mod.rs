//! `cargo xtask setup`: whatever this machine lacks, in order, announced before it is done.

mod apt;
mod browsers;
mod cargo_tools;
mod node;
mod servers;
mod valgrind;
mod wasm_target;

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Instant;

use crate::failure::{Failure, Result};
use crate::process;
use crate::workspace::Workspace;

pub(crate) use browsers::{Browsers, DRIVER_OFFER};

/// How much of the machine a command needs.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Needs {
    /// Compilers and npm tools.
    Build,
    /// Those, Chromium with its driver, and Firefox, WebKitGTK, Valgrind, Redis and nginx where they can be had.
    Everything,
    /// Everything, and Firefox's driver.
    EverythingAndGeckodriver,
}

/// What set-up found or installed.
pub(crate) struct Tools {
    /// The rustup toolchain of the wasm builds; `None` is the default one.
    pub(crate) wasm_toolchain: Option<&'static str>,
    wasm_pack: PathBuf,
    wasm_bindgen: PathBuf,
    pub(crate) browsers: Browsers,
}

/// One thing that must be there.
trait Step {
    fn name(&self) -> String;
    /// `Ok` says what is there, `Err` what will be done about its absence.
    fn state(&self) -> std::result::Result<String, String>;
    fn install(&self) -> Result;
}

/// The command: always says what is there.
pub(crate) fn run(workspace: &Workspace, arguments: &[String]) -> Result {
    let needs = match arguments {
        [] => Needs::Everything,
        [option] if option == "--geckodriver" => Needs::EverythingAndGeckodriver,
        _ => return Err(Failure::new("`cargo xtask setup` takes nothing but --geckodriver")),
    };
    ensure(workspace, needs, true).map(drop)
}

/// Installs what is missing; says nothing but its duration when nothing is.
pub(crate) fn ensure(workspace: &Workspace, needs: Needs, verbose: bool) -> Result<Tools> {
    let began = Instant::now();
    let wasm_pack = cargo_tools::wasm_pack(workspace)?;
    let wasm_bindgen = cargo_tools::wasm_bindgen(workspace)?;
    let mut steps: Vec<&dyn Step> = vec![&wasm_target::WasmTarget, &wasm_pack, &wasm_bindgen];
    let packages = node::Packages::of(workspace);
    steps.push(&packages);
    if needs != Needs::Build {
        steps.push(&browsers::Chromium);
        if browsers::Firefox::is_within_reach() {
            steps.push(&browsers::Firefox);
        }
        if browsers::WebKit::is_within_reach() {
            steps.push(&browsers::WebKit);
        }
        if valgrind::Valgrind::is_within_reach() {
            steps.push(&valgrind::Valgrind);
        }
        for server in servers::Server::ALL.iter().filter(|server| server.is_within_reach()) {
            steps.push(server);
        }
    }

    let geckodriver = cargo_tools::geckodriver()?;
    if needs == Needs::EverythingAndGeckodriver {
        steps.push(&geckodriver);
    }

    let states: Vec<_> = steps.iter().map(|step| step.state()).collect();
    let count = steps.len();
    let line = |number: usize, step: &dyn Step| format!("{number}/{count} {}", step.name());
    let missing = states.iter().filter(|state| state.is_err()).count();
    if verbose || missing > 0 {
        println!("Set-up: {missing} of {count} to do");
        for (number, (step, state)) in (1..).zip(steps.iter().zip(&states)) {
            let what = match state {
                Ok(present) => format!("ready ({present})"),
                Err(plan) => format!("missing, will {plan}"),
            };
            println!("  {}: {what}", line(number, *step));
        }
    }
    for (number, (step, state)) in (1..).zip(steps.iter().zip(&states)) {
        if let Err(plan) = state {
            let began = Instant::now();
            println!("  {}: {plan} …", line(number, *step));
            step.install()?;
            println!("      done in {:.0} s", began.elapsed().as_secs_f64());
        }
    }
    if verbose || missing > 0 {
        println!("Set-up finished in {:.2} s", began.elapsed().as_secs_f64());
    }
    Ok(Tools {
        wasm_toolchain: wasm_target::toolchain().flatten(),
        wasm_pack: wasm_pack.folder(),
        wasm_bindgen: wasm_bindgen.folder(),
        browsers: Browsers::find(),
    })
}

impl Tools {
    /// wasm-pack with the toolchain, wasm-bindgen and target folder of the wasm builds.
    pub(crate) fn wasm_pack(&self, workspace: &Workspace) -> Result<Command> {
        let mut command = workspace.command(self.wasm_pack.join("wasm-pack"));
        let folders: [&Path; 2] = [&self.wasm_bindgen, &self.wasm_pack];
        command.env("PATH", process::path_with(&folders)?);
        self.for_wasm(workspace, &mut command);
        Ok(command)
    }

    /// Points `command` at the wasm toolchain. Its own target folder keeps it out of the way of native builds.
    pub(crate) fn for_wasm(&self, workspace: &Workspace, command: &mut Command) {
        command.env("CARGO_TARGET_DIR", workspace.path("target/wasm"));
        command.env_remove("CARGO");
        if let Some(toolchain) = self.wasm_toolchain {
            command.env("RUSTUP_TOOLCHAIN", toolchain);
        }
    }
}
