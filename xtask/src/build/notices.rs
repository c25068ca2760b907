//! The licences of the crates inside the wasm artifacts, which their terms ask to be passed on.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use crate::failure::{Doing, Result};
use crate::matrix::Matrix;
use crate::process::ask;
use crate::workspace::Workspace;

/// Which of a crate's licences applies here, where it offers a choice. They are looked for in this order.
const PREFERRED: [&str; 4] = ["LICENSE-MIT", "LICENSE", "LICENSE.md", "LICENSE-APACHE"];

/// One text: each licence once, under the crates that it covers.
pub(super) fn collect(workspace: &Workspace, matrix: &Matrix) -> Result<String> {
    let registry = registry()?;
    let mut covered: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for name in crates(workspace, matrix)? {
        let text = licence(&registry, &name).doing(format_args!("no licence text in the sources of {name}"))?;
        covered.entry(text).or_default().push(name);
    }
    let mut notices = String::from("The WebAssembly files of this package contain code of these crates.\n");
    for (text, names) in &covered {
        let rule = "-".repeat(80);
        write!(notices, "\n{rule}\n{}\n{rule}\n\n{}\n", names.join(", "), text.trim_end()).doing("a licence")?;
    }
    Ok(notices)
}

/// `name-version` of every crate that the artifacts are linked from, but for those of this checkout.
fn crates(workspace: &Workspace, matrix: &Matrix) -> Result<Vec<String>> {
    let mut features: Vec<&str> =
        matrix.artifacts.iter().flat_map(|artifact| &artifact.features).map(String::as_str).collect();
    features.sort_unstable();
    features.dedup();
    let tree = ask(workspace
        .cargo()
        .args([
            "tree",
            "--locked",
            "--package",
            "countersign-wasm",
            "--package",
            "countersign-wasm-engine",
            "--target",
            "wasm32-unknown-unknown",
        ])
        .args(["--edges", "normal,no-proc-macro", "--prefix", "none", "--format", "{p}"])
        .args(["--features", &features.join(",")]))
    .doing("`cargo tree` failed: run it by hand to see why")?;
    let mut names: Vec<String> = tree
        .lines()
        .filter(|line| !line.contains('/'))
        .filter_map(|line| {
            let (name, version) = line.split_once(" v")?;
            Some(format!("{name}-{}", version.split(' ').next()?))
        })
        .collect();
    names.sort();
    names.dedup();
    Ok(names)
}

/// The folders that cargo unpacks crates into.
fn registry() -> Result<Vec<PathBuf>> {
    let home = std::env::var_os("CARGO_HOME")
        .map(PathBuf::from)
        .or_else(|| std::env::home_dir().map(|home| home.join(".cargo")))
        .doing("no cargo folder: set CARGO_HOME")?;
    let sources = home.join("registry/src");
    Ok(fs::read_dir(&sources)
        .doing(format_args!("cannot read {}", sources.display()))?
        .flatten()
        .map(|entry| entry.path())
        .collect())
}

fn licence(registry: &[PathBuf], name: &str) -> Option<String> {
    let folder = registry.iter().map(|sources| sources.join(name)).find(|folder| folder.is_dir())?;
    let files: Vec<PathBuf> = fs::read_dir(&folder).ok()?.flatten().map(|entry| entry.path()).collect();
    let stem = |path: &Path| {
        let name = path.file_name().map(|name| name.to_string_lossy().to_uppercase()).unwrap_or_default();
        name.trim_end_matches(".TXT").trim_end_matches(".MD").replace('_', "-")
    };
    let preferred = PREFERRED.iter().find_map(|wanted| files.iter().find(|path| stem(path) == *wanted));
    let other = || files.iter().find(|path| stem(path).starts_with("LICENSE"));
    fs::read_to_string(preferred.or_else(other)?).ok()
}
