//! Debian packages, where this runs as root on Debian.

use std::path::Path;
use std::process::Command;

use crate::failure::{Doing, Result};
use crate::process::{ask, find, watch};

/// Whether packages can be installed without asking anybody.
pub(super) fn usable() -> bool {
    Path::new("/etc/debian_version").is_file()
        && find("apt-get").is_some()
        && ask(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// Installs `packages`, after fetching the package lists where a new machine has none.
pub(super) fn install(packages: &[&str]) -> Result {
    if !has_lists() {
        update()?;
    } else if get(&["install"], packages).is_ok() {
        return Ok(());
    } else {
        println!("      the package lists may be old: fetching them again");
        update()?;
    }
    get(&["install"], packages).doing(format_args!("cannot install {}", packages.join(" ")))
}

fn update() -> Result {
    get(&["update"], &[])
}

fn get(action: &[&str], packages: &[&str]) -> Result {
    watch(
        Command::new("apt-get")
            .args(action)
            .args(["--yes", "--no-install-recommends"])
            .args(packages)
            .env("DEBIAN_FRONTEND", "noninteractive"),
    )
}

fn has_lists() -> bool {
    std::fs::read_dir("/var/lib/apt/lists").is_ok_and(|entries| {
        entries
            .flatten()
            .any(|entry| entry.file_name().to_string_lossy().contains("_Packages"))
    })
}
