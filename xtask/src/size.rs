//! `cargo xtask size`: what users download, against the budgets of wasm-pack.toml.

use crate::failure::{Doing, Result};
use crate::matrix::{Artifact, Budget, Matrix};
use crate::process::ask;
use crate::workspace::Workspace;

/// Prints the table. Answers whether every budget is kept.
pub(crate) fn run(workspace: &Workspace) -> Result<bool> {
    let matrix = workspace.matrix()?;
    let weights = ask(workspace.command("node").args(["xtask/scripts/weigh.mjs", "pkg"]))
        .doing("`node xtask/scripts/weigh.mjs pkg` failed: run it by hand to see why")?;
    let mut kept = true;
    println!("{:<30} {:>10} {:>10} {:>10}", "bytes", "raw", "gzip", "brotli");
    for line in weights.lines() {
        let Weight { kind, name, sizes } = Weight::parse(line).doing(format_args!("not a weight: {line}"))?;
        let budget = if kind == "wasm" { budget(&matrix, name) } else { Budget::default() };
        let limits = [budget.raw, budget.gzip, budget.brotli];
        let [raw, gzip, brotli] = sizes;
        let over = sizes.iter().zip(limits).any(|(size, limit)| limit.is_some_and(|limit| *size > limit));
        let remark = match limits {
            [None, None, None] => String::new(),
            _ if over => format!("  over its budget of {}", describe(limits)),
            _ => format!("  within {}", describe(limits)),
        };
        let label = if kind == "js" { format!("{name}, its JavaScript") } else { name.to_owned() };
        println!("{label:<30} {raw:>10} {gzip:>10} {brotli:>10}{remark}");
        kept &= !over;
    }
    Ok(kept)
}

struct Weight<'a> {
    kind: &'a str,
    name: &'a str,
    /// Raw, gzip, brotli.
    sizes: [usize; 3],
}

impl<'a> Weight<'a> {
    fn parse(line: &'a str) -> Option<Self> {
        let mut words = line.split(' ');
        let (kind, name) = (words.next()?, words.next()?);
        let mut size = || words.next()?.parse().ok();
        Some(Self { kind, name, sizes: [size()?, size()?, size()?] })
    }
}

fn budget(matrix: &Matrix, file: &str) -> Budget {
    let is_it = |artifact: &&Artifact| file.strip_suffix(".wasm") == Some(&artifact.name);
    matrix.artifacts.iter().find(is_it).map(|artifact| artifact.budget).unwrap_or_default()
}

fn describe(limits: [Option<usize>; 3]) -> String {
    let parts = ["raw", "gzip", "brotli"].iter().zip(limits);
    let named = parts.filter_map(|(name, limit)| limit.map(|limit| format!("{limit} {name}")));
    named.collect::<Vec<_>>().join(", ")
}
