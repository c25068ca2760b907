//! What an artifact consists of, and what of it has grown since the record was made.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::build::{WASM_OPT, wasm_pack_build};
use crate::failure::{Doing, Result};
use crate::matrix::Artifact;
use crate::process::{ask, watch};
use crate::setup::Tools;
use crate::workspace::Workspace;

/// Lines `bytes item`, as items.mjs prints them.
const RECORDS: &str = "xtask/sizes";
/// How many items are told.
const MOST: usize = 12;

/// Prints the items that have grown most, or makes what there is the new record.
pub(super) fn tell(workspace: &Workspace, tools: &Tools, artifact: &Artifact, record: bool) -> Result {
    let now = items(&with_names(workspace, tools, artifact)?)?;
    let path = workspace.path(RECORDS).join(format!("{}.txt", artifact.name));
    if record {
        let text: String = now.lines.iter().fold(String::new(), |mut text, line| {
            // Nothing can go wrong in a string.
            let _ = writeln!(text, "{line}");
            text
        });
        return fs::create_dir_all(workspace.path(RECORDS))
            .and_then(|()| fs::write(&path, text))
            .doing(format_args!("cannot write {}", path.display()));
    }
    let before = Items::parse(&fs::read_to_string(&path).unwrap_or_default()).doing(path.display())?;
    println!("\n{}.wasm, bytes before compression: what has grown since it was recorded", artifact.name);
    for (item, bytes, growth) in grown(&before, &now).into_iter().take(MOST) {
        println!("  {bytes:>8} {growth:>+8}  {item}");
    }
    println!();
    Ok(())
}

struct Items {
    lines: Vec<String>,
    bytes: BTreeMap<String, i64>,
}

impl Items {
    fn parse(text: &str) -> Option<Self> {
        let entry =
            |line: &str| line.split_once(' ').and_then(|(bytes, item)| Some((item.to_owned(), bytes.parse().ok()?)));
        Some(Self {
            lines: text.lines().map(str::to_owned).collect(),
            bytes: text.lines().map(entry).collect::<Option<_>>()?,
        })
    }
}

/// Item, bytes, growth: the fastest-growing first, without those that have not grown.
fn grown<'a>(before: &Items, now: &'a Items) -> Vec<(&'a str, i64, i64)> {
    let mut list: Vec<_> = now
        .bytes
        .iter()
        .map(|(item, &bytes)| (item.as_str(), bytes, bytes - before.bytes.get(item).copied().unwrap_or(0)))
        .filter(|(_, _, growth)| *growth > 0)
        .collect();
    list.sort_by_key(|(_, _, growth)| -growth);
    list
}

fn items(wasm: &PathBuf) -> Result<Items> {
    let mut node = std::process::Command::new("node");
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/scripts/items.mjs");
    let text = ask(node.arg(script).arg(wasm)).doing(format_args!("items.mjs cannot read {}", wasm.display()))?;
    Items::parse(&text).doing("items.mjs prints what nobody understands")
}

/// The artifact as it is shipped, but with the names of its functions.
fn with_names(workspace: &Workspace, tools: &Tools, artifact: &Artifact) -> Result<PathBuf> {
    println!("Building {}.wasm with names …", artifact.name);
    let folder = workspace.path("target/wasm-names").join(&artifact.name);
    let target = folder.join("target");
    // Without glue it is as cargo links it. wasm-bindgen trips over the names of a module that is none of its own.
    let mut command = if artifact.glue.is_some() {
        wasm_pack_build(workspace, tools, artifact, &folder)?
    } else {
        cargo_build(workspace, tools, artifact)
    };
    let profile = artifact.profile.to_uppercase().replace('-', "_");
    command.env(format!("CARGO_PROFILE_{profile}_STRIP"), "debuginfo");
    command.env("CARGO_TARGET_DIR", &target);
    watch(&mut command)?;
    let raw = if artifact.glue.is_some() {
        folder.join(format!("{}_bg.wasm", artifact.out_name()))
    } else {
        linked(&target.join("wasm32-unknown-unknown").join(&artifact.profile))?
    };
    fs::create_dir_all(&folder).doing("cannot make target/wasm-names")?;
    let named = folder.join(format!("{}.wasm", artifact.name));
    let passes = artifact.wasm_opt.iter().filter(|pass| !pass.starts_with("--strip"));
    watch(workspace.node(WASM_OPT).arg(&raw).args(passes).arg("--debuginfo").arg("--output").arg(&named))?;
    Ok(named)
}

fn cargo_build(workspace: &Workspace, tools: &Tools, artifact: &Artifact) -> Command {
    let mut cargo = workspace.command("cargo");
    tools.for_wasm(workspace, &mut cargo);
    cargo.env("RUSTFLAGS", artifact.rust_flags.join(" "));
    cargo.args(["build", "--target", "wasm32-unknown-unknown", "--locked", "--profile", &artifact.profile]);
    cargo.arg("--manifest-path").arg(workspace.path(&artifact.package).join("Cargo.toml"));
    cargo
}

/// The one wasm file that cargo has linked into a folder.
fn linked(folder: &Path) -> Result<PathBuf> {
    let entries = fs::read_dir(folder).doing(format_args!("cannot read {}", folder.display()))?.flatten();
    let found = entries.map(|entry| entry.path()).find(|path| path.extension().is_some_and(|found| found == "wasm"));
    found.doing(format_args!("no wasm file in {}", folder.display()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tells_what_grew_and_what_is_new() {
        let before = Items::parse("30 countersign::verify\n20 rsa\n10 sha2\n");
        let now = Items::parse("40 p256\n31 countersign::verify\n5 rsa\n10 sha2\n");
        let told = before.zip(now).map(|(before, now)| {
            grown(&before, &now).into_iter().map(|(item, _, growth)| (item.to_owned(), growth)).collect::<Vec<_>>()
        });
        assert_eq!(told, Some(vec![("p256".to_owned(), 40), ("countersign::verify".to_owned(), 1)]));
        assert!(Items::parse("many bytes").is_none());
    }
}
