//! Debian packages, where this runs as root on Debian.

use std::path::Path;
use std::process::Command;

use crate::failure::Result;
use crate::process::{ask, attempt, find, watch};

/// Whether packages can be installed without asking anybody.
pub(super) fn usable() -> bool {
    Path::new("/etc/debian_version").is_file()
        && find("apt-get").is_some()
        && ask(Command::new("id").arg("-u")).as_deref() == Some("0")
}

/// Installs `packages`, after fetching the package lists where a new machine has none or old ones.
pub(super) fn install(packages: &[&str]) -> Result {
    if has_lists() && attempt(&mut get("install", packages)) {
        return Ok(());
    }
    watch(&mut get("update", &[]))?;
    watch(&mut get("install", packages))
}

fn get(action: &str, packages: &[&str]) -> Command {
    let mut command = Command::new("apt-get");
    command.args([action, "--yes", "--no-install-recommends"]).args(packages);
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

fn has_lists() -> bool {
    std::fs::read_dir("/var/lib/apt/lists")
        .is_ok_and(|entries| entries.flatten().any(|entry| entry.file_name().to_string_lossy().contains("_Packages")))
}
