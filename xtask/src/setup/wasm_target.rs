//! The standard library of wasm32-unknown-unknown: from rustup, else from Debian's Rust built for it here.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Step, apt};
use crate::failure::{Doing, Failure, Result};
use crate::process::{self, ask, attempt, watch};
use crate::workspace::cache;

pub(super) const TARGET: &str = "wasm32-unknown-unknown";
/// The rustup name of Debian's Rust, used for the wasm builds only.
const DEBIAN: &str = "countersign-wasm";
/// Debian's current Rust, with its std sources, the linker for wasm, and clippy.
const DEBIAN_PACKAGES: [&str; 6] =
    ["rustc-web", "cargo-web", "rust-web-src", "rust-web-llvm", "rust-web-clippy", "lld-22"];
const DEBIAN_RUSTC: &str = "/usr/bin/rustc";
const DEBIAN_CARGO: &str = "/usr/bin/cargo";

pub(super) struct WasmTarget;

impl Step for WasmTarget {
    fn name(&self) -> String {
        "wasm32 target".to_owned()
    }

    fn state(&self) -> std::result::Result<String, String> {
        match toolchain() {
            Some(None) => Ok("default toolchain".to_owned()),
            Some(Some(name)) => Ok(format!("toolchain {name}")),
            None if apt::usable() => {
                Err(format!("run `rustup target add {TARGET}`, or else build it with Debian's Rust"))
            }
            None => Err(format!("run `rustup target add {TARGET}`")),
        }
    }

    fn install(&self) -> Result {
        let rustup = process::find("rustup");
        if let Some(rustup) = &rustup
            && attempt(Command::new(rustup).args(["target", "add", TARGET]))
            && toolchain().is_some()
        {
            return Ok(());
        }
        if !apt::usable() {
            return Err(Failure::new(format!(
                "No standard library for {TARGET}. Install it with `rustup target add {TARGET}` \
                 (rustup is at https://rustup.rs), or run this as root on Debian."
            )));
        }
        println!("      rustup cannot: building it with Debian's Rust, about two minutes");
        apt::install(&DEBIAN_PACKAGES)?;
        build_std()?;
        if let Some(rustup) = rustup {
            watch(Command::new(rustup).args(["toolchain", "link", DEBIAN, "/usr"]))?;
        }
        toolchain().map(drop).doing(format_args!("no {TARGET} after the installation"))
    }
}

/// `Some(None)`: the default toolchain has the target. `Some(Some(name))`: that toolchain has.
pub(super) fn toolchain() -> Option<Option<&'static str>> {
    if target_libdir("rustc").is_some_and(|folder| folder.is_dir()) {
        return Some(None);
    }
    let rustup = std::env::var_os("RUSTUP_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".rustup")))?;
    let linked = rustup.join("toolchains").join(DEBIAN).join("lib/rustlib").join(TARGET).join("lib");
    linked.is_dir().then_some(Some(DEBIAN))
}

fn target_libdir(rustc: &str) -> Option<PathBuf> {
    ask(Command::new(rustc).args(["--print", "target-libdir", "--target", TARGET])).map(PathBuf::from)
}

/// Builds std from Debian's sources and puts it where Debian's compiler looks for it.
fn build_std() -> Result {
    let destination = target_libdir(DEBIAN_RUSTC).doing("Debian's rustc does not run")?;
    if destination.is_dir() {
        return Ok(());
    }
    let version = ask(Command::new(DEBIAN_RUSTC).arg("--version"))
        .and_then(|line| line.split(' ').nth(1).map(str::to_owned))
        .doing("Debian's rustc does not tell its version")?;
    let scratch = cache()?.join("build/wasm-std");
    watch(
        Command::new(DEBIAN_CARGO)
            .args(["build", "--release", "--locked", "--package", "sysroot", "--target", TARGET])
            .arg("--manifest-path")
            .arg(format!("/usr/src/rustc-{version}/library/sysroot/Cargo.toml"))
            .arg("--target-dir")
            .arg(&scratch)
            .env("RUSTC", DEBIAN_RUSTC)
            // What the Rust project's own build sets for std.
            .env("RUSTC_BOOTSTRAP", "1")
            .env("RUSTFLAGS", "-Cembed-bitcode=yes -Zforce-unstable-if-unmarked -Cdebuginfo=0")
            .env("__CARGO_DEFAULT_LIB_METADATA", "wasmstd")
            .env_remove("CARGO")
            .env_remove("CARGO_ENCODED_RUSTFLAGS"),
    )?;
    // Renamed into place when whole, since its existence is the check.
    let partial = destination.with_extension("partial");
    copy_rlibs(&scratch.join(TARGET).join("release/deps"), &partial)
        .doing(format_args!("cannot fill {}", partial.display()))?;
    fs::rename(&partial, &destination).doing(format_args!("cannot make {}", destination.display()))?;
    fs::remove_dir_all(&scratch).doing(format_args!("cannot remove {}", scratch.display()))
}

fn copy_rlibs(from: &Path, to: &Path) -> std::io::Result<()> {
    fs::create_dir_all(to)?;
    for entry in fs::read_dir(from)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rlib")
            && let Some(name) = path.file_name()
        {
            fs::copy(&path, to.join(name))?;
        }
    }
    Ok(())
}
