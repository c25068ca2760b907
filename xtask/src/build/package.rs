//! The npm package: pkg-template/, the compiled and bundled js/, and the wasm artifacts, assembled in pkg/ and packed.

use std::fs;
use std::path::{Path, PathBuf};

use super::core::Output;
use super::fingerprint::Fingerprint;
use super::notices;
use crate::failure::{Doing, Result};
use crate::matrix::{Artifact, Matrix};
use crate::process::{ask, watch};
use crate::workspace::Workspace;

pub(crate) const TYPESCRIPT: &str = "node_modules/typescript/bin/tsc";
/// Bundles the compiled modules, and writes what belongs to an artifact or to a subpath.
const PACKAGE: &str = "xtask/package/main.mjs";
/// What pkg-template/package.json says where the version of Cargo.toml goes.
const VERSION_SLOT: &str = "\"version\": \"0.0.0\"";
/// Files at the root that the package carries too.
const DOCUMENTS: [&str; 4] = ["README.md", "CHANGELOG.md", "LICENSE-APACHE", "LICENSE-MIT"];

const INPUTS: [&str; 10] = [
    "js",
    "pkg-template",
    "Cargo.lock",
    "Cargo.toml",
    "package-lock.json",
    "wasm-pack.toml",
    "xtask/package",
    "README.md",
    "CHANGELOG.md",
    "xtask/src/build",
];

/// Assembles and packs what changed. Answers the tarball.
pub(super) fn assemble(workspace: &Workspace) -> Result<PathBuf> {
    let version = workspace.version()?;
    let tarball = workspace.path(&format!("target/npm/countersign-{version}.tgz"));
    let matrix = workspace.matrix()?;
    let stamps: Vec<String> = matrix.artifacts.iter().map(|artifact| Fingerprint::stamp(&artifact.name)).collect();
    let inputs: Vec<&str> = INPUTS.into_iter().chain(stamps.iter().map(String::as_str)).collect();
    let fingerprint = Fingerprint::of(workspace, "package", &inputs)?;
    if fingerprint.is_current(&[&tarball, &workspace.path("pkg/package.json")]) {
        return Ok(tarball);
    }
    println!("Assembling pkg/ and packing countersign {version} …");
    let pkg = workspace.path("pkg");
    if pkg.exists() {
        fs::remove_dir_all(&pkg).doing("cannot empty pkg/")?;
    }
    copy_tree(&workspace.path("pkg-template"), &pkg)?;
    let manifest = workspace.read("pkg-template/package.json")?;
    let manifest = manifest.replacen(VERSION_SLOT, &format!("\"version\": \"{version}\""), 1);
    write(&pkg.join("package.json"), &manifest)?;
    for document in DOCUMENTS {
        let from = workspace.path(document);
        if from.is_file() {
            copy(&from, &pkg.join(document))?;
        }
    }

    write(&pkg.join("THIRD-PARTY-LICENSES"), &notices::collect(workspace, &matrix)?)?;

    let modules = workspace.path("target/xtask/js");
    if modules.exists() {
        fs::remove_dir_all(&modules).doing("cannot empty target/xtask/js")?;
    }
    watch(workspace.node(TYPESCRIPT).args(["--project", "js", "--outDir"]).arg(&modules))?;
    place_core(workspace, &matrix, &pkg, &modules)?;
    watch(workspace.node(PACKAGE).arg(&modules).arg(&pkg).args(imports(&matrix)))?;
    pack(workspace, &tarball)?;
    fingerprint.keep()?;
    Ok(tarball)
}

/// The artifacts go into the package, their glue to the modules that use it.
fn place_core(workspace: &Workspace, matrix: &Matrix, pkg: &Path, modules: &Path) -> Result {
    for artifact in &matrix.artifacts {
        let output = Output::of(workspace, artifact);
        copy(&output.wasm, &pkg.join(format!("dist/wasm/{}.wasm", artifact.name)))?;
        if let Some(glue) = &artifact.glue {
            copy(&output.glue, &modules.join(format!("core/{glue}.js")))?;
        }
    }
    Ok(())
}

/// What the package's JavaScript may ask for: `name=core file=core glue=countersign`, or `name=engine file=engine
/// withoutSimd=engine-scalar` where another artifact stands in without SIMD.
fn imports(matrix: &Matrix) -> Vec<String> {
    let stand_in = |name: &str| {
        matrix.artifacts.iter().find(|artifact| artifact.without_simd.as_deref() == Some(name)).map(|found| &found.name)
    };
    let line = |artifact: &Artifact| {
        let words = [
            ("name", Some(artifact.import.as_ref()?)),
            ("file", Some(&artifact.name)),
            ("withoutSimd", stand_in(&artifact.name)),
            ("glue", artifact.glue.as_ref()),
        ];
        let words = words.into_iter().filter_map(|(word, value)| Some(format!("{word}={}", value?)));
        Some(words.collect::<Vec<_>>().join(" "))
    };
    matrix.artifacts.iter().filter_map(line).collect()
}

fn pack(workspace: &Workspace, tarball: &Path) -> Result {
    let folder = workspace.path("target/npm");
    if folder.exists() {
        // A tarball of an earlier version must not be mistaken for this one.
        fs::remove_dir_all(&folder).doing("cannot empty target/npm")?;
    }
    fs::create_dir_all(&folder).doing("cannot make target/npm")?;
    ask(workspace.npm().args(["pack", "./pkg", "--silent", "--pack-destination"]).arg(&folder))
        .filter(|_| tarball.is_file())
        .doing("`npm pack ./pkg` failed: run it by hand to see why")
        .map(drop)
}

fn copy_tree(from: &Path, to: &Path) -> Result {
    for entry in fs::read_dir(from).doing(format_args!("cannot read {}", from.display()))?.flatten() {
        let (from, to) = (entry.path(), to.join(entry.file_name()));
        if from.is_dir() { copy_tree(&from, &to)? } else { copy(&from, &to)? }
    }
    Ok(())
}

fn copy(from: &Path, to: &Path) -> Result {
    if let Some(folder) = to.parent() {
        fs::create_dir_all(folder).doing(format_args!("cannot make {}", folder.display()))?;
    }
    fs::copy(from, to).doing(format_args!("cannot copy {}", from.display())).map(drop)
}

fn write(path: &Path, text: &str) -> Result {
    fs::write(path, text).doing(format_args!("cannot write {}", path.display()))
}
