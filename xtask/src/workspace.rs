//! What the checkout says about itself: paths, versions and the build matrix.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Doing, Failure, Result};
use crate::matrix::Matrix;
use crate::settings::Settings;

/// The checkout.
pub(crate) struct Workspace {
    root: PathBuf,
}

impl Workspace {
    pub(crate) fn find() -> Result<Self> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).parent().doing("xtask/ has no parent folder")?.to_owned();
        if root.join("wasm-pack.toml").is_file() {
            Ok(Self { root })
        } else {
            Err(Failure::new(format!("{} is no checkout of countersign", root.display())))
        }
    }

    pub(crate) fn path(&self, relative: &str) -> PathBuf {
        self.root.join(relative)
    }

    pub(crate) fn read(&self, relative: &str) -> Result<String> {
        let path = self.path(relative);
        fs::read_to_string(&path).doing(format_args!("cannot read {}", path.display()))
    }

    /// The files in a folder and in those below it, but for installed packages, in order: none if there is no such folder.
    /// A file is the only one of itself.
    pub(crate) fn files(&self, relative: &str) -> Result<Vec<PathBuf>> {
        let path = self.path(relative);
        let mut files = Vec::new();
        walk(&path, &mut files).doing(format_args!("cannot read {}", path.display()))?;
        files.sort();
        Ok(files)
    }

    /// A command that runs at the root of the checkout.
    pub(crate) fn command(&self, program: impl AsRef<std::ffi::OsStr>) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        command
    }

    /// `cargo` of the default toolchain.
    pub(crate) fn cargo(&self) -> Command {
        self.command(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()))
    }

    /// A JavaScript file of an installed npm package, as a command.
    pub(crate) fn node(&self, script: &str) -> Command {
        let mut command = self.command("node");
        command.arg(script);
        command
    }

    pub(crate) fn npm(&self) -> Command {
        self.command(if cfg!(windows) { "npm.cmd" } else { "npm" })
    }

    pub(crate) fn matrix(&self) -> Result<Matrix> {
        Matrix::read(&self.read("wasm-pack.toml")?).doing("wasm-pack.toml")
    }

    /// The version in Cargo.toml, which is the npm package's too.
    pub(crate) fn version(&self) -> Result<String> {
        let text = self.read("Cargo.toml")?;
        Settings::parse(&text).and_then(|manifest| manifest.table("package")?.string("version")).doing("Cargo.toml")
    }

    /// The version of a crate in Cargo.lock.
    pub(crate) fn locked(&self, name: &str) -> Result<String> {
        let text = self.read("Cargo.lock")?;
        let packages = Settings::parse(&text).and_then(|lock| lock.tables("package")).doing("Cargo.lock")?;
        let package = packages.iter().find(|package| package.string("name").is_ok_and(|found| found == name));
        package.doing(format_args!("Cargo.lock names no {name}"))?.string("version")
    }
}

/// A folder of the user's, shared between checkouts: `$XDG_CACHE_HOME/countersign`.
pub(crate) fn cache() -> Result<PathBuf> {
    let base = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .filter(|path| path.is_absolute())
        .or_else(|| std::env::home_dir().map(|home| home.join(".cache")))
        .doing("no cache folder: set XDG_CACHE_HOME to a folder that you may write to")?;
    Ok(base.join("countersign"))
}

fn walk(path: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    if path.is_dir() {
        for entry in fs::read_dir(path)? {
            let path = entry?.path();
            if path.file_name().is_none_or(|name| name != "node_modules") {
                walk(&path, files)?;
            }
        }
    } else if path.is_file() {
        files.push(path.to_owned());
    }
    Ok(())
}
