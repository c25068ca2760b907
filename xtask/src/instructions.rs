//! `cargo xtask instructions`: what the native core executes for fixed tokens, against a committed baseline.
//!
//! Instructions are counted by Valgrind, so that neither the machine's load nor its clock has a part in it. Compilers do:
//! with another one there is nothing to compare, and the guard says so.

use std::fmt::Write as _;
use std::path::PathBuf;
use std::process::Command;

use crate::failure::{Doing, Failure, Result};
use crate::process::{self, ask, watch};
use crate::settings::Settings;
use crate::workspace::Workspace;

const BASELINE: &str = "tests/instructions/baseline.toml";
const PACKAGE: &str = "countersign-instructions";
const PROFILE: &str = "instructions";
/// Percent more than the baseline that is still the same.
const TOLERANCE: f64 = 3.0;
/// The difference between these numbers of verifications is counted: start-up, keys and their tables cancel out.
const TIMES: [u64; 2] = [24, 32];

/// Counts, and compares or, to `bless`, writes the baseline. Ends with a line `N passed, N failed[, N skipped]`.
pub(crate) fn run(workspace: &Workspace, bless: bool) -> Result<bool> {
    let here = Conditions::here()?;
    let baseline = if bless { None } else { Some(Baseline::read(&workspace.read(BASELINE)?).doing(BASELINE)?) };
    let obstacle = match &baseline {
        _ if process::find("valgrind").is_none() => Some("this machine has no Valgrind".to_owned()),
        Some(baseline) if baseline.conditions != here => Some(format!(
            "the baseline is of {}, this is {}; `cargo xtask instructions --bless`, at a commit that you trust, makes it \
             comparable",
            baseline.conditions.describe(),
            here.describe()
        )),
        _ => None,
    };
    if let Some(obstacle) = obstacle {
        println!("skipped: {obstacle}\n0 passed, 0 failed, 1 skipped");
        return Ok(true);
    }
    let counts = count(workspace)?;
    let Some(baseline) = baseline else {
        let path = workspace.path(BASELINE);
        return std::fs::write(&path, text(&here, &counts)?).doing(path.display()).map(|()| true);
    };
    Ok(compare(&baseline, &counts))
}

/// Prints a line for each. Answers whether none has grown.
fn compare(baseline: &Baseline, counts: &[(String, u64)]) -> bool {
    let (mut passed, mut failed) = (0, 0);
    for (name, now) in counts {
        let before = baseline.instructions.iter().find(|(known, _)| known == name).map(|(_, before)| *before);
        let remark = match before.map(|before| percent(before, *now)) {
            Some(change) if change > TOLERANCE => format!("{change:+.2} %: more than {TOLERANCE} % above the baseline"),
            Some(change) if change < -TOLERANCE => format!("{change:+.2} %: bless it, so that it stays"),
            Some(change) => format!("{change:+.2} %"),
            None => "not in the baseline: bless it".to_owned(),
        };
        let grown = before.is_none_or(|before| percent(before, *now) > TOLERANCE);
        *if grown { &mut failed } else { &mut passed } += 1;
        println!("{} {name:<20} {now:>12} instructions  {remark}", if grown { "✗" } else { "✓" });
    }
    println!("{passed} passed, {failed} failed");
    failed == 0
}

#[allow(clippy::cast_precision_loss, clippy::as_conversions, reason = "a percentage for people")]
fn percent(before: u64, now: u64) -> f64 {
    (now as f64 / before as f64 - 1.0) * 100.0
}

/// Instructions per verification, by name.
fn count(workspace: &Workspace) -> Result<Vec<(String, u64)>> {
    println!("Building {PACKAGE} …");
    watch(workspace.cargo().args(["build", "--locked", "--package", PACKAGE, "--profile", PROFILE]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.path("target"), PathBuf::from);
    let program = target.join(PROFILE).join(PACKAGE);
    let names = ask(&mut Command::new(&program)).doing(format_args!("{} does not run", program.display()))?;
    let one = |name: &str| -> Result<(String, u64)> {
        let [fewer, more] = TIMES.map(|times| executed(&program, name, times));
        let difference = more?.checked_sub(fewer?).and_then(|count| count.checked_div(TIMES[1] - TIMES[0]));
        Ok((name.to_owned(), difference.doing(format_args!("{name} executes less the second time"))?))
    };
    names.lines().map(one).collect()
}

/// All instructions of one run.
fn executed(program: &PathBuf, name: &str, times: u64) -> Result<u64> {
    let mut valgrind = Command::new("valgrind");
    valgrind.args(["--tool=callgrind", "--callgrind-out-file=/dev/null", "--log-fd=1"]);
    let output = ask(valgrind.arg(program).args([name, &times.to_string()]))
        .doing(format_args!("{name} fails under Valgrind"))?;
    let collected = output.lines().find_map(|line| line.split_once("Collected :")).map(|(_, count)| count.trim());
    collected.and_then(|count| count.parse().ok()).doing("Valgrind counts nothing")
}

/// What counts depend on, besides the code.
#[derive(PartialEq, Eq)]
struct Conditions {
    rustc: String,
    target: String,
    /// Vector instructions that hash functions look for.
    avx2: String,
}

impl Conditions {
    fn here() -> Result<Self> {
        let about = ask(Command::new("rustc").arg("-vV")).doing("`rustc -vV` failed")?;
        let line = |name: &str| about.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
        Ok(Self {
            rustc: line("release: ").doing("rustc does not tell its version")?,
            target: line("host: ").doing("rustc does not tell its host")?,
            avx2: if has_avx2() { "yes" } else { "no" }.to_owned(),
        })
    }

    fn describe(&self) -> String {
        format!("rustc {} for {} (AVX2: {})", self.rustc, self.target, self.avx2)
    }
}

#[cfg(target_arch = "x86_64")]
fn has_avx2() -> bool {
    std::arch::is_x86_feature_detected!("avx2")
}

#[cfg(not(target_arch = "x86_64"))]
fn has_avx2() -> bool {
    false
}

struct Baseline {
    conditions: Conditions,
    instructions: Vec<(String, u64)>,
}

impl Baseline {
    fn read(text: &str) -> Result<Self> {
        let settings = Settings::parse(text)?;
        settings.only(&["rustc", "target", "avx2", "instructions"])?;
        let table = settings.table("instructions")?;
        let number = |name: &str| -> Result<(String, u64)> {
            let count = table.size(name)?.doing("a number is missing")?;
            Ok((name.to_owned(), u64::try_from(count).map_err(|_| Failure::new(format!("`{name}` is too large")))?))
        };
        Ok(Self {
            conditions: Conditions {
                rustc: settings.string("rustc")?,
                target: settings.string("target")?,
                avx2: settings.string("avx2")?,
            },
            instructions: table.names().map(number).collect::<Result<_>>()?,
        })
    }
}

fn text(conditions: &Conditions, counts: &[(String, u64)]) -> Result<String> {
    let Conditions { rustc, target, avx2 } = conditions;
    let mut text = format!(
        "# Instructions per verification. Written by `cargo xtask instructions --bless`.\n\
         rustc = \"{rustc}\"\ntarget = \"{target}\"\navx2 = \"{avx2}\"\n\n[instructions]\n"
    );
    for (name, count) in counts {
        writeln!(text, "{name} = {count}").doing("the baseline")?;
    }
    Ok(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_it_writes() {
        let conditions = Conditions { rustc: "1.88.0".into(), target: "somewhere".into(), avx2: "no".into() };
        let counts = vec![("ES256".to_owned(), 1), ("ML-DSA-65".to_owned(), 1_000_000)];
        let baseline = Baseline::read(&text(&conditions, &counts).unwrap_or_default()).ok();
        assert!(baseline.is_some_and(|read| read.conditions == conditions && read.instructions == counts));
    }

    #[test]
    fn three_percent_are_the_same() {
        let conditions = Conditions { rustc: String::new(), target: String::new(), avx2: String::new() };
        let baseline = Baseline { conditions, instructions: vec![("ES256".to_owned(), 10_000)] };
        for (now, kept) in [(10_000, true), (10_299, true), (10_301, false), (5_000, true)] {
            assert_eq!(compare(&baseline, &[("ES256".to_owned(), now)]), kept, "{now}");
        }
        assert!(!compare(&baseline, &[("ES384".to_owned(), 1)]));
    }
}
