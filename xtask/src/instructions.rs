//! `cargo xtask instructions`: what the native core executes for fixed tokens, against a committed baseline.
//!
//! And what it executes to refuse signatures that a sender has chosen to be costly, against an ordinary refusal: for that
//! there is a limit instead of a baseline.
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
/// How many times the work of an ordinary refusal a chosen signature may make.
const REFUSAL: f64 = 2.0;
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
    let program = build(workspace)?;
    let counts = count(&program)?;
    let Some(baseline) = baseline else {
        let path = workspace.path(BASELINE);
        return std::fs::write(&path, text(&here, &counts)?).doing(path.display()).map(|()| true);
    };
    let [counted, refused] = [compare(&baseline, &counts), compare_refusals(&refusals(&program)?)];
    println!("{} passed, {} failed", counted.passed + refused.passed, counted.failed + refused.failed);
    Ok(counted.failed + refused.failed == 0)
}

/// How many lines were good, and how many were not.
#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
}

impl Tally {
    /// The mark of a line.
    fn mark(&mut self, is_good: bool) -> &'static str {
        *if is_good { &mut self.passed } else { &mut self.failed } += 1;
        if is_good { "✓" } else { "✗" }
    }
}

/// Prints a line for each, which is good if it has not grown.
fn compare(baseline: &Baseline, counts: &[(String, u64)]) -> Tally {
    let mut tally = Tally::default();
    for (name, now) in counts {
        let before = baseline.instructions.iter().find(|(known, _)| known == name).map(|(_, before)| *before);
        let remark = match before.map(|before| percent(before, *now)) {
            Some(change) if change > TOLERANCE => format!("{change:+.2} %: more than {TOLERANCE} % above the baseline"),
            Some(change) if change < -TOLERANCE => format!("{change:+.2} %: bless it, so that it stays"),
            Some(change) => format!("{change:+.2} %"),
            None => "not in the baseline: bless it".to_owned(),
        };
        let mark = tally.mark(before.is_some_and(|before| percent(before, *now) <= TOLERANCE));
        println!("{mark} {name:<20} {now:>12} instructions  {remark}");
    }
    tally
}

/// Prints a line for each, which is good if the second refusal does not cost much more than the first.
fn compare_refusals(refusals: &[(String, [u64; 2])]) -> Tally {
    let mut tally = Tally::default();
    for (name, [ordinary, chosen]) in refusals {
        let times = percent(*ordinary, *chosen) / 100.0 + 1.0;
        let mark = tally.mark(times <= REFUSAL);
        println!(
            "{mark} {name:<40} {chosen:>12} instructions  {times:.2} times an ordinary refusal, of {REFUSAL} at most"
        );
    }
    tally
}

#[allow(clippy::cast_precision_loss, clippy::as_conversions, reason = "a percentage for people")]
fn percent(before: u64, now: u64) -> f64 {
    (now as f64 / before as f64 - 1.0) * 100.0
}

/// The program that is counted.
fn build(workspace: &Workspace) -> Result<PathBuf> {
    println!("Building {PACKAGE} …");
    watch(workspace.cargo().args(["build", "--locked", "--package", PACKAGE, "--profile", PROFILE]))?;
    let target = std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace.path("target"), PathBuf::from);
    Ok(target.join(PROFILE).join(PACKAGE))
}

/// Instructions per verification, by name.
fn count(program: &PathBuf) -> Result<Vec<(String, u64)>> {
    let names = ask(&mut Command::new(program)).doing(format_args!("{} does not run", program.display()))?;
    names.lines().map(|name| Ok((name.to_owned(), each(program, name, TIMES)?))).collect()
}

/// Instructions of an ordinary refusal and of a chosen one, by the name of the latter.
fn refusals(program: &PathBuf) -> Result<Vec<(String, [u64; 2])>> {
    let lines = ask(Command::new(program).arg("refusals")).doing("there are no refusals")?;
    let one = |line: &str| -> Result<(String, [u64; 2])> {
        let words: Vec<&str> = line.split(' ').collect();
        let [ordinary, chosen, fewer, more] = words.as_slice() else {
            return Err(Failure::new("not a pair of refusals"));
        };
        let number = |text: &str| text.parse().doing("times that are no number");
        let times = [number(fewer)?, number(more)?];
        Ok(((*chosen).to_owned(), [each(program, ordinary, times)?, each(program, chosen, times)?]))
    };
    lines.lines().map(one).collect()
}

/// Instructions of one verification, from between so many of them.
fn each(program: &PathBuf, name: &str, times: [u64; 2]) -> Result<u64> {
    let [fewer, more] = times.map(|times| executed(program, name, times));
    let count = more?.checked_sub(fewer?).zip(times[1].checked_sub(times[0]));
    let each = count.and_then(|(count, times)| count.checked_div(times));
    each.doing(format_args!("{name} executes less the second time"))
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
            assert_eq!(compare(&baseline, &[("ES256".to_owned(), now)]).failed == 0, kept, "{now}");
        }
        assert_eq!(compare(&baseline, &[("ES384".to_owned(), 1)]).failed, 1);
    }

    #[test]
    fn a_refusal_costs_twice_another_at_most() {
        for (chosen, is_good) in [(100, true), (200, true), (201, false)] {
            let Tally { passed, failed } = compare_refusals(&[("ES256".to_owned(), [100, chosen])]);
            assert_eq!((passed, failed), (u64::from(is_good), u64::from(!is_good)), "{chosen}");
        }
    }
}
