//! wasm-pack, wasm-bindgen and geckodriver: of the versions that the checkout names, beside no other version.

use std::path::PathBuf;
use std::process::Command;

use super::Step;
use crate::failure::{Doing, Result};
use crate::process::watch;
use crate::workspace::{Workspace, cache};

/// A crate whose programs are installed into a folder of their own, named after its version.
pub(super) struct CargoTool {
    package: &'static str,
    version: String,
    programs: &'static [&'static str],
    /// Whether the crate's own Cargo.lock is used.
    locked: bool,
    folder: PathBuf,
}

pub(super) fn wasm_pack(workspace: &Workspace) -> Result<CargoTool> {
    tool("wasm-pack", workspace.matrix()?.wasm_pack, &["wasm-pack"], true)
}

/// Must be of the very version in Cargo.lock. Its own lock may name releases that a registry no longer has.
pub(super) fn wasm_bindgen(workspace: &Workspace) -> Result<CargoTool> {
    let programs = &["wasm-bindgen", "wasm-bindgen-test-runner"];
    tool("wasm-bindgen-cli", workspace.locked("wasm-bindgen")?, programs, false)
}

/// Firefox's driver, whose releases drive every Firefox of their years.
pub(super) fn geckodriver() -> Result<CargoTool> {
    tool("geckodriver", "0.37.1".to_owned(), &["geckodriver"], false)
}

/// The driver that [`geckodriver`] has installed, if it has.
pub(super) fn geckodriver_program() -> Option<PathBuf> {
    let tool = geckodriver().ok()?;
    tool.state().is_ok().then(|| tool.program("geckodriver"))
}

fn tool(package: &'static str, version: String, programs: &'static [&'static str], locked: bool) -> Result<CargoTool> {
    let folder = cache()?.join("tools").join(format!("{package}-{version}"));
    Ok(CargoTool { package, version, programs, locked, folder })
}

impl CargoTool {
    /// The folder of its programs.
    pub(super) fn folder(&self) -> PathBuf {
        self.folder.join("bin")
    }

    fn program(&self, name: &str) -> PathBuf {
        self.folder().join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

impl Step for CargoTool {
    fn name(&self) -> String {
        format!("{} {}", self.package, self.version)
    }

    fn state(&self) -> std::result::Result<String, String> {
        if self.programs.iter().all(|program| self.program(program).is_file()) {
            Ok(self.folder().display().to_string())
        } else {
            Err(format!("compile it into {}, two to six minutes", self.folder.display()))
        }
    }

    fn install(&self) -> Result {
        let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
        cargo
            .args(["install", self.package, "--version", &self.version, "--root"])
            .arg(&self.folder)
            // Not into this checkout's target folder, nor for whatever target is configured.
            .env_remove("CARGO_TARGET_DIR")
            .env_remove("CARGO_BUILD_TARGET")
            // They run for seconds, so they need not be compiled for minutes.
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "false");
        if self.locked {
            cargo.arg("--locked");
        }
        watch(&mut cargo).doing(format_args!("cannot install {}", self.name()))
    }
}
