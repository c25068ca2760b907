//! `cargo xtask size`: what users download, against the budgets of wasm-pack.toml.

mod growth;

use crate::failure::{Doing, Result};
use crate::matrix::{Artifact, Budget, Matrix};
use crate::process::ask;
use crate::setup::Tools;
use crate::workspace::Workspace;

/// Prints the table and, for each artifact that is over a budget, what has grown. With `record`, what there is becomes
/// what growth is measured from. Ends with a line `N passed, N failed`; answers whether every budget is kept.
pub(crate) fn run(workspace: &Workspace, tools: &Tools, record: bool) -> Result<bool> {
    let matrix = workspace.matrix()?;
    let output = ask(workspace.command("node").args(["xtask/scripts/weigh.mjs", "pkg"]))
        .doing("`node xtask/scripts/weigh.mjs pkg` failed: run it by hand to see why")?;
    let weights: Vec<Weight> = output
        .lines()
        .map(|line| Weight::parse(line).doing(format_args!("not a weight: {line}")))
        .collect::<Result<_>>()?;

    println!("{:<34} {:>10} {:>10} {:>10}", "bytes", "raw", "gzip", "brotli");
    let mut over = Vec::new();
    let (mut passed, mut failed) = (0, 0);
    for line in lines(&matrix, &weights) {
        let [raw, gzip, brotli] = line.sizes;
        let remark = match line.verdict() {
            None => String::new(),
            Some(true) => format!("  within {}", describe(line.budget)),
            Some(false) => format!("  over its budget of {}", describe(line.budget)),
        };
        println!("{:<34} {raw:>10} {gzip:>10} {brotli:>10}{remark}", line.label);
        match line.verdict() {
            None => {}
            Some(true) => passed += 1,
            Some(false) => {
                failed += 1;
                over.push(line.artifact);
            }
        }
    }
    for artifact in &matrix.artifacts {
        if record || over.iter().any(|table| *table == artifact.table) {
            growth::tell(workspace, tools, artifact, record)?;
        }
    }
    println!("{passed} passed, {failed} failed");
    Ok(failed == 0)
}

/// One thing that is downloaded.
struct Line<'a> {
    label: String,
    /// The artifact that it is, or goes with.
    artifact: &'a str,
    /// Raw, gzip, brotli.
    sizes: [usize; 3],
    budget: Budget,
}

impl Line<'_> {
    /// Whether the budget is kept, if there is one.
    fn verdict(&self) -> Option<bool> {
        let limits = self.budget.limits();
        let kept = self.sizes.iter().zip(limits).all(|(size, limit)| limit.is_none_or(|limit| *size <= limit));
        limits.iter().any(Option::is_some).then_some(kept)
    }
}

/// The artifacts, the JavaScript of each entry point, and both together where that has a budget.
fn lines<'a>(matrix: &'a Matrix, weights: &[Weight]) -> Vec<Line<'a>> {
    let mut lines = Vec::new();
    for Weight { kind, name, sizes } in weights {
        let Some(artifact) = artifact_of(matrix, kind, name) else { continue };
        let (label, budget) = match *kind {
            "js" => (format!("{name}, its JavaScript"), artifact.javascript_budget),
            _ => ((*name).to_owned(), artifact.budget),
        };
        lines.push(Line { label, artifact: &artifact.table, sizes: *sizes, budget });
        let wasm = weights.iter().find(|wasm| wasm.is_wasm_of(artifact)).filter(|_| *kind == "js");
        if let Some(wasm) = wasm.filter(|_| artifact.together_budget.is_set()) {
            let mut together = *sizes;
            for (sum, more) in together.iter_mut().zip(wasm.sizes) {
                *sum += more;
            }
            let label = format!("{name}, together");
            lines.push(Line { label, artifact: &artifact.table, sizes: together, budget: artifact.together_budget });
        }
    }
    lines
}

/// The artifact that a line is, or that an entry point loads.
fn artifact_of<'a>(matrix: &'a Matrix, kind: &str, name: &str) -> Option<&'a Artifact> {
    let find = |is_it: &dyn Fn(&Artifact) -> bool| matrix.artifacts.iter().find(|artifact| is_it(artifact));
    if kind == "wasm" {
        return find(&|artifact| name.strip_suffix(".wasm") == Some(&artifact.name));
    }
    find(&|artifact| artifact.entry.as_deref() == Some(name)).or_else(|| find(&|artifact| artifact.table == "core"))
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

    fn is_wasm_of(&self, artifact: &Artifact) -> bool {
        self.kind == "wasm" && self.name.strip_suffix(".wasm") == Some(&artifact.name)
    }
}

fn describe(budget: Budget) -> String {
    let parts = ["raw", "gzip", "brotli"].iter().zip(budget.limits());
    let named = parts.filter_map(|(name, limit)| limit.map(|limit| format!("{limit} {name}")));
    named.collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const MATRIX: &str = "\
        wasm-pack = '1'\nwasm-opt = []\n[test]\nfeatures = []\n\
        [build.all]\npackage = 'a'\nprofile = 'release'\nrust-flags = []\n\
        [artifact.core]\nname = 'core'\nbuild = 'all'\nfeatures = []\n\
        budget.gzip = 100\njavascript-budget.gzip = 10\ntogether-budget.gzip = 110\n\
        [artifact.auth]\nname = 'auth'\nentry = 'client'\nbuild = 'all'\nfeatures = []\njavascript-budget.gzip = 20\n\
        [artifact.engine]\nname = 'engine'\nbuild = 'all'\nfeatures = []\n";

    fn verdicts(weights: &[&str]) -> Vec<(String, Option<bool>)> {
        let matrix = Matrix::read(MATRIX).ok();
        let weights: Vec<Weight> = weights.iter().filter_map(|line| Weight::parse(line)).collect();
        let lines =
            matrix.iter().flat_map(|matrix| lines(matrix, &weights)).map(|line| (line.label.clone(), line.verdict()));
        lines.collect()
    }

    #[test]
    fn each_budget_is_for_its_own() {
        let told = |label: &str, verdict| (label.to_owned(), verdict);
        let within = ["wasm core.wasm 900 100 1", "wasm engine.wasm 9 40 9", "js node 99 10 9"];
        assert_eq!(
            verdicts(&within),
            [
                told("core.wasm", Some(true)),
                told("engine.wasm", None),
                told("node, its JavaScript", Some(true)),
                told("node, together", Some(true)),
            ]
        );
        // The entry point that loads another artifact keeps to the budget of that.
        let client = |size: u8| verdicts(&[&format!("js client 99 {size} 9")]);
        assert_eq!(client(20), [told("client, its JavaScript", Some(true))]);
        assert_eq!(client(21), [told("client, its JavaScript", Some(false))]);
        let over = ["wasm core.wasm 900 101 1", "wasm engine.wasm 9 41 9", "js node 99 11 9", "js slim 9 9 9"];
        assert_eq!(verdicts(&over).iter().filter(|(_, verdict)| *verdict == Some(false)).count(), 3);
    }
}
